import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command, LogRecord, PartitionRecords } from '../../../../../local/msk-trigger/machine/commands.ts';
import { createTriggerMachine } from '../../../../../local/msk-trigger/machine/machine.ts';
import type { MachineSettings } from '../../../../../local/msk-trigger/machine/settings.ts';
import { randomRuns } from '../../../../support/random-runs.ts';
import { failures, SUCCESS, THROWN } from '../harness.ts';
import { type Behaviour, drawer, type World, world } from '../machine-worlds.ts';

/** Plays one world to its end, and checks what must hold at every step. */
function play({ settings, log, behaviours, seed }: World) {
  const machine = createTriggerMachine<LogRecord>(settings, new Map(log.map((_, partition) => [partition, 0])));
  const settled = log.map(() => new Map<number, number>());
  const busy = new Set<number>();
  const open: { id: number; batch: readonly PartitionRecords<LogRecord>[] }[] = [];
  const deliveries: { id: number; batch: readonly PartitionRecords<LogRecord>[] }[] = [];
  const committed = log.map(() => 0);
  let nowMs = 0;
  let invocations = 0;
  let pollersMost = machine.pollers();
  const draw = drawer(seed);
  const settle = (partition: number, offsets: Iterable<number>) => {
    for (const offset of offsets) settled[partition]?.set(offset, (settled[partition]?.get(offset) ?? 0) + 1);
  };

  const obey = (commands: readonly Command<LogRecord>[]) => {
    for (const command of commands) {
      if (command.kind === 'commit') {
        const { partition, offset } = command;
        expect(offset).toBeGreaterThan(committed[partition] ?? 0);
        committed[partition] = offset;
      } else if (command.kind === 'invoke') {
        checkInvocation(settings, command.batch, machine.pollers());
        for (const { partition } of command.batch) {
          expect(busy.has(partition)).toBe(false);
          busy.add(partition);
        }
        open.push(command);
        invocations += 1;
      } else deliveries.push({ id: command.id, batch: command.failure.batch });
    }
    if (commands.some((command) => command.kind === 'commit')) {
      const dropped = Object.values(machine.counters().recordsDropped).reduce((sum, count) => sum + count, 0);
      checkCommits(committed, settled, dropped);
    }
    expect(open.length).toBeLessThanOrEqual(pollersMost * settings.invocationsPerPollerMax);
  };

  const endOne = () => {
    const [invocation] = open.splice(draw(open.length), 1);
    if (invocation === undefined) return;
    const { result, failed } = answer(behaviours[invocations - 1] ?? 'succeeds', invocation.batch, draw);
    const isRead = settings.reportsItemFailures || result.kind === 'failed';
    for (const { partition, topicPartition, records } of invocation.batch) {
      busy.delete(partition);
      settle(
        partition,
        settledOf(settings.partialFailureRetry, records, isRead ? failed.get(topicPartition) : undefined),
      );
    }
    obey(machine.invocationEnded(invocation.id, result, nowMs));
  };

  const deliverOne = () => {
    const [delivery] = deliveries.splice(draw(deliveries.length), 1);
    if (delivery === undefined) return;
    const isDelivered = draw(3) > 0;
    if (isDelivered)
      for (const { partition, records } of delivery.batch)
        settle(
          partition,
          records.map((record) => record.offset),
        );
    obey(machine.failureDelivered(delivery.id, isDelivered, nowMs));
  };

  const fetchOne = () => {
    const wanted = machine.fetchable();
    const position = wanted[draw(Math.max(1, wanted.length))];
    if (position === undefined) return;
    const { partition, offset } = position;
    const sizes = (log[partition] ?? []).slice(offset, offset + 1 + draw(10));
    const records = sizes.map((bytes, i) => ({
      ...{ offset: offset + i, timestampMs: (offset + i) * 10, bytes: Math.abs(bytes) },
      ...(bytes < 0 && { refusal: 'SCHEMA_NOT_FOUND' as const }),
    }));
    obey(machine.recordsArrived({ partition, records }, nowMs));
  };

  const passTime = () => {
    const wakeAtMs = machine.wakeAtMs();
    nowMs = wakeAtMs === Number.POSITIVE_INFINITY || draw(2) === 0 ? nowMs + draw(40) : Math.max(nowMs, wakeAtMs);
    obey(machine.timePassed(nowMs));
  };

  const scale = () => {
    const pollers = 1 + draw(4);
    pollersMost = Math.max(pollersMost, pollers);
    obey(machine.scaledTo(pollers, nowMs));
  };

  const isFetched = () => machine.fetchable().every(({ partition, offset }) => offset === log[partition]?.length);
  const isOver = () => isFetched() && machine.fetchable().length === log.length && machine.isQuiet();
  for (let step = 0; !isOver(); step += 1) {
    if (step > 20_000) throw new Error('the world does not come to an end');
    if (draw(20) === 0) scale();
    else [fetchOne, endOne, deliverOne, passTime][draw(4)]?.();
  }
  return { machine, settled, committed };
}

