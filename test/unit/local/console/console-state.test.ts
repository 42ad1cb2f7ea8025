import { describe, expect, it } from 'vitest';
import {
  type ConsoleEvent,
  NEW_CONSOLE,
  next,
  SAMPLES_MAX,
  type Surroundings,
  viewOf,
} from '../../../../local/console/state/console-state.ts';
import type { Invocation } from '../../../../local/lambda/invocation.ts';
import type { SinkStatus } from '../../../../local/terminal/table.ts';

const surroundings: Surroundings = {
  ...{ topic: 'orders', namespace: 'shop.orders', stream: 'orders' },
  controls: {
    ...{ engines: [], throttledShare: 0, refusedShare: 0, whyNoRefusals: undefined },
    ...{ partialFailureRetry: 'fromLowest', isRuleOn: false, whyNoRule: undefined },
  },
};

const viewAfter = (...events: readonly ConsoleEvent[]) => viewOf(events.reduce(next, NEW_CONSOLE), surroundings);

const part = (partition: number, firstOffset: number, lastOffset: number) => ({
  ...{ partition, firstOffset, lastOffset, recordCount: lastOffset - firstOffset + 1 },
});
const started = (id: number, parts = [part(0, 0, 9)], atMs = 1_000): ConsoleEvent => ({
  ...{ kind: 'triggered', sink: 'documentdbSink' },
  event: { kind: 'invocationStarted', id, parts, atMs },
});
const ended = (id: number, result: Invocation, atMs = 1_250): ConsoleEvent => ({
  ...{ kind: 'triggered', sink: 'documentdbSink' },
  event: { kind: 'invocationEnded', id, result, atMs },
});
const answered = (payload: string, requestId = 'r1'): Invocation => ({
  kind: 'answered',
  payload,
  durationMs: 1,
  requestId,
});
const namedRecords = (...offsets: readonly number[]) =>
  JSON.stringify({
    batchItemFailures: offsets.map((offset) => ({ itemIdentifier: { partition: 'orders-0', offset } })),
  });
const line = (fields: object, pid = 7): ConsoleEvent => ({ kind: 'logged', line: JSON.stringify(fields), pid });
const batchLine = line({
  ...{ message: 'records_unsettled', function_request_id: 'r1', writtenCount: 5, ignored: { stale: 1 } },
  ...{ deadLetteredCount: 2, unsettledCount: 2, partitions: [{ codes: { target_unreachable: 2 } }] },
});
const metrics = line({ _aws: {}, WriteRetries: 3, EntriesRetried: 0 });

const sink = (figures: Partial<SinkStatus>): SinkStatus => ({
  ...{ name: 'documentdbSink', batches: 1, received: 0, unsettled: 0, deadLettered: 0, lag: 0, memoryPeakMb: 99.6 },
  ...{ partitions: [], ...figures },
});
const sampled = (atMs: number, producedCount: number, figures: Partial<SinkStatus> = {}): ConsoleEvent => ({
  ...{ kind: 'sampled', atMs, processCounts: { kinesisSink: 1, documentdbSink: 2 } },
  status: {
    elapsedMs: atMs,
    producedCount,
    sinks: [sink(figures)],
    documentCount: 3,
    shards: new Map([
      ['b', 1],
      ['a', 2],
    ]),
  },
});

