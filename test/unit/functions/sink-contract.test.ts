// What shared/sink-contract.ts asks of a sink, of both, in the same words.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSettled, type RecordOutcome } from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import { settle, toBatchResponse } from '../../../shared/settle.ts';
import { aDocumentdbSink } from '../../support/a-documentdb-sink.ts';
import { aKinesisSink } from '../../support/a-kinesis-sink.ts';
import { aRecord, batchesOf, deadlineIn } from '../../support/builders.ts';
import { fakeDeadLetters } from '../../support/fake-dead-letters.ts';
import { answer, fakeKinesis } from '../../support/fake-kinesis.ts';
import { randomRuns } from '../../support/random-runs.ts';

/** `flaky`: the first three calls fail on the way. */
type Target = 'healthy' | 'flaky' | 'away' | 'refuses everything';

interface Setting {
  readonly target: Target;
  readonly lettersFail?: boolean;
}

const sinks = [
  {
    name: 'kinesis',
    build: ({ target, lettersFail = false }: Setting) => {
      const kinesis = fakeKinesis((_entries, call) => {
        if (target === 'away' || (target === 'flaky' && call <= 3)) return { kind: 'reset' };
        return target === 'refuses everything' ? { kind: 'access-denied' } : answer;
      });
      const { queue, deadLetters } = fakeDeadLetters(() => !lettersFail);
      const parts = aKinesisSink({ port: kinesis.port, deadLetters: queue, recordBytesMax: 400 });
      return Object.assign(parts, { deadLetters, callCount: () => kinesis.requests.length });
    },
  },
  {
    name: 'documentdb',
    build: ({ target, lettersFail = false }: Setting) => {
      let calls = 0;
      const { queue, deadLetters } = fakeDeadLetters(() => !lettersFail);
      const parts = aDocumentdbSink({ deadLetters: queue });
      const write = parts.store.write.bind(parts.store);
      parts.store.write = (...call) => {
        calls += 1;
        const trouble = troubleOf(target, calls);
        return trouble === undefined ? write(...call) : Promise.reject(trouble);
      };
      return Object.assign(parts, { deadLetters, callCount: () => calls });
    },
  },
];

function troubleOf(target: Target, call: number): Error | undefined {
  const foreign = (name: string, code?: number) => Object.assign(new Error('SECRET'), { name, code });
  if (target === 'away' || (target === 'flaky' && call <= 3)) return foreign('MongoNetworkError');
  return target === 'refuses everything' ? foreign('MongoServerError', 13) : undefined;
}

/** Poison for either sink: too large for Kinesis, no JSON for DocumentDB. */
const POISON = 'SECRET '.repeat(100);

