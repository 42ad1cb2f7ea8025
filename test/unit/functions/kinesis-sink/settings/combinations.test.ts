import { describe, expect, it } from 'vitest';
import {
  combinationProblems,
  type SoundSettings,
} from '../../../../../functions/kinesis-sink/settings/combinations.ts';
import { kinesisSettingsFrom } from '../../../../../functions/kinesis-sink/settings/parse-environment.ts';
import { toEnvironment } from '../../../../../shared/settings/parse-settings.ts';
import { STREAM_ARN, STREAM_ROLE_ARN } from '../../../../support/a-stage-file.ts';

const DEFAULTS = {
  roleArn: STREAM_ROLE_ARN,
  ordering: 'key',
  aggregation: 'off',
  partitionKey: 'key',
  envelope: 'none',
  sessionName: 'msk-sinks-{stage}-{id}',
} as const;

const problemsWith = (changes: SoundSettings, stage = 'dev') => {
  const settings: SoundSettings = { ...DEFAULTS, ...changes };
  const written: readonly string[] = ['roleArn', ...Object.keys(changes)];
  return combinationProblems(settings, stage, (name) => written.includes(name) && settings[name] !== undefined);
};

describe('settings that go together', () => {
  it.each<SoundSettings>([
    {},
    { ordering: 'none', partitionKey: 'random', partitionKeyPrefix: 'orders' },
    { ordering: 'none', aggregation: 'bucket' },
    { ordering: 'partition', aggregation: 'key', partitionKey: 'partition' },
    { ordering: 'partition', aggregation: 'bucket' },
    { partitionKey: 'constant', partitionKeyConstant: 'all' },
    { partitionKey: 'jsonPointer', partitionKeyPointer: '/id', partitionKeyPrefix: 'x' },
    { tombstone: 'envelope', envelope: 'json' },
    { tombstone: 'empty', envelope: 'json' },
    { sessionName: 'doka-{stage}-{uuid}' },
    { sessionName: undefined },
  ])('%j', (settings) => {
    expect(problemsWith(settings)).toEqual([]);
  });
});

describe('settings that mean nothing together', () => {
  it.each<{ settings: SoundSettings; says: string }>([
    { settings: { partitionKey: 'random' }, says: 'set ordering: none' },
    {
      settings: { partitionKey: 'random', ordering: 'partition' },
      says: 'set ordering: none, or partitionKey: partition',
    },
    { settings: { ordering: 'none', aggregation: 'key' }, says: 'set aggregation: bucket' },
    { settings: { partitionKey: 'constant' }, says: 'partitionKeyConstant is missing' },
    { settings: { partitionKey: 'jsonPointer' }, says: 'partitionKeyPointer is missing' },
    { settings: { partitionKeyConstant: 'all' }, says: 'set partitionKey: constant' },
    { settings: { partitionKeyPointer: '/id' }, says: 'set partitionKey: jsonPointer' },
    {
      settings: { partitionKey: 'constant', partitionKeyConstant: 'all', partitionKeyPrefix: 'x' },
      says: 'put the prefix into partitionKeyConstant',
    },
    { settings: { tombstone: 'envelope' }, says: 'set envelope: json, or tombstone: empty' },
    { settings: { sessionName: 'x{uuid}', roleArn: undefined }, says: 'set roleArn, or remove sessionName' },
  ])('$settings are refused with one sentence that says what to write: $says', ({ settings, says }) => {
    const problems = problemsWith(settings);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(says);
  });

  it('are silent about a setting that is refused already', () => {
    expect(problemsWith({ partitionKey: undefined, partitionKeyConstant: 'all' })).toEqual([]);
    expect(problemsWith({ ordering: undefined, partitionKey: 'random' })).toEqual([]);
  });

  it('are all named', () => {
    expect(problemsWith({ partitionKey: 'random', tombstone: 'envelope' })).toHaveLength(2);
  });
});

describe('the name of a session', () => {
  it('fits into 64 characters with the longest stage', () => {
    expect(problemsWith({}, 's'.repeat(32))).toEqual([]);
  });

  it.each([
    { sessionName: 'doka-{stage}-{uuid}', stage: 's'.repeat(22), problems: 0 },
    { sessionName: 'doka-{stage}-{uuid}', stage: 's'.repeat(23), problems: 1 },
    { sessionName: 'a', stage: 'dev', problems: 1 },
    { sessionName: 'ab', stage: 'dev', problems: 0 },
    { sessionName: '{stage}', stage: 'a', problems: 1 },
  ])('$sessionName on stage $stage has $problems problems', ({ sessionName, stage, problems }) => {
    expect(problemsWith({ sessionName }, stage)).toHaveLength(problems);
  });

  it('says how long it would be, and what is taken', () => {
    expect(problemsWith({ sessionName: 'doka-{stage}-{uuid}' }, 's'.repeat(23))).toEqual([
      `sessionName gives a name of 65 characters on stage ${'s'.repeat(23)}, and STS accepts 2 to 64: shorten or lengthen sessionName`,
    ]);
  });
});

describe("the function's environment", () => {
  const environmentWith = (changes: object) =>
    toEnvironment({
      stage: 'dev',
      serviceName: 'msk-sinks',
      triggerMode: 'provisioned',
      deadLetterBucket: 'letters',
      streamArn: STREAM_ARN,
      ...changes,
    });

  it('is read with its defaults, which need no role', () => {
    const settings = kinesisSettingsFrom(environmentWith({ sessionName: 'msk-sinks-{stage}-{id}' }));
    expect(settings).toMatchObject({ ordering: 'key', aggregation: 'off', partitionKey: 'key', envelope: 'none' });
  });

  it('is refused with combinations that mean nothing', () => {
    expect(() => kinesisSettingsFrom(environmentWith({ ordering: 'none', aggregation: 'key' }))).toThrow(
      /has 1 problem\(s\):\n {2}- aggregation: key has no effect with ordering: none/,
    );
    expect(() => kinesisSettingsFrom(environmentWith({ partitionKeyConstant: 'x' }))).toThrow(/partitionKey: constant/);
  });
});