describe('an invocation on the console', () => {
  it('runs, with its batch, until it has ended', () => {
    const [running] = viewAfter(started(1, [part(0, 0, 9), part(2, 5, 5)])).invocations;
    expect(running).toMatchObject({
      id: 'documentdbSink-1',
      recordCount: 11,
      repeatedCount: 0,
      response: { kind: 'running' },
    });
    expect(running?.durationMs).toBeUndefined();
    const [settled] = viewAfter(started(1), ended(1, answered('{"batchItemFailures":[]}'))).invocations;
    expect(settled).toMatchObject({ durationMs: 250, response: { kind: 'settled' } });
  });

  it('has the outcomes, codes and retries of its log lines, whether these come before or after its end', () => {
    const end = ended(1, answered(namedRecords(8, 9)));
    const expected = {
      outcome: { written: 5, ignored: 1, deadLettered: 2, unsettled: 2 },
      ...{ codes: ['target_unreachable'], resentCount: 3 },
      response: { kind: 'partial', namedCount: 2, lowest: ['orders-0@8'] },
    };
    expect(viewAfter(started(1), batchLine, metrics, end).invocations).toMatchObject([expected]);
    expect(viewAfter(started(1), end, batchLine, metrics).invocations).toMatchObject([expected]);
  });

  it('takes no metrics of another process', () => {
    const other = line({ _aws: {}, WriteRetries: 3 }, 8);
    const [invocation] = viewAfter(started(1), batchLine, other, ended(1, answered(namedRecords(8)))).invocations;
    expect(invocation?.resentCount).toBeUndefined();
  });

  it('counts the records that an earlier batch held too', () => {
    const views = viewAfter(
      started(1, [part(0, 0, 9)]),
      started(2, [part(0, 4, 12)]),
      started(3, [part(0, 6, 6)]),
    ).invocations;
    expect(views.map(({ repeatedCount }) => repeatedCount)).toEqual([1, 6, 0]);
  });

  it('counts as repeated what any earlier batch of the same function held', () => {
    const ofKinesis: ConsoleEvent = {
      ...{ kind: 'triggered', sink: 'kinesisSink' },
      event: { kind: 'invocationStarted', id: 9, parts: [part(0, 0, 9)], atMs: 1_000 },
    };
    const views = viewAfter(
      started(1, [part(0, 0, 9)]),
      ofKinesis,
      started(2, [part(0, 4, 6)]),
      started(3, [part(0, 7, 9)]),
    ).invocations;
    expect(views.map(({ repeatedCount }) => repeatedCount)).toEqual([3, 3, 0, 0]);
  });

  it('is forgotten behind many newer ones', () => {
    const events = Array.from({ length: 300 }, (_, id) => started(id));
    expect(events.reduce(next, NEW_CONSOLE).invocations.kept).toHaveLength(200);
  });

  it.each([
    [{ kind: 'failed', errorType: 'Function.Timeout', errorMessage: '', durationMs: 1 }, 'Function.Timeout'],
    [answered('surely no JSON'), 'the response cannot be read'],
  ] as const)('failed with %j', (result, errorType) => {
    expect(viewAfter(started(1), ended(1, result)).invocations).toMatchObject([
      { response: { kind: 'failed', errorType } },
    ]);
  });

  it.each(['null', '{}', '{"batchItemFailures":[]}'])('settled everything with %s', (payload) => {
    expect(viewAfter(started(1), ended(1, answered(payload))).invocations).toMatchObject([
      { response: { kind: 'settled' } },
    ]);
  });

  it.each(['{"message":"records_unsettled"', 'a line', '{"_aws":{}}'])('is not changed by the line %s', (text) => {
    const logged: ConsoleEvent = { kind: 'logged', line: text, pid: 7 };
    expect(viewAfter(started(1), logged)).toEqual(viewAfter(started(1)));
  });
});

describe('a function on the console', () => {
  const partly = [started(1), ended(1, answered(namedRecords(8))), batchLine];

  it('holds while its last batch came back, with the codes of the batch', () => {
    const [view] = viewAfter(...partly, sampled(1_000, 10, { unsettled: 2 })).sinks;
    expect(view).toMatchObject({
      condition: 'holding',
      codes: ['target_unreachable'],
      lastDurationMs: 250,
      handedBackCount: 2,
      processCount: 2,
    });
  });

  it('holds while its last batch failed, although other batches are settled', () => {
    const failed: Invocation = { kind: 'failed', errorType: 'Function.Timeout', errorMessage: '', durationMs: 1 };
    const samples = [sampled(1_000, 0), sampled(2_000, 0, { received: 4 })];
    expect(viewAfter(started(1), ended(1, failed), ...samples).sinks).toMatchObject([{ condition: 'holding' }]);
  });

  it('flows again after a batch that is settled', () => {
    const events = [
      ...partly,
      started(2),
      ended(2, answered('null', 'r2')),
      sampled(1_000, 0),
      sampled(2_000, 0, { received: 4 }),
    ];
    expect(viewAfter(...events).sinks).toMatchObject([{ condition: 'flowing', settledPerSecond: 4 }]);
  });

  it('retries while a batch is under way for long and nothing is settled', () => {
    const begun = [started(1, undefined, 1_000), sampled(1_000, 5), sampled(4_000, 5)];
    expect(viewAfter(...begun).sinks).toMatchObject([{ condition: 'idle', runningCount: 1 }]);
    expect(viewAfter(...begun, sampled(4_001, 5)).sinks).toMatchObject([{ condition: 'retrying' }]);
  });

  it('is idle when nothing is settled', () => {
    expect(viewAfter(sampled(1_000, 5), sampled(2_000, 9)).sinks).toMatchObject([
      { condition: 'idle', runningCount: 0 },
    ]);
  });
});

