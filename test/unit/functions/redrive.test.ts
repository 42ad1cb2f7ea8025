// A redrive through runBatch and both real sinks, in the same words.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preparationOf } from '../../../functions/documentdb-sink/connector/registry/prepared-sink.ts';
import type { RedriveResponse } from '../../../shared/dead-letter/redrive.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import { runBatch, type TriggerMode } from '../../../shared/run-batch.ts';
import type { PoisonPolicy } from '../../../shared/settings/common-settings.ts';
import { aDocumentdbSink, version } from '../../support/a-documentdb-sink.ts';
import { aKinesisSink } from '../../support/a-kinesis-sink.ts';
import { aRecord, batchesOf, deadlineIn } from '../../support/builders.ts';
import { fakeDeadLetters } from '../../support/fake-dead-letters.ts';
import { answer, fakeKinesis } from '../../support/fake-kinesis.ts';
import { randomRuns } from '../../support/random-runs.ts';
import { replaceOf } from '../../support/write-models.ts';

interface Setting {
  readonly onPoison?: PoisonPolicy;
  readonly away?: boolean;
}

const sinks = [
  {
    name: 'kinesis',
    build: ({ onPoison = 'deadLetter', away = false }: Setting) => {
      const { queue, deadLetters } = fakeDeadLetters();
      const { port } = fakeKinesis(() => (away ? { kind: 'reset' } : answer));
      return Object.assign(aKinesisSink({ port, deadLetters: queue, recordBytesMax: 400, onPoison }), { deadLetters });
    },
  },
  {
    name: 'documentdb',
    build: ({ onPoison = 'deadLetter', away = false }: Setting) => {
      const { queue, deadLetters } = fakeDeadLetters();
      const parts = aDocumentdbSink({ deadLetters: queue, onPoison });
      if (away) {
        parts.store.write = () => Promise.reject(Object.assign(new Error('SECRET'), { name: 'MongoNetworkError' }));
      }
      return Object.assign(parts, { deadLetters });
    },
  },
];

/** Poison for either sink: too large for Kinesis, no JSON for DocumentDB. */
const poison = (offset: number, key: string) => aRecord({ offset, key, value: 'SECRET '.repeat(100) });
const good = (offset: number, key: string) =>
  aRecord({ offset, key, value: JSON.stringify({ v: offset, secret: 'SECRET' }) });

const isPoison = ({ value }: SourceRecord) => (value?.byteLength ?? 0) > 400;

const mixtures = fc
  .array(fc.record({ partition: fc.nat(2), key: fc.constantFrom('a', 'b', 'c'), kind: fc.nat(3) }), { maxLength: 25 })
  .map((plan) =>
    plan.map(({ partition, key, kind }, offset) => {
      if (kind === 0) return aRecord({ partition, offset, key, value: null });
      return aRecord({ partition, offset, key, value: kind === 1 ? 'SECRET '.repeat(100) : '{"v":1}' });
    }),
  );

const eventOf = (records: readonly SourceRecord[], mskSinks?: string) => ({
  eventSource: 'aws:kafka',
  ...(mskSinks !== undefined && { mskSinks }),
  records: Object.fromEntries(
    batchesOf(records).map(({ topicPartition, records: own }) => [
      topicPartition,
      own.map(({ position, timestampMs, key, value }) => ({
        ...position,
        ...{ timestamp: timestampMs, key: key?.base64, value: value?.base64 },
      })),
    ]),
  ),
});

type Built = ReturnType<(typeof sinks)[number]['build']>;

async function run(parts: Built, event: unknown, triggerMode: TriggerMode = 'provisioned') {
  const { sink, clock, telemetry } = parts;
  const startMs = clock.nowMs();
  const work = runBatch(event, deadlineIn(startMs), { sink, triggerMode, clock, ...telemetry });
  const response = (await clock.run(work)) as RedriveResponse;
  return { response, tookMs: clock.nowMs() - startMs, metrics: telemetry.metrics() };
}

const POLICIES: readonly PoisonPolicy[] = ['deadLetter', 'block', 'skip'];
const MODES: readonly TriggerMode[] = ['provisioned', 'onDemand'];

