import { describe, expect, it } from 'vitest';
import { preparationOf } from '../../../../../../functions/documentdb-sink/connector/registry/prepared-sink.ts';
import type { Prerequisites } from '../../../../../../functions/documentdb-sink/plan/preparation.ts';
import { failed, type RecordFailure, written } from '../../../../../../shared/outcome.ts';
import type { SourceRecord } from '../../../../../../shared/record.ts';
import type { Sink } from '../../../../../../shared/sink-contract.ts';
import { aDocumentdbSink, inWords, notJson, order } from '../../../../../support/a-documentdb-sink.ts';
import { aRecord, batchesOf, deadlineIn } from '../../../../../support/builders.ts';
import { VirtualClock } from '../../../../../support/virtual-clock.ts';

const failureOf = (code: RecordFailure['code']): RecordFailure => ({
  code,
  retryable: true,
  mayBeWritten: false,
  detail: code,
});
const OUTAGE = failureOf('schema_unavailable');

/**
 * A sink that writes everything, behind a preparation for which a record waits as long as `obstacle` says.
 * @param obstacle by the record and how often the preparation was asked
 */
function aPreparedSink(
  obstacle: (record: SourceRecord, round: number) => RecordFailure | undefined,
  inner?: Sink['write'],
) {
  const clock = new VirtualClock();
  const startMs = clock.nowMs();
  const writes: (readonly string[])[] = [];
  const preparedAtMs: number[] = [];
  const sink: Sink = {
    write(batches, deadline) {
      writes.push(batches.flatMap(({ records }) => records.map(placeOf)));
      return (
        inner?.(batches, deadline) ??
        Promise.resolve(batches.flatMap(({ records }) => records.map(({ position }) => written(position))))
      );
    },
  };
  const prerequisites: Prerequisites = {
    prepare: () => Promise.resolve(void preparedAtMs.push(clock.nowMs() - startMs)),
    obstacleTo: (record) => obstacle(record, preparedAtMs.length),
  };
  const prepared = preparationOf(prerequisites).before(sink, { clock, random: () => 0.5 });
  return {
    writes,
    preparedAtMs,
    elapsedMs: () => clock.nowMs() - startMs,
    write: (records: readonly SourceRecord[], deadline = deadlineIn(clock.nowMs())) =>
      clock.run(prepared.write(batchesOf(records), deadline)).then((outcomes) => outcomes.map(inWords)),
    clock,
  };
}

const placeOf = ({ position: { partition, offset } }: SourceRecord): string => `${partition}@${offset}`;
const at = (partition: number, ...offsets: number[]) => offsets.map((offset) => aRecord({ partition, offset }));

