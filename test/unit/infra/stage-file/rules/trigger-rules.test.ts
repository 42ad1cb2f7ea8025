import { describe, expect, it } from 'vitest';
import { aStageFile, type StageFileChanges } from '../../../../support/a-stage-file.ts';
import { problemsOf } from '../../../../support/problems-of.ts';

const problemsWith = (changes: StageFileChanges) => problemsOf(aStageFile(changes));

describe('topics', () => {
  it('are missing once, where both functions would read them from', () => {
    expect(problemsWith({ trigger: { topics: undefined } })).toEqual([
      'trigger.topics is missing: write at least one topic',
    ]);
  });

  it('may be named by each function for itself', () => {
    const own = (topic: string) => ({ trigger: { topics: [topic] } });
    const changes = { trigger: { topics: undefined }, kinesisSink: own('orders') };
    expect(problemsWith({ ...changes, documentdbSink: own('returns') })).toEqual([]);
    expect(problemsWith(changes)).toEqual(['trigger.topics is missing: write at least one topic']);
  });

  it('are not missing where they were refused', () => {
    expect(problemsWith({ trigger: { topics: 'orders' } })).toEqual(['trigger.topics must be a list of topic names']);
  });
});

describe('pollers', () => {
  it('at least are not more than at most, nor than the default at most', () => {
    expect(problemsWith({ trigger: { pollersMin: 5, pollersMax: 4 } })).toEqual([
      'trigger.pollersMin (5) is greater than pollersMax (4)',
    ]);
    expect(problemsWith({ trigger: { pollersMin: 11 } })).toEqual([
      'trigger.pollersMin (11) is greater than pollersMax (10)',
    ]);
    expect(problemsWith({ trigger: { pollersMin: 4, pollersMax: 4 } })).toEqual([]);
  });

  it('are checked for each function with what it says itself', () => {
    expect(problemsWith({ trigger: { pollersMax: 4 }, documentdbSink: { trigger: { pollersMin: 5 } } })).toEqual([
      'documentdbSink.trigger.pollersMin (5) is greater than pollersMax (4)',
    ]);
  });
});

describe('a setting that is wrong in itself', () => {
  it.each<readonly [Readonly<Record<string, unknown>>, string]>([
    [{ pollersMin: 5, pollersMax: 'x' }, 'pollersMax'],
    [{ pollersMin: 'x', pollersMax: 5 }, 'pollersMin'],
    [{ startingPosition: 'X', startingTimestamp: '2026-01-01T00:00:00Z' }, 'startingPosition'],
    [{ startingPosition: 'AT_TIMESTAMP', startingTimestamp: 'x' }, 'startingTimestamp'],
    [{ startingPosition: 'AT_TIMESTAMP', startingTimestamp: '1969-12-31T23:59:59Z' }, 'startingTimestamp'],
    [{ topics: ['orders', 'orders'] }, 'topics must not name a topic twice'],
  ])('%j is one problem: %s', (trigger, problem) => {
    expect(problemsWith({ trigger })).toEqual([expect.stringContaining(`trigger.${problem}`)]);
  });

  it('may begin at the first moment of 1970', () => {
    const trigger = { startingPosition: 'AT_TIMESTAMP', startingTimestamp: '1970-01-01T00:00:00Z' };
    expect(problemsWith({ trigger })).toEqual([]);
  });
});

