import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHandler } from '../../../shared/lambda.ts';
import { skipped, written } from '../../../shared/outcome.ts';
import type { Sink } from '../../../shared/sink-contract.ts';
import type { MetricsLevel } from '../../../shared/telemetry/metric-names.ts';
import { systemClock } from '../../../shared/time/clock.ts';

const SECRET = 'SECRET-payload';
const event = {
  eventSource: 'aws:kafka',
  records: {
    'orders-0': [
      {
        topic: 'orders',
        partition: 0,
        offset: 1,
        timestamp: 1_700_000_000_000,
        key: Buffer.from(SECRET).toString('base64'),
        value: Buffer.from(SECRET).toString('base64'),
        headers: [{ [SECRET]: [1] }],
      },
    ],
  },
};
const context = {
  awsRequestId: 'request-1',
  functionName: 'msk-sinks-test-kinesisSink',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:msk-sinks-test-kinesisSink',
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 60_000,
};

const lines: string[] = [];
const keep = (chunk: unknown) => {
  lines.push(...String(chunk).split('\n').filter(Boolean));
  return true;
};

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockImplementation(keep); // where Powertools writes, past the global console
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A handler of which nothing has been written yet. */
function aHandler(write: Sink['write'], metrics: MetricsLevel = 'full') {
  lines.length = 0;
  return createHandler({
    functionName: 'kinesisSink',
    serviceName: 'msk-sinks',
    stage: 'test',
    triggerMode: 'provisioned',
    metrics,
    createSink: ({ meter }) => ({
      write(batches, deadline) {
        meter.count('Requests', 2);
        return write(batches, deadline);
      },
    }),
  });
}
const allWritten: Sink['write'] = (batches) =>
  Promise.resolve(batches.flatMap(({ records }) => records.map(({ position }) => written(position))));

/** What the handler throws when the sink throws `bug`. */
const errorOf = (bug: unknown) =>
  aHandler(() => Promise.reject(bug))(event, context).then(
    () => undefined,
    (thrown: Error) => thrown,
  );

describe('a handler', () => {
  it('takes an event and a context, and nothing more: Node 24 refuses callbacks', () => {
    expect(aHandler(allWritten).length).toBeLessThan(3);
  });

  it('writes one info line and one line of metrics a batch', async () => {
    expect(await aHandler(allWritten)(event, context)).toEqual({ batchItemFailures: [] });
    const parsed = lines.map((line) => JSON.parse(line));
    expect(parsed).toHaveLength(2);
    expect(parsed[0]).toMatchObject({
      level: 'INFO',
      message: 'batch_settled',
      recordCount: 1,
      function_request_id: 'request-1',
      stage: 'test',
    });
    expect(parsed[1]).toMatchObject({
      RecordsReceived: 1,
      RecordsWritten: 1,
      Requests: 2,
      stage: 'test',
      function: 'kinesisSink',
    });
    expect(parsed[1]._aws.CloudWatchMetrics[0].Namespace).toBe('msk-sinks');
  });

  it('keeps no metric from one batch to the next', async () => {
    const handler = aHandler(allWritten);
    await handler(event, context);
    await handler(event, context);
    expect(lines.map((line) => JSON.parse(line)).filter((line) => '_aws' in line)).toMatchObject([
      { Requests: 2, RecordsWritten: 1 },
      { Requests: 2, RecordsWritten: 1 },
    ]);
  });

  it('leaves out what alarms and the dashboard do not need, with the essential metrics alone', async () => {
    await aHandler(allWritten, 'essential')(event, context);
    const [published] = lines.map((line) => JSON.parse(line)).filter((line) => '_aws' in line);
    expect(published).toMatchObject({ RecordsReceived: 1, RecordsUnsettled: 0 });
    expect(published).not.toHaveProperty('Requests');
  });

  it('does not log the event, whatever the environment says', async () => {
    vi.stubEnv('POWERTOOLS_LOGGER_LOG_EVENT', 'true');
    await aHandler(allWritten)(event, context);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain(SECRET);
    expect(lines.join('\n')).not.toContain(event.records['orders-0'][0]?.value);
  });

  it('gives the sink the time that is left, less the reserves', async () => {
    let sendForMs = 0;
    await aHandler((batches, deadline) => {
      sendForMs = deadline.sendUntilMs - systemClock.nowMs();
      return allWritten(batches, deadline);
    })(event, context);
    expect(sendForMs).toBeGreaterThan(54_000);
    expect(sendForMs).toBeLessThanOrEqual(55_000);
  });

  it('throws what a bug threw without its message, and keeps its frames', async () => {
    const error = await errorOf(new TypeError(`cannot read ${SECRET}`));
    const [first, ...frames] = error?.stack?.split('\n') ?? [];
    expect([error?.message, first]).toEqual(['unexpected TypeError', 'Error: unexpected TypeError']);
    expect(frames.filter((line) => !/^ {4}at \S/.test(line))).toEqual([]);
    expect(frames[0]).toContain('lambda.test.ts');
    expect(`${error?.stack} ${JSON.stringify(error?.cause)} ${lines.join()}`).not.toContain(SECRET);
  });

  it('throws no line of a foreign message, though it looks like a frame', async () => {
    const error = await errorOf(new TypeError(`cannot read "\n    at ${SECRET}"`));
    expect(error?.stack).toContain('lambda.test.ts');
    expect(error?.stack).not.toContain(SECRET);
  });

  it('throws no line among the frames that is none', async () => {
    const bug = new TypeError('bug');
    bug.stack = `TypeError: bug\n    at write (sink.ts:1:2)\nquery ${SECRET} at line 1`;
    expect((await errorOf(bug))?.stack).toBe('Error: unexpected TypeError\n    at write (sink.ts:1:2)');
  });

  it('throws no frames when they cannot be told from the message', async () => {
    const bug = Object.assign(new TypeError('changed later'), { stack: `TypeError: before\n    at ${SECRET}` });
    expect((await errorOf(bug))?.stack).toBe('Error: unexpected TypeError');
  });

  it.each([
    { what: 'a text', thrown: SECRET, said: 'unexpected string' },
    { what: 'nothing', thrown: undefined, said: 'unexpected undefined' },
    {
      what: 'an error without a stack',
      thrown: Object.assign(new TypeError(SECRET), { stack: undefined }),
      said: 'unexpected TypeError',
    },
  ])('throws an error of ours when a bug threw $what', async ({ thrown, said }) => {
    const error = await errorOf(thrown);
    expect([error?.message, error?.stack]).toEqual([said, `Error: ${said}`]);
    expect(lines.join()).not.toContain(SECRET);
  });

  it('sends its metrics although the invocation throws', async () => {
    await expect(aHandler(() => Promise.reject(new TypeError('bug')))(event, context)).rejects.toThrow('TypeError');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ Requests: 2, function: 'kinesisSink' }]);
  });

  it('writes one warning a batch that is not settled', async () => {
    const handler = aHandler((batches) =>
      Promise.resolve(batches.flatMap(({ records }) => records.map(({ position }) => skipped(position, 'deadline')))),
    );
    expect(await handler(event, context)).toEqual({
      batchItemFailures: [{ itemIdentifier: { partition: 'orders-0', offset: 1 } }],
    });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'WARN',
      message: 'records_unsettled',
      service: 'msk-sinks',
      unsettledCount: 1,
      partitions: [{ topicPartition: 'orders-0', lowestOffset: 1 }],
    });
  });

  it('throws for a malformed event with our message', async () => {
    await expect(aHandler(allWritten)({}, context)).rejects.toThrow('event.eventSource must be');
  });
});
