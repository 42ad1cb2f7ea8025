// The seven invariants of every sink, for every ordering and aggregation, random batches, and random trouble at Kinesis
// and at the dead-letter bucket.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REQUEST_BYTES_MAX, REQUEST_RECORDS_MAX } from '../../../../functions/kinesis-sink/limits.ts';
import type { Entry } from '../../../../functions/kinesis-sink/plan/entry.ts';
import type { Aggregation, Ordering } from '../../../../functions/kinesis-sink/plan/plan.ts';
import { isSettled, type RecordOutcome } from '../../../../shared/outcome.ts';
import type { Payload, SourceRecord } from '../../../../shared/record.ts';
import { settle, toBatchResponse } from '../../../../shared/settle.ts';
import { aKinesisSink } from '../../../support/a-kinesis-sink.ts';
import { aRecord, batchesOf, deadlineIn } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { type EntryFate, fakeKinesis, type RequestFate } from '../../../support/fake-kinesis.ts';
import { deaggregate } from '../../../support/kpl/deaggregate.ts';
import { randomRuns } from '../../../support/random-runs.ts';

const RECORD_BYTES_MAX = 150;

const entryFates: readonly EntryFate[] = ['ok', 'ok', 'ok', 'throttled', 'internal', 'unknown-code'];
const requestFates: readonly RequestFate['kind'][] = [
  ...(['answer', 'answer', 'answer', 'answer', 'short-answer', 'reset', 'stored-then-reset'] as const),
  ...(['server-error', 'access-denied', 'until-aborted', 'invalid'] as const),
];

interface Mode {
  readonly ordering: Ordering;
  readonly aggregation: Aggregation;
  readonly envelope: 'none' | 'json';
}

/** All there are: `key` aggregates nothing where nothing is in order, and is refused there. */
const MODES: readonly Mode[] = [
  { ordering: 'key', aggregation: 'off', envelope: 'none' },
  { ordering: 'key', aggregation: 'key', envelope: 'none' },
  { ordering: 'key', aggregation: 'bucket', envelope: 'none' },
  { ordering: 'partition', aggregation: 'off', envelope: 'none' },
  { ordering: 'partition', aggregation: 'key', envelope: 'none' },
  { ordering: 'partition', aggregation: 'bucket', envelope: 'none' },
  { ordering: 'none', aggregation: 'off', envelope: 'none' },
  { ordering: 'none', aggregation: 'bucket', envelope: 'none' },
];

interface Scenario {
  readonly mode: Mode;
  readonly records: readonly SourceRecord[];
  readonly seedFates: readonly number[];
  readonly letterFates: readonly boolean[];
  readonly trouble: 'none' | 'some' | 'outage';
  readonly remainingMs: number;
}

const worldsOf = (modes: readonly Mode[]): fc.Arbitrary<Scenario> =>
  fc.record({
    mode: fc.constantFrom(...modes),
    records: fc
      .array(
        fc.record({
          partition: fc.nat(2),
          key: fc.constantFrom('a', 'b', 'c', 'd', null),
          size: fc.constantFrom(0, 1, 30, 30, 200),
          tombstone: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
        }),
        { maxLength: 40 },
      )
      .map((parts) =>
        parts.map(({ partition, key, size, tombstone }, offset) =>
          aRecord({ partition, offset, key, value: tombstone ? null : new Uint8Array(size) }),
        ),
      ),
    seedFates: fc.array(fc.nat(1_000), { minLength: 1, maxLength: 50 }),
    letterFates: fc.array(fc.boolean(), { minLength: 1, maxLength: 10 }),
    trouble: fc.constantFrom('none', 'some', 'some', 'outage'),
    remainingMs: fc.constantFrom(4_000, 12_000, 60_000),
  });

function fatesOf(scenario: Scenario): (entries: readonly Entry[]) => RequestFate {
  let draws = 0;
  const draw = <T>(options: readonly T[]): T => {
    const number = scenario.seedFates[draws % scenario.seedFates.length] ?? 0;
    draws += 1;
    return options[(number + draws) % options.length] as T;
  };
  return () => {
    if (scenario.trouble === 'none') return { kind: 'answer' };
    if (scenario.trouble === 'outage') return { kind: draw(['reset', 'server-error', 'access-denied'] as const) };
    const kind = draw(requestFates);
    return kind === 'answer' ? { kind, entry: () => draw(entryFates) } : { kind };
  };
}

async function run(scenario: Scenario) {
  const kinesis = fakeKinesis(fatesOf(scenario));
  let letterCount = 0;
  const deadLetters = fakeDeadLetters(() => {
    letterCount += 1;
    return scenario.trouble === 'none' || (scenario.letterFates[letterCount % scenario.letterFates.length] ?? true);
  });
  const setup = aKinesisSink({
    port: kinesis.port,
    deadLetters: deadLetters.queue,
    recordBytesMax: RECORD_BYTES_MAX,
    tombstone: 'skip',
    ...scenario.mode,
  });
  const startedAtMs = setup.clock.nowMs();
  const deadline = deadlineIn(startedAtMs, scenario.remainingMs);
  const outcomes = await setup.write(scenario.records, deadline);
  const batches = batchesOf(scenario.records);
  const response = toBatchResponse(settle(batches, outcomes));
  return {
    kinesis,
    deadLetters: deadLetters.deadLetters,
    outcomes,
    batches,
    response,
    deadline,
    startedAtMs,
    clock: setup.clock,
  };
}