describe.each(sinks)('a redrive through the $name sink', ({ build }) => {
  it.each(POLICIES)(
    'names poison with its reason, makes no dead letter and holds no neighbour (%s)',
    async (onPoison) => {
      const sink = build({ onPoison });
      const event = eventOf([poison(0, 'a'), good(1, 'a'), good(2, 'b')], 'redrive');
      const { response, tookMs } = await run(sink, event);
      expect(response).toEqual({
        mskSinks: 'redrive',
        batchItemFailures: [
          {
            itemIdentifier: { partition: 'orders-0', offset: 0 },
            code: expect.stringMatching(/^payload_/),
            retryable: false,
            detail: expect.stringMatching(/\w+ \w+/),
          },
        ],
      });
      expect(sink.deadLetters).toEqual([]);
      expect(tookMs).toBeLessThan(1_000);
    },
  );

  it.each(MODES)('is answered in the trigger mode %s while the target is away', async (mode) => {
    const { response } = await run(build({ away: true }), eventOf([good(0, 'a'), good(1, 'a')], 'redrive'), mode);
    const places = response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier.offset);
    expect(places).toEqual([0, 1]);
    expect(response.batchItemFailures.every(({ retryable }) => retryable)).toBe(true);
  });

  it('emits only metrics of its own: old records raise no alarm of deliveries', async () => {
    const { metrics } = await run(build({}), eventOf([poison(0, 'a'), good(1, 'a')], 'redrive'));
    expect(metrics).toEqual({ RecordsRedriven: 1, RedriveFailures: 1 });
  });

  it('names poison and nothing else, in any mixture of records', () =>
    fc.assert(
      fc.asyncProperty(mixtures, async (records) => {
        const sink = build({ onPoison: 'block' });
        const { response } = await run(sink, eventOf(records, 'redrive'));
        const named = response.batchItemFailures.map(
          ({ itemIdentifier: { partition, offset } }) => `${partition}@${offset}`,
        );
        const expected = records
          .filter(isPoison)
          .map(({ position }) => `${position.topicPartition}@${position.offset}`);
        expect(named.toSorted()).toEqual(expected.toSorted());
        expect(sink.deadLetters).toEqual([]);
      }),
      { numRuns: randomRuns(40) },
    ));

  it('says nothing of payloads and foreign messages', async () => {
    for (const away of [false, true]) {
      const sink = build({ away });
      const { response } = await run(sink, eventOf([poison(0, 'a'), good(1, 'a')], 'redrive'));
      expect(JSON.stringify([response, sink.telemetry.lines])).not.toContain('SECRET');
    }
  });

  it('leaves deliveries as they are: poison becomes a dead letter again', async () => {
    const sink = build({});
    await run(sink, eventOf([poison(0, 'a')], 'redrive'));
    const { response } = await run(sink, eventOf([poison(0, 'a'), good(1, 'a')]));
    expect(response).toEqual({ batchItemFailures: [] });
    expect(sink.deadLetters).toHaveLength(1);
  });

  it('is refused under a name that this version does not know', async () => {
    await expect(run(build({}), eventOf([good(0, 'a')], 'rewind'))).rejects.toThrow(
      'event.mskSinks must be "redrive", "probe" or absent',
    );
  });
});

describe('a redrive through the documentdb sink', () => {
  it('names what a newer version superseded, each time, and writes what is newest', async () => {
    const sink = Object.assign(aDocumentdbSink(), { deadLetters: [] });
    await sink.write([good(5, 'a')]);
    const event = eventOf([good(3, 'a'), good(4, 'b')], 'redrive');
    for (const _ of [1, 2]) {
      const { response } = await run(sink, event);
      expect(response.batchItemFailures).toEqual([
        {
          itemIdentifier: { partition: 'orders-0', offset: 3 },
          code: 'superseded',
          retryable: false,
          detail: 'the target holds a newer version from the same partition',
        },
      ]);
    }
    expect([version(sink.store, 'a'), version(sink.store, 'b')]).toEqual([5, 4]);
  });

  it('names what cannot be guarded where missingIndex=block holds it', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const namespace = { database: 'shop', collection: 'orders' };
    const models = [replaceOf({ a: 1, b: 2 }, { a: 1, b: 2 })] as const;
    const mapper = () => ({ kind: 'write', namespace, models, version: undefined }) as const;
    const setup = { mapper, deletes: 'hard', missingIndex: 'block', deadLetters: queue } as const;
    const sink = Object.assign(aDocumentdbSink(setup), { deadLetters });
    const { response, tookMs } = await run(sink, eventOf([good(0, 'a')], 'redrive'));
    expect(response.batchItemFailures).toMatchObject([{ code: 'unguardable', retryable: false }]);
    expect([deadLetters.length, tookMs]).toEqual([0, 0]);
  });

  it('makes no dead letter where records are prepared before they are planned', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const preparation = preparationOf({ prepare: () => Promise.resolve(), obstacleTo: () => undefined });
    const sink = Object.assign(aDocumentdbSink({ preparation, deadLetters: queue }), { deadLetters });
    const { response } = await run(sink, eventOf([poison(0, 'a')], 'redrive'));
    expect(response.batchItemFailures).toMatchObject([{ code: 'payload_invalid' }]);
    expect(deadLetters).toEqual([]);
  });
});