const KEY = 'arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555';

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html */
describe('on demand', () => {
  it.each(['pollersMin', 'pollersMax', 'retryAttemptsMax'])(
    '%s is refused, also with its default written out',
    (name) => {
      const defaults: Record<string, number> = { pollersMin: 1, pollersMax: 10, retryAttemptsMax: 10_000 };
      expect(problemsWith({ trigger: { mode: 'onDemand', [name]: defaults[name] } })).toEqual([
        `trigger.${name} applies only to mode: provisioned; remove it for onDemand`,
      ]);
    },
  );

  it('every setting that Lambda takes with pollers alone is refused, each by name', () => {
    const trigger = {
      pollersMin: 1,
      pollersMax: 2,
      pollerGroup: 'shared',
      retryAttemptsMax: 3,
      recordAgeSecondsMax: 60,
      schemaRegistry: { SchemaRegistryURI: 'https://registry.example' },
      schemaRegistryKmsKeyArn: KEY,
      metrics: ['EventCount'],
      systemLogLevel: 'INFO',
    };
    const names = problemsWith({ trigger: { mode: 'onDemand', ...trigger } }).map((each) => each.split(' ')[0]);
    expect(names).toEqual(Object.keys(trigger).map((name) => `trigger.${name}`));
    expect(problemsWith({ trigger })).toEqual([]);
  });

  it('of one function leaves the settings of both to the other', () => {
    const changes = { trigger: { retryAttemptsMax: 3 }, kinesisSink: { trigger: { mode: 'onDemand' } } };
    expect(problemsWith(changes)).toEqual([]);
    expect(problemsWith({ kinesisSink: { trigger: { mode: 'onDemand', retryAttemptsMax: 3 } } })).toEqual([
      expect.stringMatching(/^kinesisSink\.trigger\.retryAttemptsMax applies only to mode: provisioned/),
    ]);
  });
});

describe('the key of the registry', () => {
  it('needs a registry', () => {
    expect(problemsWith({ trigger: { schemaRegistryKmsKeyArn: KEY } })).toEqual([
      'trigger.schemaRegistryKmsKeyArn needs schemaRegistry: the key decrypts the secrets of that registry',
    ]);
  });
});

describe('the start', () => {
  it('at a time needs the time, and a time needs that start', () => {
    expect(problemsWith({ trigger: { startingPosition: 'AT_TIMESTAMP' } })).toEqual([
      'trigger.startingTimestamp is missing: AT_TIMESTAMP needs a time such as 2026-11-01T00:00:00Z',
    ]);
    expect(problemsWith({ trigger: { startingTimestamp: '2026-11-01T00:00:00Z' } })).toEqual([
      'trigger.startingTimestamp applies only to startingPosition: AT_TIMESTAMP; remove it for TRIM_HORIZON',
    ]);
    expect(
      problemsWith({ trigger: { startingPosition: 'AT_TIMESTAMP', startingTimestamp: '2026-11-01T00:00:00Z' } }),
    ).toEqual([]);
  });
});

describe('a filter', () => {
  const problemsOfValue = (value: unknown) =>
    problemsWith({ trigger: { filter: [{ value: { type: ['order'] } }, { value }] } });

  it.each([
    [{}, 'must name at least one field'],
    [{ type: 'order' }, 'type must be a list of rules, or an object'],
    [{ type: [] }, 'type must have at least one rule'],
    [{ type: [{ perfix: 'or' }] }, 'type has a rule that Lambda does not know'],
  ])('is no pattern that Lambda refuses halfway through a deployment: %j', (value, problem) => {
    expect(problemsOfValue(value)).toEqual([expect.stringMatching(`^trigger\\.filter\\.1\\.value.?${problem}$`)]);
  });

  it.each([
    ['a number that is none', Number.NaN],
    ['a number beyond all', Number.POSITIVE_INFINITY],
    ['a number that is rounded', 2 ** 53],
  ])('has no number that JSON would change, because Lambda drops what does not match for good: %s', (_what, rule) => {
    expect(problemsOfValue({ day: [rule] })).toEqual([
      'trigger.filter.1.value.day.0 is a number that this project cannot keep as it is written (more than 15 digits, or no number of JSON): no record would match; choose another field',
    ]);
    expect(problemsOfValue({ day: [{ 'anything-but': [rule] }] })).toHaveLength(1);
  });

  it('has at most 4,096 characters, the other names of the pattern included', () => {
    const lengthOf = (value: unknown) => JSON.stringify({ value }).length;
    const room = 4_096 - lengthOf({ type: [''] });
    expect(problemsOfValue({ type: ['x'.repeat(room)] })).toEqual([]);
    expect(problemsOfValue({ type: ['x'.repeat(room + 1)] })).toEqual([
      'trigger.filter.1 has 4097 characters as JSON, and Lambda accepts 4096: write a shorter pattern',
    ]);
  });

  it('takes numbers, texts, null and the rules of the documentation', () => {
    const rules = [null, '', 5, -1.5, 1e15, { prefix: 'a' }, { exists: false }, { numeric: ['>', 1, '<', 5] }];
    expect(problemsOfValue({ a: rules, b: { c: [{ 'anything-but': ['x', 2] }] } })).toEqual([]);
    expect(problemsOfValue([{ 'anything-but': ['error'] }])).toEqual([]);
  });
});