describe('records that need something before they are planned', () => {
  it('are written at once when all of it is there', async () => {
    const { write, writes, elapsedMs } = aPreparedSink(() => undefined);
    expect(await write([...at(0, 1, 2), ...at(1, 1)])).toEqual(['written', 'written', 'written']);
    expect({ writes, elapsedMs: elapsedMs() }).toEqual({ writes: [['0@1', '0@2', '1@1']], elapsedMs: 0 });
  });

  it('hold the rest of their partition, and no other partition', async () => {
    const isMissing = ({ position: { partition, offset } }: SourceRecord) => partition === 0 && offset === 2;
    const { write, writes } = aPreparedSink((record) => (isMissing(record) ? OUTAGE : undefined));
    const outcomes = await write([...at(0, 1, 2, 3), ...at(1, 1, 2)]);
    expect(outcomes).toEqual(['written', 'failed schema_unavailable', 'skipped', 'written', 'written']);
    expect(writes).toEqual([['1@1', '1@2'], ['0@1']]);
  });

  it('are written as soon as it is there, in their order', async () => {
    const { write, writes, elapsedMs } = aPreparedSink(({ position: { offset } }, round) =>
      offset === 2 && round < 3 ? OUTAGE : undefined,
    );
    expect(await write(at(0, 1, 2, 3))).toEqual(['written', 'written', 'written']);
    expect(writes).toEqual([['0@1'], ['0@2', '0@3']]);
    expect(elapsedMs()).toBeLessThan(1_000);
  });

  it('are asked for until nothing more may be sent, and not beyond', async () => {
    const { write, preparedAtMs, elapsedMs } = aPreparedSink(() => OUTAGE);
    expect(await write(at(0, 1, 2))).toEqual(['failed schema_unavailable', 'skipped']);
    expect(elapsedMs()).toBe(55_000);
    expect(preparedAtMs.length).toBeGreaterThan(10);
    expect(Math.max(...preparedAtMs)).toBeLessThan(55_000);
  });

  it('are asked for every five seconds where somebody has to mend something', async () => {
    const { write, preparedAtMs } = aPreparedSink(() => failureOf('misconfigured'));
    expect(await write(at(0, 1))).toEqual(['failed misconfigured']);
    expect(preparedAtMs.slice(0, 4)).toEqual([0, 5_000, 10_000, 15_000]);
  });

  it('are not asked for once the time is up', async () => {
    const { write, preparedAtMs, clock } = aPreparedSink(() => OUTAGE);
    const nowMs = clock.nowMs();
    expect(await write(at(0, 1), { sendUntilMs: nowMs, answerByMs: nowMs + 1_000 })).toEqual([
      'failed schema_unavailable',
    ]);
    expect(preparedAtMs).toEqual([]);
  });

  it('keep the outcomes of what was written beside them', async () => {
    const { write } = aPreparedSink(
      ({ position: { offset } }) => (offset === 9 ? OUTAGE : undefined),
      async (batches) =>
        batches.flatMap(({ records }) => records.map(({ position }) => failed(position, failureOf('conflict')))),
    );
    expect(await write([...at(0, 1, 9), ...at(1, 1)])).toEqual([
      'failed conflict',
      'failed schema_unavailable',
      'failed conflict',
    ]);
  });

  it('do not overtake an unsettled record of their partition, and go on in every other partition', async () => {
    const isMissing = ({ position: { offset } }: SourceRecord, round: number) => offset === 2 && round < 3;
    const blocked = { ...failureOf('payload_invalid'), retryable: false };
    const { write, writes } = aPreparedSink(
      (record, round) => (isMissing(record, round) ? OUTAGE : undefined),
      async (batches) =>
        batches.flatMap(({ records }) =>
          records.map(({ position }) =>
            position.partition === 0 && position.offset === 1 ? failed(position, blocked) : written(position),
          ),
        ),
    );
    expect(await write([...at(0, 1, 2), ...at(1, 1, 2)])).toEqual([
      'failed payload_invalid',
      'failed schema_unavailable',
      'written',
      'written',
    ]);
    expect(writes).toEqual([['0@1'], ['1@1'], ['1@2']]);
  });

  it('are asked for soon while any of them waits for a schema, though others wait for somebody', async () => {
    const { write, preparedAtMs } = aPreparedSink(({ position }) =>
      position.partition === 0 ? OUTAGE : failureOf('misconfigured'),
    );
    await write([...at(0, 1), ...at(1, 1)]);
    expect(preparedAtMs[1]).toBeLessThan(1_000);
  });

  it('are written while a write of another partition lasts (G4)', async () => {
    const clock = new VirtualClock();
    let rounds = 0;
    const prerequisites: Prerequisites = {
      async prepare() {
        rounds += 1;
      },
      obstacleTo: ({ position: { partition } }) => (partition === 1 && rounds === 1 ? OUTAGE : undefined),
    };
    const sink: Sink = {
      async write(batches, deadline) {
        const isHeld = batches.some(({ records }) => records[0]?.position.partition === 0);
        if (isHeld) await clock.waitUntil(deadline.sendUntilMs);
        return batches.flatMap(({ records }) =>
          records.map(({ position }) => (isHeld ? failed(position, failureOf('conflict')) : written(position))),
        );
      },
    };
    const prepared = preparationOf(prerequisites).before(sink, { clock, random: () => 0.5 });
    const outcomes = await clock.run(prepared.write(batchesOf([...at(0, 1), ...at(1, 1)]), deadlineIn(clock.nowMs())));
    expect(outcomes.map(inWords)).toEqual(['failed conflict', 'written']);
  });

  it('are written behind records of their partition while a write of another partition lasts (G4)', async () => {
    const clock = new VirtualClock();
    const asked: (readonly string[])[] = [];
    const prerequisites: Prerequisites = {
      prepare: (records) => Promise.resolve(void asked.push(records.map(placeOf))),
      obstacleTo: ({ position: { offset } }) => (offset === 2 && asked.length < 4 ? OUTAGE : undefined),
    };
    const sink: Sink = {
      async write(batches, deadline) {
        const isHeld = batches.some(({ records }) => records[0]?.position.partition === 0);
        if (isHeld) await clock.waitUntil(deadline.sendUntilMs);
        else await clock.waitUntil(clock.nowMs() + 20);
        return batches.flatMap(({ records }) =>
          records.map(({ position }) => (isHeld ? failed(position, failureOf('conflict')) : written(position))),
        );
      },
    };
    const prepared = preparationOf(prerequisites).before(sink, { clock, random: () => 0.5 });
    const records = [...at(0, 1, 2), ...at(1, 1, 2), ...at(2, 1, 2), ...at(3, 2)];
    const outcomes = await clock.run(prepared.write(batchesOf(records), deadlineIn(clock.nowMs())));
    const held = ['failed conflict', 'failed schema_unavailable'];
    expect(outcomes.map(inWords)).toEqual([...held, ...Array<string>(5).fill('written')]);
    // Partitions that wait are asked for together.
    expect(asked[0]).toHaveLength(7);
    expect(asked.at(-1)).toEqual(['3@2', '1@2', '2@2']);
  });

  it('leave no timer behind', async () => {
    const { write, clock } = aPreparedSink(() => undefined);
    await write(at(0, 1));
    expect(clock.waitingCount()).toBe(0);
  });

  it('have an outcome each, or the sink behind them has a bug', async () => {
    const { write } = aPreparedSink(
      () => undefined,
      () => Promise.resolve([]),
    );
    await expect(write(at(0, 1))).rejects.toThrow('every record has an outcome');
  });

  it('are prepared together, and those that wait again', async () => {
    const clock = new VirtualClock();
    const asked: (readonly string[])[] = [];
    const prerequisites: Prerequisites = {
      prepare: (records) => Promise.resolve(void asked.push(records.map(placeOf))),
      obstacleTo: ({ position: { offset } }) => (offset === 2 && asked.length < 2 ? OUTAGE : undefined),
    };
    const sink: Sink = {
      write: (batches) =>
        Promise.resolve(batches.flatMap(({ records }) => records.map(({ position }) => written(position)))),
    };
    const prepared = preparationOf(prerequisites).before(sink, { clock, random: () => 0.5 });
    await clock.run(prepared.write(batchesOf([...at(0, 1, 2), ...at(1, 1)]), deadlineIn(clock.nowMs())));
    expect(asked).toEqual([['0@1', '0@2', '1@1'], ['0@2']]);
  });

  it('do not hold the answer when what they need never comes', async () => {
    const clock = new VirtualClock();
    const prerequisites: Prerequisites = { prepare: () => new Promise(() => undefined), obstacleTo: () => OUTAGE };
    const sink: Sink = { write: () => Promise.resolve([]) };
    const prepared = preparationOf(prerequisites).before(sink, { clock, random: () => 0.5 });
    const deadline = deadlineIn(clock.nowMs());
    const outcomes = await clock.run(prepared.write(batchesOf(at(0, 1)), deadline));
    expect(outcomes.map(inWords)).toEqual(['failed schema_unavailable']);
    expect(clock.nowMs()).toBe(deadline.answerByMs);
  });
});

describe('a blocked record of one partition', () => {
  it('keeps no record of another partition waiting that can be prepared a moment later, and holds the answer (G4)', async () => {
    let rounds = 0;
    const prerequisites: Prerequisites = {
      async prepare() {
        rounds += 1;
      },
      obstacleTo: ({ position: { partition } }) => (partition === 1 && rounds < 3 ? OUTAGE : undefined),
    };
    const sink = aDocumentdbSink({ preparation: preparationOf(prerequisites), onPoison: 'block' });
    const deadline = deadlineIn(sink.clock.nowMs());
    const outcomes = await sink.write([notJson(1, 'a'), order(1, 'b', {}, 1)], deadline);
    expect(outcomes.map(inWords)).toEqual(['failed payload_invalid', 'written']);
    expect(sink.clock.nowMs()).toBe(deadline.sendUntilMs);
  });
});
