import fc from 'fast-check';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { filledIn } from '../../../../../../functions/documentdb-sink/target/connection/config-providers.ts';
import { placeholdersOf } from '../../../../../../functions/documentdb-sink/target/placeholders.ts';

const PLACE = '$' + '{sm:secret:field}';
const filled = (uri: string, ...contents: readonly string[]) => filledIn(uri, placeholdersOf(uri), contents);

describe('a secret in a connection string', () => {
  it.each([
    [`mongodb://app:${PLACE}@c/`, ['p?ss%w#rd'], 'mongodb://app:p%3Fss%25w%23rd@c/'],
    [`mongodb://${PLACE}:x@c/`, ['a@b'], 'mongodb://a%40b:x@c/'],
    [`mongodb://${PLACE}@c/`, ['app:p@ss:word'], 'mongodb://app:p%40ss%3Aword@c/'],
    [`mongodb://app:p-${PLACE}@c/`, ['/'], 'mongodb://app:p-%2F@c/'],
    [`mongodb://app:x@${PLACE}/`, ['c:27017,d:27018'], 'mongodb://app:x@c:27017,d:27018/'],
    [`mongodb://app:x@c/?authSource=${PLACE}`, ['a&b'], 'mongodb://app:x@c/?authSource=a%26b'],
    [`mongodb://app:x@c/?authSource=${PLACE}`, ['a;b'], 'mongodb://app:x@c/?authSource=a%3Bb'],
    [`mongodb://app:x@c/?authSource=${PLACE}`, ['a b'], 'mongodb://app:x@c/?authSource=a%20b'],
    [`mongodb://app:x@c/?authSource=${PLACE}`, ['a#b'], 'mongodb://app:x@c/?authSource=a%23b'],
    [`mongodb://app:x@c/?authSource=${PLACE}`, ['%4g'], 'mongodb://app:x@c/?authSource=%254g'],
    [`mongodb://app:x@c/?authSource=${PLACE}`, ['%fF'], 'mongodb://app:x@c/?authSource=%25fF'],
    [`mongodb://${PLACE}:x@c/`, ['a:b'], 'mongodb://a%3Ab:x@c/'],
    [`mongodb://${PLACE}:x@c/`, ['a b'], 'mongodb://a%20b:x@c/'],
    [`mongodb://app:x@c/?${PLACE}`, ['tls=true&w=1'], 'mongodb://app:x@c/?tls=true&w=1'],
    [PLACE, ['mongodb://app:x@c/?tls=true'], 'mongodb://app:x@c/?tls=true'],
  ])('at %s is encoded for its place', (uri, contents, expected) => {
    expect(filled(uri, ...contents)).toBe(expected);
  });

  it('stays unchanged if it is percent-encoded already, as Kafka Connect requires', () => {
    expect(filled(`mongodb://app:${PLACE}@c/`, 'p%40ss+word!')).toBe('mongodb://app:p%40ss+word!@c/');
  });

  it('can be any user and password that need encoding, and the driver reads them back', () => {
    const reserved = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((text) => /[:/?#[\]@]|%(?![0-9a-f]{2})/i.test(text));
    fc.assert(
      fc.property(reserved, reserved, (username, password) => {
        const uri = filled(`mongodb://${PLACE}:${PLACE}@c/?tls=true`, username, password);
        const { credentials } = new MongoClient(uri).options;
        expect([credentials?.username, credentials?.password]).toEqual([username, password]);
      }),
    );
  });
});