function checkInvocation(
  settings: MachineSettings,
  batch: readonly PartitionRecords<LogRecord>[],
  pollers: number,
): void {
  const count = batch.reduce((sum, part) => sum + part.records.length, 0);
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThanOrEqual(settings.batchRecordsMax);
  const text = Object.fromEntries(
    batch.map((part) => [part.topicPartition, part.records.map((record) => 'x'.repeat(record.bytes - 2))]),
  );
  const recordMapBytes = JSON.stringify(text).length - '{}'.length;
  expect(settings.envelopeBytes + recordMapBytes).toBeLessThanOrEqual(settings.payloadBytesMax);
  expect(new Set(batch.map((part) => part.partition % pollers)).size).toBe(1);
  for (const { records } of batch) {
    expect(records.some(({ refusal }) => refusal !== undefined)).toBe(false);
    for (const [i, record] of records.slice(1).entries())
      expect(record.offset).toBeGreaterThan(records[i]?.offset ?? 0);
  }
}

/** Below a commit everything is settled, but for as many as were dropped in silence. */
function checkCommits(
  committed: readonly number[],
  settled: readonly Map<number, number>[],
  droppedCount: number,
): void {
  let missing = 0;
  for (const [partition, offset] of committed.entries()) {
    for (let below = 0; below < offset; below += 1) if (!settled[partition]?.has(below)) missing += 1;
  }
  expect(missing).toBeLessThanOrEqual(droppedCount);
}

function answer(behaviour: Behaviour, batch: readonly PartitionRecords<LogRecord>[], draw: (below: number) => number) {
  const all = new Map(batch.map((part) => [part.topicPartition, part.records.map((record) => record.offset)]));
  if (behaviour === 'throws') return { result: THROWN, failed: all };
  if (behaviour === 'garbage') return { result: { kind: 'answered' as const, payload: '"done"' }, failed: all };
  if (behaviour === 'stranger') return { result: failures(['a-topic-0', -1]), failed: all };
  if (behaviour === 'succeeds') return { result: SUCCESS, failed: new Map<string, number[]>() };
  const items = [...all].flatMap(([key, offsets]) => offsets.map((offset) => [key, offset] as const));
  const reported = items.filter(() => draw(3) === 0);
  const failed = new Map<string, number[]>();
  for (const [key, offset] of reported) failed.set(key, [...(failed.get(key) ?? []), offset]);
  return { result: failures(...reported), failed };
}

function settledOf(
  partialFailureRetry: MachineSettings['partialFailureRetry'],
  records: readonly LogRecord[],
  failed: readonly number[] | undefined,
) {
  const offsets = records.map((record) => record.offset);
  if (failed === undefined) return offsets;
  return offsets.filter((offset) =>
    partialFailureRetry === 'listedOnly' ? !failed.includes(offset) : offset < Math.min(...failed),
  );
}

describe('the machine, whatever happens until invocations succeed', () => {
  it('settles every record exactly once, commits none before, and keeps batches within their limits', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        const { machine, settled, committed } = play(drawn);
        const total = drawn.log.reduce((sum, sizes) => sum + sizes.length, 0);
        const counters = machine.counters();
        const dropped = Object.values(counters.recordsDropped).reduce((sum, count) => sum + count, 0);
        const times = settled.flatMap((ofPartition) => [...ofPartition.values()]);
        expect(times.every((count) => count === 1)).toBe(true);
        expect(times.length + dropped).toBe(total);
        expect(counters.recordsSucceeded + counters.recordsDeliveredToDestination + dropped).toBe(total);
        expect(committed).toEqual(drawn.log.map((sizes) => sizes.length));
        expect(counters.offsetsCommitted).toBe(total);
        if (drawn.settings.hasDestination) expect(dropped).toBe(0);
      }),
      { numRuns: randomRuns(200) },
    );
  });

  it('gives up nothing that fits when retries and age are without end', () => {
    const endless = world.map((drawn) => ({
      ...drawn,
      settings: { ...drawn.settings, retriesMax: Number.POSITIVE_INFINITY, recordAgeMaxMs: Number.POSITIVE_INFINITY },
    }));
    fc.assert(
      fc.property(endless, (drawn) => {
        const { recordsSucceeded } = play(drawn).machine.counters();
        expect(recordsSucceeded).toBe(drawn.log.flat().filter((bytes) => bytes > 0 && bytes < 5_000).length);
      }),
      { numRuns: randomRuns(100) },
    );
  });

  it('does the same when it is told the same', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        expect(play(drawn).machine.counters()).toEqual(play(drawn).machine.counters());
      }),
      { numRuns: 50 },
    );
  });
});