const place = ({ position }: { readonly position: SourceRecord['position'] }) =>
  `${position.topicPartition}@${position.offset}`;
const named = (failure: { readonly itemIdentifier: { readonly partition: string; readonly offset: number } }) =>
  `${failure.itemIdentifier.partition}@${failure.itemIdentifier.offset}`;

const textOf = (payload: Payload) => Buffer.from(payload.bytes()).toString();

/** What a consumer gets of an entry. */
const consumed = ({ partitionKey, explicitHashKey, dataBase64 }: Entry) =>
  deaggregate({ partitionKey, explicitHashKey, data: Buffer.from(dataBase64, 'base64') });

const placesIn = (entries: readonly Entry[]) =>
  entries.flatMap(({ records }) => records.map((record) => place(record)));

/** The ordering domain a record is in. */
const laneOf = (record: SourceRecord, { ordering }: Mode): string => {
  if (ordering === 'partition') return record.position.topicPartition;
  if (ordering === 'none' || record.key === null) return place(record);
  return `${record.position.topicPartition} ${record.key.base64}`;
};

type Run = Awaited<ReturnType<typeof run>> & { readonly scenario: Scenario };

/** Each run is asked for all of them: a run costs far more than a question. */
const INVARIANTS: Readonly<Record<string, (result: Run) => void>> = {
  '1: one outcome per record, about the record in its place': ({ outcomes, batches }) => {
    const records = batches.flatMap((batch) => batch.records);
    expect(outcomes.map(place)).toEqual(records.map(place));
  },

  '2: every record that is not written, ignored or dead-lettered is named, and those that are have proof': (result) => {
    const names = new Set(result.response.batchItemFailures.map(named));
    const stored = new Set(placesIn(result.kinesis.stored));
    const lettered = new Set(
      result.deadLetters.map(({ topic, partition, offset }) => `${topic}-${partition}@${offset}`),
    );
    const without = (kind: string, proof: ReadonlySet<string>) =>
      result.outcomes.filter((outcome) => outcome.kind === kind && !proof.has(place(outcome)));
    expect(result.outcomes.filter((outcome) => names.has(place(outcome)) === isSettled(outcome))).toEqual([]);
    expect(without('written', stored)).toEqual([]);
    expect(without('deadLettered', lettered)).toEqual([]);
  },

  '3 and 4: every name is a record of the event, none twice, none at all when everything is settled': (result) => {
    const names = result.response.batchItemFailures.map(named);
    expect(new Set(names).size).toBe(names.length);
    const known = new Set(result.scenario.records.map(place));
    expect(names.every((name) => known.has(name))).toBe(true);
    expect(names.length === 0).toBe(result.outcomes.every(isSettled));
  },

  '6: within a lane, nothing is sent while an earlier record is unsettled, and first copies arrive in order': (
    result,
  ) => {
    const { kinesis, outcomes, scenario } = result;
    const { mode, records } = scenario;
    const lanesIn = (entries: readonly Entry[]) =>
      entries.flatMap((entry) => [...new Set(entry.records.map((record) => laneOf(record, mode)))]);
    const sharing = kinesis.overlaps.map((open) => lanesIn(open.flat())).filter(hasRepeated);
    expect(sharing).toEqual([]);
    const copies = [...firstCopiesByLane(kinesis.stored, mode).values()];
    expect(copies).toEqual(copies.map((offsets) => offsets.toSorted((a, b) => a - b)));
    expect(overtaken(records, outcomes, mode)).toEqual([]);
  },

  '7: every request respects its limits, and the requests cover each record that can be sent': (result) => {
    const { requests } = result.kinesis;
    const bytesOf = (entries: readonly Entry[]) => entries.reduce((sum, { byteLength }) => sum + byteLength, 0);
    for (const entries of requests) {
      expect(entries.length).toBeGreaterThan(0);
      expect(entries.length).toBeLessThanOrEqual(REQUEST_RECORDS_MAX);
      expect(bytesOf(entries)).toBeLessThanOrEqual(REQUEST_BYTES_MAX);
    }
    const isMeasured = ({ byteLength, dataBase64, partitionKey }: Entry) =>
      byteLength === Buffer.byteLength(dataBase64, 'base64') + Buffer.byteLength(partitionKey);
    const sent = requests.flat();
    expect(sent.filter((entry) => !isMeasured(entry) || entry.byteLength > RECORD_BYTES_MAX)).toEqual([]);
    const covered = new Set(placesIn(sent));
    const isMissing = (outcome: RecordOutcome) => outcome.kind === 'written' && !covered.has(place(outcome));
    expect(result.outcomes.filter(isMissing)).toEqual([]);
  },

  'a consumer gets back what was sent: each value under its key': ({ kinesis }) => {
    for (const entry of kinesis.requests.flat()) {
      const got = consumed(entry);
      expect(got.map(({ data }) => Buffer.from(data).toString('base64'))).toEqual(
        entry.records.map(({ value }) => value?.base64),
      );
      const keys = got.map(({ partitionKey }) => partitionKey);
      expect(keys).toEqual(entry.records.map(({ key }, index) => (key === null ? keys[index] : textOf(key))));
    }
  },

  'a lane is sent to one hash key, alone or aggregated': ({ kinesis, scenario }) => {
    const hashKeys = new Map<string, Set<string>>();
    for (const { records, partitionKey, explicitHashKey } of kinesis.requests.flat()) {
      // A record without a key gets a fresh one with each batch, not with each try.
      for (const lane of records.map((record) => laneOf(record, scenario.mode))) {
        hashKeys.set(lane, (hashKeys.get(lane) ?? new Set()).add(explicitHashKey ?? partitionKey));
      }
    }
    expect([...hashKeys].filter(([, own]) => own.size > 1)).toEqual([]);
  },

  'the sink ends by answerByMs': ({ clock, deadline, startedAtMs }) => {
    expect(clock.nowMs()).toBeLessThanOrEqual(Math.max(deadline.answerByMs, startedAtMs));
  },
};

