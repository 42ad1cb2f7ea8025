import { describe, expect, it } from 'vitest';
import {
  aDocumentdbSink,
  type DocumentdbSinkSetup,
  idsSent,
  inWords,
  order,
  tombstone,
  version,
} from '../../../support/a-documentdb-sink.ts';
import { aRecord } from '../../../support/builders.ts';
import { valueAt } from '../../../support/document-server/bson-values.ts';

describe('folding', () => {
  it('sends one write for a document however many records a partition has for it, and settles them all', async () => {
    const sink = aDocumentdbSink();
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b'), tombstone(3, 'a'), order(4, 'a')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'written', 'written']);
    expect(idsSent(sink)).toEqual([['a', 'b']]);
    expect([version(sink.store, 'a'), version(sink.store, 'b')]).toEqual([4, 2]);
    expect(sink.telemetry.metrics()).toMatchObject({ RecordsFolded: 2, WriteCommands: 1 });
  });

  it('sends the writes of two partitions to one document in different waves', async () => {
    const sink = aDocumentdbSink();
    const outcomes = await sink.write([order(1, 'a'), order(9, 'a', {}, 1), order(2, 'b'), order(5, 'c', {}, 1)]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'written', 'written']);
    expect(idsSent(sink)).toEqual([['a', 'b', 'c'], ['a']]);
    expect(version(sink.store, 'a')).toBe(9);
  });
});

describe('limits of a command', () => {
  it('divides a round into commands within the limits for operations and bytes', async () => {
    const records = Array.from({ length: 10 }, (_, offset) => order(offset, `k${offset}`));
    const byCount = aDocumentdbSink({ documents: { limits: { operationsMax: 4 } } });
    await byCount.write(records);
    expect(byCount.store.calls.map(({ statements }) => statements.length)).toEqual([4, 4, 2]);
    const byBytes = aDocumentdbSink({ documents: { limits: { documentBytesMax: 5_000 } } });
    await byBytes.write(records);
    expect(byBytes.store.calls.every(({ statements }) => statements.length <= 4)).toBe(true);
  });

  it('has no more commands under way than the pool has connections', async () => {
    const sink = aDocumentdbSink({ documents: { limits: { operationsMax: 1 } }, poolSizeMax: 2 });
    let underWay = 0;
    let peak = 0;
    const write = sink.store.write.bind(sink.store);
    sink.store.write = async (...parameters) => {
      underWay += 1;
      peak = Math.max(peak, underWay);
      await sink.clock.waitUntil(sink.clock.nowMs() + 10);
      underWay -= 1;
      return write(...parameters);
    };
    await sink.write(Array.from({ length: 7 }, (_, offset) => order(offset, `k${offset}`)));
    expect(peak).toBe(2);
  });
});

describe('the connections of the pool', () => {
  /** A sink whose commands take so long, by the document they begin with; and how many are under way at once. */
  function timed(setup: DocumentdbSinkSetup, durationMs: (id: unknown) => number) {
    const sink = aDocumentdbSink(setup);
    const sentAtMs = new Map<unknown, number>();
    let [underWay, peak] = [0, 0];
    const write = sink.store.write.bind(sink.store);
    sink.store.write = async (namespace, kind, statements, signal) => {
      const id = valueAt(statements[0]?.['q'], '_id');
      sentAtMs.set(id, sink.clock.nowMs());
      underWay += 1;
      peak = Math.max(peak, underWay);
      await sink.clock.waitUntil(sink.clock.nowMs() + durationMs(id));
      underWay -= 1;
      return write(namespace, kind, statements, signal);
    };
    return { sink, sentAtMs, peakOf: () => peak, startMs: sink.clock.nowMs() };
  }

  it('are given on as they become free: a slow command holds up no other', async () => {
    const one = { limits: { operationsMax: 1 } };
    const { sink, sentAtMs, startMs } = timed({ documents: one, poolSizeMax: 2 }, (id) => (id === 'k0' ? 1_000 : 100));
    await sink.write(Array.from({ length: 5 }, (_, offset) => order(offset, `k${offset}`)));
    const sentAfterMs = ['k0', 'k1', 'k2', 'k3', 'k4'].map((id) => (sentAtMs.get(id) ?? 0) - startMs);
    expect(sentAfterMs).toEqual([0, 0, 100, 200, 300]);
  });

  it('are shared by all collections', async () => {
    const { sink, peakOf } = timed({ poolSizeMax: 2 }, () => 100);
    const topics = ['a', 'b', 'c', 'd'];
    await sink.write(topics.map((topic, offset) => aRecord({ topic, offset, key: topic })));
    expect(peakOf()).toBe(2);
  });
});

describe('the index that removes tombstones', () => {
  it('is made once per collection, beside the work', async () => {
    const sink = aDocumentdbSink();
    await sink.write([order(1, 'a')]);
    await sink.clock.advance(3_600_000);
    await sink.write([order(2, 'a'), aRecord({ topic: 'returns', offset: 1 })]);
    expect(sink.store.ttlIndexes).toEqual([
      { namespace: 'shop.orders', ttlSeconds: 86_400 },
      { namespace: 'shop.returns', ttlSeconds: 86_400 },
    ]);
  });

  it('is not made where deletes are hard', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard' });
    await sink.write([order(1, 'a')]);
    expect(sink.store.ttlIndexes).toEqual([]);
  });

  it('that cannot be made is a warning and a metric, and tried again later; nothing else', async () => {
    const sink = aDocumentdbSink();
    sink.store.ttlIndexFails = true;
    expect((await sink.write([order(1, 'a')])).map(inWords)).toEqual(['written']);
    expect(sink.telemetry.lines).toMatchObject([
      { level: 'warn', message: 'tombstone_index_failed', fields: { namespace: 'shop.orders' } },
    ]);
    expect(sink.telemetry.metrics()).toMatchObject({ TombstoneIndexFailed: 1 });
    sink.store.ttlIndexFails = false;
    await sink.clock.advance(60_000);
    await sink.write([order(2, 'a')]);
    expect(sink.store.ttlIndexes).toHaveLength(1);
  });

  it('that takes long holds the answer back for a moment at most', async () => {
    const sink = aDocumentdbSink();
    sink.store.ensureTtlIndex = () => new Promise(() => undefined);
    const startMs = sink.clock.nowMs();
    expect((await sink.write([order(1, 'a')])).map(inWords)).toEqual(['written']);
    expect(sink.clock.nowMs() - startMs).toBe(2_000);
  });
});
