import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { addLogLine, noBatches } from '../../../../local/pipeline/batch-counters.ts';
import { createHandler } from '../../../../shared/lambda.ts';
import { deadLettered, skipped, written } from '../../../../shared/outcome.ts';

const line = JSON.stringify({
  _aws: { Timestamp: 1, CloudWatchMetrics: [] },
  RecordsReceived: 10,
  RecordsUnsettled: 3,
  RecordsDeadLettered: 1,
  RequestsFailed: 2,
  EntriesRefused: 5,
  WriteRetries: 1,
});

const counted = (lines: readonly string[]) => {
  const counters = noBatches();
  for (const each of lines) addLogLine(counters, each);
  return counters;
};

describe('the batch counters', () => {
  it('add up the metric lines', () => {
    expect(counted([line, line])).toEqual({ batches: 2, received: 20, unsettled: 6, deadLettered: 2, retries: 16 });
  });

  it('treat a missing metric as zero', () => {
    const counters = { batches: 1, received: 5, unsettled: 0, deadLettered: 0, retries: 0 };
    expect(counted(['{"_aws":{},"RecordsReceived":5}'])).toEqual(counters);
  });

  it.each([
    ['a line that was cut off', line.slice(0, -5)],
    ['a log line', '{"level":"INFO","message":"batch_settled","RecordsReceived":7}'],
    ['an empty line', ''],
    ['a line of the runtime', 'START RequestId: 1'],
  ])('ignore %s', (_what, other) => {
    expect(counted([other])).toEqual(noBatches());
  });

  it('understand the output of a function', async () => {
    const lines: string[] = [];
    const output = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      lines.push(...String(chunk).split('\n'));
      return true;
    });
    const others = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => {
      output.mockRestore();
      others.mockRestore();
    });
    const handler = createHandler({
      functionName: 'kinesisSink',
      serviceName: 'msk-sinks',
      stage: 'test',
      triggerMode: 'provisioned',
      metrics: 'full',
      createSink: () => ({
        name: 'fake',
        write: async (batches) =>
          batches
            .flatMap(({ records }) => records)
            .map(({ position }, index) => {
              if (index === 0) return written(position);
              return index === 1 ? deadLettered(position, 'payload_invalid') : skipped(position, 'deadline');
            }),
      }),
    });
    const record = { topic: 'orders', partition: 0, timestamp: 1, headers: [] };
    const records = Array.from({ length: 4 }, (_, offset) => ({ ...record, offset }));
    const context = { awsRequestId: 'request-1', functionName: 'sink', getRemainingTimeInMillis: () => 60_000 };
    await handler({ eventSource: 'aws:kafka', records: { 'orders-0': records } }, context);
    expect(counted(lines)).toEqual({ batches: 1, received: 4, unsettled: 2, deadLettered: 1, retries: 0 });
  });
});