const hasRepeated = (names: readonly string[]): boolean => new Set(names).size < names.length;

describe.each(MODES)('with ordering: $ordering and aggregation: $aggregation the Kinesis sink', (mode) => {
  const worlds = worldsOf([mode]);
  const check = (property: (scenario: Scenario) => Promise<void>, numRuns = randomRuns(40)) =>
    fc.assert(fc.asyncProperty(worlds, property), { numRuns });

  it('holds every invariant in every batch', () =>
    check(async (scenario) => {
      const result = { ...(await run(scenario)), scenario };
      for (const [name, holds] of Object.entries(INVARIANTS)) {
        try {
          holds(result);
        } catch (error) {
          throw new Error(name, { cause: error });
        }
      }
    }, randomRuns(75)));

  it('5: trouble with one partition shows in no other, but where a bucket mixes them', () =>
    check(async (scenario) => {
      const isTouched = ({ records }: Entry) => records.some(({ position }) => position.partition === 0);
      const kinesis = fakeKinesis(() => ({ kind: 'answer', entry: (entry) => (isTouched(entry) ? 'internal' : 'ok') }));
      const sink = aKinesisSink({ port: kinesis.port, recordBytesMax: RECORD_BYTES_MAX, ...mode });
      const outcomes = await sink.write(scenario.records);
      const inCompany = new Set(placesIn(kinesis.requests.flat().filter(isTouched)));
      const lanesTouched = new Set(
        scenario.records.filter((record) => inCompany.has(place(record))).map((record) => laneOf(record, mode)),
      );
      const recordByPlace = new Map(scenario.records.map((record) => [place(record), record]));
      for (const outcome of outcomes) {
        const record = recordByPlace.get(place(outcome)) as SourceRecord;
        const mayBeUnsettled =
          mode.aggregation === 'bucket' ? lanesTouched.has(laneOf(record, mode)) : record.position.partition === 0;
        if (!mayBeUnsettled) expect(isSettled(outcome)).toBe(true);
      }
    }));

  it('without trouble: everything is settled, nothing is sent twice, and no time passes', () =>
    check(async (scenario) => {
      const { kinesis, outcomes, clock, startedAtMs } = await run({
        ...scenario,
        trouble: 'none',
        remainingMs: 60_000,
      });
      expect(outcomes.every(isSettled)).toBe(true);
      expect(hasRepeated(placesIn(kinesis.requests.flat()))).toBe(false);
      expect(clock.nowMs()).toBe(startedAtMs);
    }));
});

function firstCopiesByLane(stored: readonly Entry[], mode: Mode): ReadonlyMap<string, readonly number[]> {
  const lanes = new Map<string, number[]>();
  const seen = new Set<string>();
  for (const record of stored.flatMap(({ records }) => records)) {
    if (seen.has(place(record))) continue;
    seen.add(place(record));
    const lane = laneOf(record, mode);
    lanes.set(lane, [...(lanes.get(lane) ?? []), record.position.offset]);
  }
  return lanes;
}

/** Records that are settled although an earlier one of their lane is not. */
function overtaken(
  records: readonly SourceRecord[],
  outcomes: readonly RecordOutcome[],
  mode: Mode,
): readonly string[] {
  const outcomeByPlace = new Map(outcomes.map((outcome) => [place(outcome), outcome]));
  const unsettledLanes = new Set<string>();
  return records.flatMap((record) => {
    const outcome = outcomeByPlace.get(place(record));
    if (outcome === undefined || outcome.kind === 'ignored') return [];
    const lane = laneOf(record, mode);
    if (!isSettled(outcome)) unsettledLanes.add(lane);
    return isSettled(outcome) && unsettledLanes.has(lane) ? [place(record)] : [];
  });
}