const records: fc.Arbitrary<readonly SourceRecord[]> = fc
  .array(
    fc.record({
      partition: fc.nat(2),
      key: fc.constantFrom('SECRET-a', 'SECRET-b', 'SECRET-c'),
      content: fc.constantFrom('good', 'good', 'good', 'tombstone', 'poison'),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((plan) =>
    plan.map(({ partition, key, content }, offset) =>
      aRecord({ partition, offset, key, value: contentOf(content, offset) }),
    ),
  );

function contentOf(content: string, offset: number): string | null {
  if (content === 'tombstone') return null;
  return content === 'poison' ? POISON : JSON.stringify({ offset, secret: 'SECRET' });
}

const isPoison = ({ value }: SourceRecord) => value !== null && value.byteLength > 400;
const inOrder = (input: readonly SourceRecord[]) => batchesOf(input).flatMap((batch) => batch.records);
const namesOf = (input: readonly SourceRecord[], outcomes: readonly RecordOutcome[]) =>
  toBatchResponse(settle(batchesOf(input), outcomes)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

const REMAINING_MS = 30_000;
const forRecords = (property: (input: readonly SourceRecord[]) => Promise<void>) =>
  fc.assert(fc.asyncProperty(records, property), { numRuns: randomRuns(40) });

describe.each(sinks)('the $name sink', ({ build }) => {
  it.each<Target>(['healthy', 'flaky'])(
    'gives one outcome per record, in its place, and settles all, poison by letters alone, when the target is %s',
    (target) =>
      forRecords(async (input) => {
        const sink = build({ target });
        const outcomes = await sink.write(input);
        expect(outcomes.map(({ position }) => position)).toEqual(inOrder(input).map(({ position }) => position));
        expect(namesOf(input, outcomes)).toEqual([]);
        const lettered = inOrder(input).filter((_, index) => outcomes[index]?.kind === 'deadLettered');
        expect(lettered).toEqual(inOrder(input).filter(isPoison));
        expect(sink.deadLetters).toHaveLength(lettered.length);
      }),
  );

  it.each<Target>(['away', 'refuses everything'])(
    'gives one outcome per record, in its place, names every good record and writes no letter of one, when the target is %s',
    (target) =>
      forRecords(async (input) => {
        const sink = build({ target });
        const outcomes = await sink.write(input);
        expect(outcomes.map(({ position }) => position)).toEqual(inOrder(input).map(({ position }) => position));
        const good = outcomes.filter((_, index) => !isPoison(inOrder(input)[index] as SourceRecord));
        expect(good.filter(isSettled)).toEqual([]);
        const ofPoison = Buffer.from(POISON).toString('base64');
        expect(sink.deadLetters.every(({ valueBase64 }) => valueBase64 === ofPoison)).toBe(true);
      }),
  );

  it.each<Target>(['away', 'refuses everything'])(
    'keeps trying until the deadline when the target is %s, and answers in time',
    async (target) => {
      const sink = build({ target });
      const startMs = sink.clock.nowMs();
      const deadline = deadlineIn(startMs, REMAINING_MS);
      await sink.write([aRecord()], deadline);
      expect(sink.callCount()).toBeGreaterThan(3);
      expect(sink.clock.nowMs()).toBeGreaterThan(deadline.sendUntilMs - 5_001);
      expect(sink.clock.nowMs()).toBeLessThanOrEqual(deadline.answerByMs);
    },
  );

  it.each<Target>(['away', 'refuses everything'])(
    'answers in time although the clock on the wall is set back meanwhile, when the target is %s',
    async (target) => {
      const sink = build({ target });
      const deadline = deadlineIn(sink.clock.nowMs(), REMAINING_MS);
      const work = sink.sink.write(batchesOf([aRecord()]), deadline);
      await sink.clock.advance(REMAINING_MS / 2);
      sink.clock.setWallBack(3_600_000);
      await sink.clock.run(work);
      expect(sink.clock.nowMs()).toBeGreaterThan(deadline.sendUntilMs - 5_001);
      expect(sink.clock.nowMs()).toBeLessThanOrEqual(deadline.answerByMs);
    },
  );

  it('gives dead letters the time of the wall clock', async () => {
    const sink = build({ target: 'healthy' });
    await sink.write([aRecord({ value: POISON })]);
    expect(sink.deadLetters).toMatchObject([{ at: new Date(sink.clock.wallTimeMs()).toISOString() }]);
  });

  it('names poison whose dead letter cannot be written, and the records behind it', () =>
    forRecords(async (input) => {
      const outcomes = await build({ target: 'healthy', lettersFail: true }).write(input);
      const blocked = new Set<string>();
      for (const [index, record] of inOrder(input).entries()) {
        const lane = `${record.position.topicPartition} ${record.key?.base64}`;
        if (isPoison(record)) blocked.add(lane);
        const outcome = outcomes[index];
        if (blocked.has(lane)) expect(outcome !== undefined && isSettled(outcome)).toBe(false);
      }
    }));

  it('sends nothing when the time is up before it begins', async () => {
    const sink = build({ target: 'healthy' });
    const outcomes = await sink.write([aRecord()], deadlineIn(sink.clock.nowMs(), 2_000));
    expect(sink.callCount()).toBe(0);
    expect(outcomes).toMatchObject([{ kind: 'skipped', blockedBy: 'deadline' }]);
  });

  it.each<Target>(['flaky', 'away', 'refuses everything'])(
    'says nothing of payloads, keys and foreign messages when the target is %s',
    (target) =>
      forRecords(async (input) => {
        const sink = build({ target, lettersFail: true });
        const outcomes = await sink.write(input);
        expect(JSON.stringify([outcomes, sink.telemetry.lines])).not.toContain('SECRET');
      }),
  );
});