describe('the figures of the console', () => {
  it('are rates over the last five seconds', () => {
    const events = Array.from({ length: 20 }, (_, second) =>
      sampled(second * 1_000, second < 10 ? 0 : (second - 9) * 20),
    );
    expect(viewAfter(...events).producedPerSecond).toBe(20);
    expect(viewAfter(...events.slice(0, 10)).producedPerSecond).toBe(0);
    const burst = [0, 50, 50, 50, 50, 50].map((count, second) => sampled(second * 1_000, count));
    expect(viewAfter(...burst).producedPerSecond).toBe(10);
    expect(viewAfter(sampled(1_000, 5)).producedPerSecond).toBe(0);
  });

  it('have the shards in order, and the newest notes and samples only', () => {
    const notes = Array.from({ length: 100 }, (_, n): ConsoleEvent => ({ kind: 'noted', atMs: n, text: `note ${n}` }));
    const view = viewAfter(sampled(1_000, 5), ...notes);
    expect(view.shards.map(({ shardId }) => shardId)).toEqual(['a', 'b']);
    expect(view.notes).toHaveLength(40);
    expect(view.notes[0]).toEqual({ id: 100, atMs: 99, text: 'note 99' });
    const samples = Array.from({ length: SAMPLES_MAX + 9 }, (_, n) => sampled(n, n));
    expect(samples.reduce(next, NEW_CONSOLE).samples).toHaveLength(SAMPLES_MAX);
  });

  it('are an empty view before the first sample', () => {
    expect(viewAfter()).toMatchObject({ producedCount: 0, sinks: [], verdict: { state: 'pending' } });
  });
});

describe('the verdict on the console', () => {
  const check = (passed: boolean) => ({ name: 'a check', passed, detail: 'figures' });
  const unread = [{ name: 'documents', detail: 'DocumentDB is stopped' }];
  const verdict = (checked: readonly boolean[], { lag = 0, away = false } = {}) =>
    viewAfter(sampled(1_000, 5, { lag }), {
      kind: 'checked',
      checked: { atMs: 1_000, checks: checked.map(check), unread: away ? unread : [] },
    }).verdict;

  it.each([
    [verdict([true, true]), 'holds', 'Nothing is lost: every record has arrived'],
    [verdict([true], { lag: 1 }), 'holds', 'Nothing is lost; 1 record waits in Kafka'],
    [verdict([true], { lag: 1_200 }), 'holds', 'Nothing is lost; 1,200 records wait in Kafka'],
    [
      verdict([true], { lag: 7, away: true }),
      'waits',
      'Nothing is lost as far as can be read; 7 records wait in Kafka',
    ],
    [verdict([true, false], { away: true }), 'broken', 'A check failed'],
    [verdict([false, false]), 'broken', '2 checks failed'],
  ])('%#: is %s, and says %s', ({ state, headline }, expectedState, words) => {
    expect([state, headline]).toEqual([expectedState, words]);
  });

  it('has a row for each check, and for what cannot be read', () => {
    expect(verdict([true, false], { away: true }).checks.map(({ state }) => state)).toEqual([
      'holds',
      'broken',
      'waits',
    ]);
  });
});
