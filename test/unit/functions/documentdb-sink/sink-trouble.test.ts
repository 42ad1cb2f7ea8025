import { describe, expect, it } from 'vitest';
import {
  aDocumentdbSink,
  idsSent,
  inWords,
  many,
  notJson,
  order,
  tombstone,
} from '../../../support/a-documentdb-sink.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { valueAt } from '../../../support/document-server/bson-values.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { type FakeDocuments, type Fault, foreignError, LEAK } from '../../../support/fake-documents.ts';
import { deleteOf, planned, updateOf } from '../../../support/write-models.ts';

describe('trouble', () => {
  it('of a network is tried again with growing pauses until sendUntil, then unsettled and perhaps written', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const sink = aDocumentdbSink({ deadLetters: queue, documents: { faults: many(1_000, { kind: 'unreachable' }) } });
    const startMs = sink.clock.nowMs();
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b'), order(3, 'a')]);
    expect(outcomes.map(inWords)).toEqual(Array(3).fill('failed target_unreachable'));
    expect(outcomes[0]).toMatchObject({ failure: { retryable: true, mayBeWritten: true } });
    expect(sink.clock.nowMs() - startMs).toBe(55_000);
    expect(sink.store.calls.length).toBeGreaterThan(15);
    // Two documents, which may go in two commands.
    expect(sink.store.calls.length).toBeLessThan(2 * 40);
    expect(sink.telemetry.metrics()).toMatchObject({ WriteCommands: sink.store.calls.length });
    expect(deadLetters).toEqual([]);
  });

  it.each<Fault>([
    { kind: 'code', code: 13 },
    { kind: 'code', code: 18 },
    { kind: 'code', code: 301 },
  ])('that is fatal ($code) is tried once in 5 s, by one command, and never becomes a dead letter', async (fault) => {
    const { queue, deadLetters } = fakeDeadLetters();
    const sink = aDocumentdbSink({
      deadLetters: queue,
      documents: { faults: many(1_000, fault), limits: { operationsMax: 1 } },
      poolSizeMax: 1,
    });
    const startMs = sink.clock.nowMs();
    const outcomes = await sink.write([order(1, 'a')]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['failed']);
    expect(sink.clock.nowMs() - startMs).toBe(55_000);
    expect(sink.store.calls).toHaveLength(fault.kind === 'code' && fault.code === 18 ? 12 : 11);
    expect(deadLetters).toEqual([]);
  });

  it('of a slow server sends no command once sendUntil has come, however many wait for a connection', async () => {
    const sink = aDocumentdbSink({ documents: { limits: { operationsMax: 1 } }, poolSizeMax: 1 });
    const { sendUntilMs } = deadlineIn(sink.clock.nowMs());
    const write = sink.store.write.bind(sink.store);
    sink.store.write = async (...parameters) => {
      const reply = await write(...parameters);
      await sink.clock.waitUntil(sendUntilMs);
      return reply;
    };
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b')]);
    expect(idsSent(sink)).toEqual([['a']]);
    expect(outcomes.map(inWords)).toEqual(['written', 'skipped']);
  });

  it('of a server that makes no index keeps no answer beyond sendUntil', async () => {
    const sink = aDocumentdbSink();
    const { sendUntilMs } = deadlineIn(sink.clock.nowMs());
    const write = sink.store.write.bind(sink.store);
    sink.store.write = async (...parameters) => {
      await sink.clock.waitUntil(sendUntilMs - 10);
      return write(...parameters);
    };
    sink.store.ensureTtlIndex = () => new Promise(() => undefined);
    expect((await sink.write([tombstone(1, 'a')])).map(inWords)).toEqual(['written']);
    expect(sink.clock.nowMs()).toBe(sendUntilMs);
    // The TTL index counts from the clock on the wall.
    const [stored] = sink.store.collection().all();
    expect(stored?.get('_deletedAt')).toEqual(new Date(sink.clock.wallTimeMs() - 55_000));
  });

  it('that is fatal stops normal sending: one command in 5 s, however many there are', async () => {
    const faults = many(1_000, { kind: 'code', code: 13 });
    const sink = aDocumentdbSink({ documents: { faults, limits: { operationsMax: 1 } } });
    await sink.write([order(1, 'a'), order(2, 'b'), order(3, 'c')]);
    expect(sink.store.calls).toHaveLength(3 + 10);
  });

  it.each([13, 18])(
    'that refuses a read of stored versions (%i) keeps the other reads from being sent',
    async (code) => {
      const { mapper, record } = planned();
      const sink = aDocumentdbSink({
        mapper,
        documents: { uniqueIndexes: [{ field: 'sku' }] },
        deletes: 'hard',
        poolSizeMax: 1,
      });
      const reads: unknown[] = [];
      const startMs = sink.clock.nowMs();
      sink.store.findVersionsOf = (_, filter) => {
        reads.push([sink.clock.nowMs() - startMs, valueAt(filter, 'sku')]);
        return Promise.reject(foreignError('MongoServerError', code));
      };
      const absent = ['a', 'b', 'c', 'd'];
      await sink.write(absent.map((sku, offset) => record({ offset }, [deleteOf({ sku })])));
      const times = code === 18 ? [0, 0, 5_000] : [0, 5_000, 10_000];
      expect(reads.slice(0, 3)).toEqual(times.map((atMs) => [atMs, 'a']));
    },
  );

  it('that refuses a read keeps back the other reads, whose records are said to fail for the same reason', async () => {
    const { mapper, record } = planned();
    const documents = { uniqueIndexes: [{ field: 'sku' }] };
    const sink = aDocumentdbSink({ mapper, documents, deletes: 'hard', poolSizeMax: 1 });
    const { sendUntilMs } = deadlineIn(sink.clock.nowMs());
    sink.store.findVersionsOf = async () => {
      await sink.clock.waitUntil(sendUntilMs - 1_000);
      throw foreignError('MongoServerError', 13);
    };
    const outcomes = await sink.write(['a', 'b'].map((sku, offset) => record({ offset }, [deleteOf({ sku })])));
    expect(outcomes.map(inWords)).toEqual(Array(2).fill('failed access_denied'));
  });

  it('that is fatal ends the wave it comes in: what is left of it waits as well', async () => {
    const faults = many(1_000, { kind: 'code', code: 13 });
    const sink = aDocumentdbSink({
      deletes: 'hard',
      documents: { faults, limits: { operationsMax: 1 } },
      poolSizeMax: 1,
    });
    await sink.write([tombstone(1, 'a'), order(2, 'b'), order(3, 'c')]);
    expect(sink.store.calls).toHaveLength(1 + 10);
  });

  it('that is fatal ends, and normal sending begins again, with the first command that is taken', async () => {
    const sink = aDocumentdbSink({
      documents: { faults: many(3, { kind: 'code', code: 13 }), limits: { operationsMax: 1 } },
    });
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b'), order(3, 'c')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'written']);
    expect(idsSent(sink)).toEqual([['a'], ['b'], ['c'], ['a'], ['b'], ['c']]);
  });

  it('of one collection holds up no other', async () => {
    const sink = aDocumentdbSink();
    const write = sink.store.write.bind(sink.store);
    sink.store.write = (namespace, ...rest) =>
      namespace.collection === 'returns'
        ? Promise.reject(Object.assign(new Error(LEAK), { name: 'MongoServerError', code: 13 }))
        : write(namespace, ...rest);
    const outcomes = await sink.write([
      aRecord({ topic: 'returns', offset: 1, key: 'r' }),
      ...[1, 2, 3].flatMap((offset) => [order(offset, 'a', {}, 0), order(offset, 'a', {}, 1)]),
    ]);
    expect(outcomes.map(inWords)).toEqual(['failed access_denied', ...Array(6).fill('written')]);
  });

  it('of refused credentials gets one new try at once: by then the secret was read again', async () => {
    const sink = aDocumentdbSink({ documents: { faults: [{ kind: 'code', code: 18 }] } });
    const startMs = sink.clock.nowMs();
    expect((await sink.write([order(1, 'a')])).map(inWords)).toEqual(['written']);
    expect(sink.clock.nowMs()).toBe(startMs);
  });

  it('that is silence ends when the answer is due: what was sent may be written, what was answered stands', async () => {
    const sink = aDocumentdbSink({
      documents: { faults: [undefined, { kind: 'hang' }], limits: { operationsMax: 1 } },
    });
    const startMs = sink.clock.nowMs();
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b'), order(3, 'b', {}, 1), order(4, 'c')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'failed deadline_exceeded', 'written', 'written']);
    expect(outcomes[1]).toMatchObject({ failure: { mayBeWritten: true } });
    expect(sink.clock.nowMs() - startMs).toBe(58_500);
  });

  it('without time leaves everything unsettled and unsent', async () => {
    const sink = aDocumentdbSink();
    const nowMs = sink.clock.nowMs();
    const outcomes = await sink.write([order(1, 'a'), notJson(2, 'b')], { sendUntilMs: nowMs, answerByMs: nowMs + 1 });
    expect(outcomes.map(inWords)).toEqual(['skipped', 'skipped']);
    expect(sink.store.calls).toEqual([]);
  });

  it.each<Fault>([{ kind: 'lostAnswer' }, { kind: 'writeConcern' }])(
    'that leaves it open whether a write is stored keeps no other partition from the document: $kind',
    async (fault) => {
      const sink = aDocumentdbSink();
      const write = sink.store.write.bind(sink.store);
      sink.store.write = (...call) => {
        const isOfFirst = call[2].some(({ q }) => Object.keys(q as object).includes('_k.orders-0'));
        sink.store.faults = isOfFirst ? [fault] : [];
        return write(...call);
      };
      const outcomes = await sink.write([order(1, 'a'), order(9, 'a', {}, 1)]);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['failed', 'written']);
    },
  );

  it('that shuts the target for one collection keeps back what is left of the wave of another', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard', poolSizeMax: 1, documents: { limits: { operationsMax: 1 } } });
    const sentAtMs: number[] = [];
    const startMs = sink.clock.nowMs();
    sink.store.write = () => {
      sentAtMs.push(sink.clock.nowMs() - startMs);
      return Promise.reject(foreignError('MongoServerError', 301));
    };
    const records = ['orders', 'bills'].flatMap((topic) =>
      ['a', 'b', 'c'].map((key, offset) => aRecord({ topic, offset, key, value: '{}' })),
    );
    await sink.write(records);
    expect(sentAtMs.slice(0, 3)).toEqual([0, 5_000, 10_000]);
  });

  it('that leaves it open whether a write is stored is reported so, whatever the last try said', async () => {
    const faults: Fault[] = [{ kind: 'lostAnswer' }, ...many(1_000, { kind: 'code', code: 13 })];
    const [outcome] = await aDocumentdbSink({ documents: { faults } }).write([order(1, 'a')]);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'access_denied', mayBeWritten: true } });
  });

  it.each<keyof FakeDocuments>(['listIndexes', 'limits', 'write', 'findVersions'])(
    'that makes %s deaf, even to its signal, does not hold back the answer',
    async (method) => {
      const sink = aDocumentdbSink({ deletes: method === 'findVersions' ? 'hard' : 'tombstone' });
      Object.assign(sink.store, { [method]: () => new Promise(() => undefined) });
      const startMs = sink.clock.nowMs();
      const outcomes = await sink.write([tombstone(1, 'a')]);
      expect(outcomes).toMatchObject([{ kind: 'failed', failure: { code: 'deadline_exceeded', retryable: true } }]);
      expect(sink.clock.nowMs() - startMs).toBe(58_500);
    },
  );

  it('that makes the look for other unique indexes deaf does not hold back the answer', async () => {
    const { mapper, record } = planned();
    const sink = aDocumentdbSink({ mapper, deletes: 'hard' });
    sink.store.listIndexes = () => new Promise(() => undefined);
    const startMs = sink.clock.nowMs();
    const add = [updateOf({ _id: 'a' }, { $inc: { n: 1 } })];
    const outcomes = await sink.write([record({ offset: 1 }, add), record({ offset: 2 }, add)]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['failed', 'skipped']);
    expect(sink.clock.nowMs() - startMs).toBe(58_500);
  });

  it('that makes a read by other fields deaf, even to its signal, does not hold back the answer', async () => {
    const { mapper, record } = planned();
    const sink = aDocumentdbSink({ mapper, deletes: 'hard', documents: { uniqueIndexes: [{ field: 'sku' }] } });
    sink.store.findVersionsOf = () => new Promise(() => undefined);
    const startMs = sink.clock.nowMs();
    const outcomes = await sink.write([record({ offset: 1 }, [deleteOf({ sku: 1 })])]);
    expect(outcomes).toMatchObject([{ kind: 'failed', failure: { code: 'deadline_exceeded', retryable: true } }]);
    expect(sink.clock.nowMs() - startMs).toBe(58_500);
  });

  it('before anything is sent is said to have written nothing', async () => {
    const sink = aDocumentdbSink();
    sink.store.listIndexes = () => Promise.reject(foreignError('MongoNetworkError'));
    const outcomes = await sink.write([order(1, 'a')]);
    expect(outcomes).toMatchObject([{ failure: { code: 'target_unreachable', mayBeWritten: false } }]);
    expect(sink.store.calls).toEqual([]);
  });

  it('never comes from a batch that is answered: its signal is left alone', async () => {
    const sink = aDocumentdbSink();
    const signals: AbortSignal[] = [];
    const write = sink.store.write.bind(sink.store);
    sink.store.write = (...parameters) => {
      signals.push(parameters[3]);
      return write(...parameters);
    };
    await sink.write([order(1, 'a')]);
    await sink.clock.advance(60_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });

  it('is never taken for success: a reply that speaks of writes that were not sent is no acknowledgement', async () => {
    const sink = aDocumentdbSink();
    const write = sink.store.write.bind(sink.store);
    const foreign = [{ index: 7, code: 121, duplicateIndex: undefined }];
    sink.store.write = async (...parameters) => {
      const reply = await write(...parameters);
      return sink.store.calls.length > 1 ? reply : { count: reply.count - 1, writeErrors: foreign };
    };
    expect((await sink.write([order(1, 'a'), order(2, 'b')])).map(inWords)).toEqual(['written', 'written']);
    expect(idsSent(sink)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('is never taken for success: a reply that counts fewer writes than were sent is no acknowledgement', async () => {
    const sink = aDocumentdbSink();
    const write = sink.store.write.bind(sink.store);
    let isShort = true;
    sink.store.write = async (...parameters) => {
      const reply = await write(...parameters);
      if (!isShort) return reply;
      isShort = false;
      return { ...reply, count: reply.count - 1 };
    };
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written']);
    expect(sink.store.calls).toHaveLength(2);
  });
});

describe('a failure', () => {
  it('never quotes payloads, keys or foreign messages', async () => {
    const faults: Fault[] = [
      { kind: 'unreachable' },
      { kind: 'code', code: 18 },
      { kind: 'code', code: 9_999 },
      { kind: 'code', code: 13 },
    ];
    for (const fault of faults) {
      const sink = aDocumentdbSink({
        onPoison: 'block',
        documents: { faults: many(1_000, fault), refuses: () => 121 },
      });
      sink.store.ttlIndexFails = true;
      const outcomes = await sink.write([notJson(1, LEAK), order(2, `${LEAK}2`, { [LEAK]: LEAK })]);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
      expect(JSON.stringify([outcomes, sink.telemetry.lines, sink.telemetry.metrics()])).not.toContain(LEAK);
    }
  });
});
