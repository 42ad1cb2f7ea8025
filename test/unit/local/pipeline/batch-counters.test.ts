import { expect, it } from 'vitest';
import { addLogLine, noBatches } from '../../../../local/pipeline/batch-counters.ts';

const line = JSON.stringify({
  _aws: { Timestamp: 1, CloudWatchMetrics: [] },
  RecordsReceived: 10,
  RecordsUnsettled: 3,
  RecordsDeadLettered: 1,
});

const counted = (...lines: readonly string[]) => {
  const counters = noBatches();
  for (const each of lines) addLogLine(counters, each);
  return counters;
};

it('adds up what metric lines say', () => {
  expect(counted(line, line)).toEqual({ batches: 2, received: 20, unsettled: 6, deadLettered: 2 });
});

it('takes a metric that is not there for none', () => {
  expect(counted('{"_aws":{},"RecordsReceived":5}')).toEqual({
    batches: 1,
    received: 5,
    unsettled: 0,
    deadLettered: 0,
  });
});

it.each([
  ['a line that was cut off', line.slice(0, -5)],
  ['a log line', '{"level":"INFO","message":"batch_settled","RecordsReceived":7}'],
  ['an empty line', ''],
  ['a line of the runtime', 'START RequestId: 1'],
])('ignores %s', (_what, other) => {
  expect(counted(other)).toEqual(noBatches());
});