describe("the key of a filter's patterns", () => {
  it('needs a filter', () => {
    expect(problemsWith({ trigger: { filterKmsKeyArn: KEY } })).toEqual([
      'trigger.filterKmsKeyArn needs filter: the key encrypts the patterns',
    ]);
    expect(problemsWith({ trigger: { filterKmsKeyArn: KEY, filter: [{ value: { type: ['order'] } }] } })).toEqual([]);
  });
});

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html */
describe('the destination of failed batches', () => {
  const onFailure = 'kafka://failed';

  it('may be a topic with pollers alone, and no topic that is read', () => {
    expect(problemsWith({ trigger: { onFailure } })).toEqual([]);
    expect(problemsWith({ trigger: { onFailure, mode: 'onDemand' } })).toEqual([
      'trigger.onFailure kafka:// applies only to mode: provisioned; write bucket, a queue or an SNS topic for onDemand',
    ]);
    const isRead = 'names failed, which is read: write another topic, or its failures would come back';
    expect(problemsWith({ trigger: { onFailure, topics: ['orders', 'failed'] } })).toEqual([
      `trigger.onFailure ${isRead}`,
    ]);
    const ofTheOther = { kinesisSink: { trigger: { topics: ['failed'] } }, documentdbSink: { trigger: { onFailure } } };
    expect(problemsWith(ofTheOther)).toEqual([`documentdbSink.trigger.onFailure ${isRead}`]);
  });

  it('has a key where it is a queue or an SNS topic, and not where it is the bucket', () => {
    const queue = 'arn:aws:sqs:eu-west-1:111111111111:failed';
    expect(problemsWith({ trigger: { onFailure: queue, onFailureKmsKeyArn: KEY } })).toEqual([]);
    expect(problemsWith({ trigger: { onFailureKmsKeyArn: KEY } })).toEqual([
      'trigger.onFailureKmsKeyArn needs a queue or an SNS topic in onFailure; the key of the bucket is deadLetters.kmsKeyArn',
    ]);
  });
});

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html */
describe('a poller group', () => {
  const topics = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`);

  it('of both functions has at most 2000 pollers, those of both', () => {
    const shared = (pollersMax: number) => problemsWith({ trigger: { pollersMax, pollerGroup: 'shared' } });
    expect(shared(1000)).toEqual([]);
    expect(shared(1001)).toEqual([
      'trigger.pollerGroup shared has 2002 pollers in total, at most 2000 are allowed: lower pollersMax, or write another group for one of the functions',
    ]);
    expect(problemsWith({ trigger: { pollersMax: 1001 } })).toEqual([]);
    expect(problemsWith({ trigger: { pollersMax: 1001, pollerGroup: 'none' } })).toEqual([]);
  });

  it('that is named as the one of the other function is that one', () => {
    const kinesisSink = { trigger: { pollerGroup: 'msk-sinks-dev-documentdbSink' } };
    expect(problemsWith({ trigger: { pollersMax: 1001 }, kinesisSink })).toEqual([
      expect.stringMatching(/^trigger\.pollerGroup msk-sinks-dev-documentdbSink has 2002 pollers in total/),
    ]);
  });

  it('has at most 100 mappings', () => {
    const shared = (count: number) => problemsWith({ trigger: { topics: topics(count), pollerGroup: 'shared' } });
    expect(shared(50)).toEqual([]);
    expect(shared(51)).toEqual([expect.stringMatching(/has 102 mappings/)]);
  });
});
