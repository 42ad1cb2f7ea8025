import { describe, expect, it } from 'vitest';
import { UnconvertibleError } from '../../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { UnwritableError } from '../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { FatalError } from '../../../functions/documentdb-sink/target/fatal-error.ts';
import { CredentialsError } from '../../../functions/kinesis-sink/target/credentials.ts';
import {
  assert,
  assertNever,
  describeForeign,
  InvariantError,
  identify,
  MalformedEventError,
  SettingsError,
  UnsettledBatchError,
} from '../../../shared/errors.ts';

const foreign = (parts: object) => Object.assign(new Error('SECRET payload'), parts);

describe('a foreign error', () => {
  it.each([
    { what: 'a name', error: foreign({ name: 'MongoServerError' }), said: 'MongoServerError' },
    { what: 'a code in text', error: foreign({ name: 'Error', code: 'ECONNRESET' }), said: 'Error (ECONNRESET)' },
    {
      what: 'a numeric code',
      error: foreign({ name: 'MongoServerError', code: 11000 }),
      said: 'MongoServerError (11000)',
    },
    { what: 'a name with every sign of an identifier', error: foreign({ name: 'a.B_c:d$e-9' }), said: 'a.B_c:d$e-9' },
    { what: 'a name of 64 characters', error: foreign({ name: 'x'.repeat(64) }), said: 'x'.repeat(64) },
    { what: 'a name of 65 characters', error: foreign({ name: 'x'.repeat(65) }), said: 'Error' },
    { what: 'a name that is a sentence', error: foreign({ name: 'SECRET payload' }), said: 'Error' },
    { what: 'a name that ends in a sentence', error: foreign({ name: 'Error\nSECRET' }), said: 'Error' },
    { what: 'an empty name', error: foreign({ name: '' }), said: 'Error' },
    { what: 'a code that is a sentence', error: foreign({ name: 'Error', code: 'SECRET payload' }), said: 'Error' },
    { what: 'a code that is an object', error: foreign({ name: 'Error', code: { SECRET: 1 } }), said: 'Error' },
    { what: 'a name in a list', error: { name: ['SECRET'], code: ['SECRET'] }, said: 'Error' },
    { what: 'no name at all', error: { message: 'SECRET' }, said: 'Error' },
    { what: 'only a text', error: 'SECRET', said: 'string' },
    { what: 'nothing', error: null, said: 'object' },
    { what: 'less than nothing', error: undefined, said: 'undefined' },
  ])('with $what is called $said', ({ error, said }) => {
    expect(describeForeign(error)).toBe(said);
  });

  it('has its name and its code apart', () => {
    expect(identify(foreign({ name: 'MongoServerError', code: 13 }))).toEqual({ name: 'MongoServerError', code: '13' });
    expect(identify('SECRET')).toEqual({ name: 'string', code: undefined });
  });
});

describe('our own errors', () => {
  it('bear the name of their class', () => {
    expect(new MalformedEventError('event must be an object').name).toBe('MalformedEventError');
  });

  it('count and list the problems of settings', () => {
    expect(new SettingsError('config/dev.yml', ['a is missing', 'b is missing']).message).toBe(
      'config/dev.yml has 2 problem(s):\n  - a is missing\n  - b is missing',
    );
  });

  it('say which assumption does not hold', () => {
    expect(() => assert(false, 'the lane is claimed')).toThrow(new InvariantError('the lane is claimed'));
    expect(() => assert(true, 'the lane is claimed')).not.toThrow();
  });

  it('name the kind of a variant nobody expected, and nothing else of it', () => {
    expect(() => assertNever({ kind: 'odd', value: 'SECRET' } as never)).toThrow(
      new InvariantError('unexpected variant odd'),
    );
  });
});

describe('an error of this project', () => {
  it.each([
    new MalformedEventError('m'),
    new SettingsError('w', []),
    new UnsettledBatchError('m'),
    new InvariantError('m'),
    new UnwritableError('m'),
    new UnconvertibleError('m'),
    new CredentialsError('m'),
    new FatalError('access_denied', 'm', { scope: 'target' }),
  ])('has the name of its class, also in the deployed code, where classes have shorter names: %s', (error) => {
    expect(error.name).toBe(error.constructor.name);
    expect(String(error)).toMatch(/^\w+Error: /);
  });
});
