import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { SettingsError } from '../../../../shared/errors.ts';
import {
  arn,
  choice,
  environmentName,
  flag,
  integer,
  integerOr,
  parseSettings,
  settings,
  settingsFromEnvironment,
  text,
  toEnvironment,
} from '../../../../shared/settings/parse-settings.ts';

const attempts = { unit: 'attempts', min: 1, max: 10, description: 'Tries.' };
const schema = settings({
  streamArn: arn('kinesis', 'stream/', 'The stream.'),
  roleArn: v.optional(arn('iam', 'role/', 'The role.')),
  attemptsMax: integerOr(4, attempts),
  mode: v.optional(choice(['a', 'b'], 'The mode.'), 'a'),
  name: v.optional(text('a name of letters', /^[a-z]+$/, 'The name.')),
  isFast: v.optional(flag('Whether.')),
  remark: v.optional(text('a remark', /./, 'The remark.')),
});
const streamArn = 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders';
const problemsOf = (input: unknown): readonly string[] => {
  try {
    parseSettings(schema, input, 'config/dev.yml');
    return [];
  } catch (error) {
    return error instanceof SettingsError ? error.problems : [String(error)];
  }
};

describe('settings', () => {
  it('get their defaults, and are frozen', () => {
    const parsed = parseSettings(schema, { streamArn }, 'config/dev.yml');
    expect(parsed).toEqual({ streamArn, attemptsMax: 4, mode: 'a' });
    expect(Object.isFrozen(parsed)).toBe(true);
  });

  it('name every problem in one error', () => {
    const input = { streamArn: 'orders', attemptsMax: '5s', mode: 'c', name: ' ', isFast: 'yes', attempts: 3 };
    expect(problemsOf(input)).toEqual([
      expect.stringMatching(/^streamArn must be an ARN/),
      'attemptsMax must be a whole number of attempts from 1 to 10, got "5s"',
      'mode must be one of a, b, got "c"',
      'name must be a name of letters',
      'isFast must be true or false, got "yes"',
      'attempts is not a setting',
    ]);
  });

  it('name every unknown name, not the first alone', () => {
    expect(problemsOf({ streamArn, attempt: 1, moode: 'a' })).toEqual([
      'attempt is not a setting',
      'moode is not a setting',
    ]);
  });

  it.each([null, 'SECRET', 5])('may not be %j instead', (input) => {
    const problems = problemsOf(input);
    expect(problems).toEqual([expect.stringMatching(/^the whole /)]);
  });

  it('say where they stand', () => {
    expect(() => parseSettings(schema, {}, 'config/dev.yml')).toThrow(/config\/dev\.yml[\s\S]*streamArn is missing/);
  });

  it.each([
    { name: 'blank', input: '', problem: 'whole number' },
    { name: 'a blank of spaces', input: ' ', problem: 'whole number' },
    { name: 'a word', input: 'many', problem: 'got "many"' },
    { name: 'a unit', input: '5s', problem: 'attempts' },
    { name: 'a fraction', input: 1.5, problem: 'whole number' },
    { name: 'too low', input: 0, problem: 'from 1 to 10' },
    { name: 'too high', input: 11, problem: 'from 1 to 10' },
    { name: 'a truth value', input: true, problem: 'got true' },
    { name: 'null', input: null, problem: 'got null' },
  ])('refuse a number that is $name', ({ input, problem }) => {
    expect(problemsOf({ streamArn, attemptsMax: input })).toEqual([expect.stringContaining(problem)]);
  });

  it.each([5, '5'])('take %j for a number', (input) => {
    expect(parseSettings(schema, { streamArn, attemptsMax: input }, '').attemptsMax).toBe(5);
  });

  it.each([
    { name: 'of another service', input: 'arn:aws:sqs:eu-west-1:222222222222:stream/orders' },
    { name: 'without an account', input: 'arn:aws:kinesis:eu-west-1::stream/orders' },
    { name: 'of a short account', input: 'arn:aws:kinesis:eu-west-1:22222222222:stream/orders' },
    { name: 'without a name', input: 'arn:aws:kinesis:eu-west-1:222222222222:stream/' },
    { name: 'of another resource', input: 'arn:aws:kinesis:eu-west-1:222222222222:orders' },
    { name: 'with a blank', input: `${streamArn} ` },
    { name: 'blank', input: '' },
  ])('refuse an ARN $name, and show how one looks', ({ input }) => {
    expect(problemsOf({ streamArn: input })).toEqual([
      expect.stringContaining('arn:aws:kinesis:eu-west-1:111111111111:stream/NAME'),
    ]);
  });

  it.each([
    streamArn,
    'arn:aws-cn:kinesis:cn-north-1:222222222222:stream/orders',
    'arn:aws-us-gov:kinesis:us-gov-west-1:222222222222:stream/my_stream.v1-a',
  ])('take %s', (input) => {
    expect(problemsOf({ streamArn: input })).toEqual([]);
  });

  it('tell a placeholder from a mistake', () => {
    expect(problemsOf({ streamArn: 'arn:aws:kinesis:eu-west-1:<account>:stream/orders' })).toEqual([
      expect.stringContaining('placeholder'),
    ]);
  });

  it.each(['<name>', 'TODO', 'changeme', 'my-CHANGEME', 'replace-me', 'replace_me', 'REPLACEME'])(
    'take %s for a placeholder',
    (remark) => {
      expect(problemsOf({ streamArn, remark })).toEqual(['remark contains a placeholder: set a remark']);
    },
  );

  it.each(['todo-list', 'my-todo', 'a < b', 'replaced'])('take %s as it is', (remark) => {
    expect(problemsOf({ streamArn, remark })).toEqual([]);
  });

  it('never quote a text: it may be a secret', () => {
    expect(problemsOf({ streamArn, name: 'SECRET' }).join()).not.toContain('SECRET');
  });
});

describe('the environment', () => {
  it.each([
    ['streamArn', 'MSK_SINKS_STREAM_ARN'],
    ['recordKiBMax', 'MSK_SINKS_RECORD_KIB_MAX'],
    ['requestTimeoutMs', 'MSK_SINKS_REQUEST_TIMEOUT_MS'],
  ])('%s is %s', (setting, variable) => {
    expect(environmentName(setting)).toBe(variable);
  });

  it('carries settings there and back', () => {
    const environment = toEnvironment({ streamArn, roleArn: undefined, attemptsMax: 7, mode: 'b' });
    expect(Object.values(environment).every((value) => typeof value === 'string')).toBe(true);
    expect(settingsFromEnvironment(schema, { PATH: '/bin', ...environment })).toEqual({
      streamArn,
      attemptsMax: 7,
      mode: 'b',
    });
  });

  it('refuses a variable of ours that is no setting', () => {
    expect(() => settingsFromEnvironment(schema, { MSK_SINKS_STREAM_ARN: streamArn, MSK_SINKS_ATTEMPTS: '3' })).toThrow(
      'MSK_SINKS_ATTEMPTS is not a setting',
    );
  });

  it('refuses a blank', () => {
    expect(() => settingsFromEnvironment(schema, { MSK_SINKS_STREAM_ARN: '' })).toThrow(SettingsError);
  });
});

describe('an integer without a default', () => {
  it('is required', () => {
    expect(() => parseSettings(v.strictObject({ attemptsMax: integer(attempts) }), {}, 'x')).toThrow(
      'attemptsMax is missing',
    );
  });
});
