import { describe, expect, it } from 'vitest';
import { fullJitterMs } from '../../../../../shared/time/backoff.ts';
import {
  aDocumentdbSink,
  idsSent,
  inWords,
  many,
  notJson,
  order,
  tombstone,
} from '../../../../support/a-documentdb-sink.ts';
import { aRecord } from '../../../../support/builders.ts';
import { foreignError } from '../../../../support/fake-documents.ts';
import { timesOf, watched } from '../../../../support/watched-commands.ts';
import { planned, updateOf } from '../../../../support/write-models.ts';

const forbidden = () => foreignError('MongoServerError', 13);
describe('the delivery of a collection', () => {
  it('goes on at once while another collection is forbidden, which is tried every 5 s', async () => {
    const sink = aDocumentdbSink({ poolSizeMax: 1, documents: { limits: { operationsMax: 1 } } });
    const sent = watched(sink, ({ collection }) => (collection === 'returns' ? forbidden() : undefined));
    const outcomes = await sink.write([
      aRecord({ topic: 'returns', offset: 1, key: 'r' }),
      ...['a', 'b', 'c'].map((key, offset) => order(offset, key)),
    ]);
    expect(outcomes.map(inWords)).toEqual(['failed access_denied', 'written', 'written', 'written']);
    expect(sink.telemetry.metrics()).not.toHaveProperty('GuardReads');
    expect(timesOf(sent, 'orders')).toEqual([0, 0, 0]);
    expect(timesOf(sent, 'returns').slice(0, 3)).toEqual([0, 5_000, 10_000]);
  });

  it('sends nothing more of a wave with credentials that were refused', async () => {
    const faults = [{ kind: 'code', code: 18 }] as const;
    const sink = aDocumentdbSink({ poolSizeMax: 1, documents: { faults, limits: { operationsMax: 1 } } });
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b'), order(3, 'c')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'written']);
    expect(idsSent(sink)).toEqual([['a'], ['a'], ['b'], ['c']]);
  });

  it('pauses longer after each failure of a command', async () => {
    const sink = aDocumentdbSink({ documents: { faults: many(1_000, { kind: 'unreachable' }) } });
    const sent = watched(sink, () => undefined);
    await sink.write([order(1, 'a')]);
    const times = timesOf(sent, 'orders').slice(0, 5);
    const pauses = times.slice(1).map((atMs, index) => atMs - (times[index] as number));
    expect(pauses).toEqual([1, 2, 3, 4].map((attempt) => fullJitterMs(attempt, 0.5)));
  });

  it('keeps the order of documents once a unique index showed itself that was not there when indexes were listed', async () => {
    const { mapper, record } = planned();
    const sink = aDocumentdbSink({ mapper, documents: { uniqueIndexes: [{ field: 'sku' }] } });
    sink.store.listIndexes = async () => [];
    const set = (_id: string, sku: number) => [updateOf({ _id }, { $set: { sku } })];
    const add = [updateOf({ _id: 'a' }, { $inc: { n: 1 } })];
    const batch = (offset: number) => [
      record({ offset }, add),
      record({ offset: offset + 1 }, add),
      record({ offset: offset + 2 }, set('b', 7)),
    ];
    await sink.write(batch(0));
    expect(idsSent(sink)).toEqual([['a', 'b'], ['a']]);
    await sink.write([record({ offset: 10 }, set('c', 7))]);
    const { length } = sink.store.calls;
    await sink.write(batch(20));
    expect(idsSent(sink).slice(length)).toEqual([['a'], ['a', 'b']]);
  });

  it('stops normal sending when the probe of a doubtful refusal is answered with a fatal error', async () => {
    const sink = aDocumentdbSink();
    const unknown = () => foreignError('MongoServerError', 987_654);
    const sent = watched(sink, (each) => (each.isProbe ? forbidden() : unknown()));
    const outcomes = await sink.write([order(1, 'a')]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['failed']);
    const probeAtMs = sent.find((each) => each.isProbe)?.atMs ?? Number.NaN;
    const next = sent.find(({ atMs }) => atMs > probeAtMs);
    expect(next).toMatchObject({ atMs: probeAtMs + 5_000, isProbe: false });
  });

  it('writes the dead letter of a poison record while nothing may be sent', async () => {
    const letterAtMs: number[] = [];
    const put = () => {
      letterAtMs.push(sink.clock.nowMs() - startMs);
      return Promise.resolve(true);
    };
    const sink = aDocumentdbSink({ deadLetters: { put }, documents: { limits: { operationsMax: 1 } } });
    const startMs = sink.clock.nowMs();
    watched(sink, ({ ids, atMs }) => {
      if (ids.includes('b') && atMs === 0) return forbidden();
      return ids.includes('a') ? sink.clock.waitUntil(startMs + 100) : undefined;
    });
    const outcomes = await sink.write([order(1, 'a'), notJson(2, 'a'), order(3, 'b')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'deadLettered payload_invalid', 'written']);
    expect(letterAtMs).toEqual([100]);
  });

  it('counts the documents that it reads after writes that changed nothing', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard' });
    await sink.write([tombstone(1, 'a'), tombstone(2, 'b')]);
    expect(sink.telemetry.metrics()).toMatchObject({ GuardReads: 2, WriteCommands: 1 });
  });

  it('stays stopped when a command that was under way before the fatal answer is stored', async () => {
    const sink = aDocumentdbSink({ documents: { limits: { operationsMax: 1 } } });
    const startMs = sink.clock.nowMs();
    const sent = watched(sink, ({ ids, atMs }) => {
      if (ids.includes('a') && atMs === 0) return forbidden();
      return ids.includes('b') ? sink.clock.waitUntil(startMs + 100) : undefined;
    });
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written']);
    expect(timesOf(sent, 'orders')).toEqual([0, 0, 5_000]);
  });

  it('sends a write again at once that met a unique value, when another partition has given the value up', async () => {
    const { mapper, record } = planned();
    const sink = aDocumentdbSink({
      mapper,
      documents: { uniqueIndexes: [{ field: 'sku', sparse: true }], limits: { operationsMax: 1 } },
    });
    const set = (_id: string, sku: number) => [updateOf({ _id }, { $set: { sku } })];
    await sink.write([record({ partition: 1, offset: 0 }, set('holder', 7))]);
    const startMs = sink.clock.nowMs();
    const sent = watched(sink, ({ ids, atMs }) => {
      if (ids.includes('earlier') && atMs < 20_000) return foreignError('MongoNetworkError');
      return ids.includes('holder') ? sink.clock.waitUntil(startMs + 3_000) : undefined;
    });
    const outcomes = await sink.write([
      record({ offset: 1 }, set('earlier', 1)),
      record({ offset: 2 }, set('taker', 7)),
      record({ partition: 1, offset: 1 }, set('holder', 8)),
    ]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'written']);
    const takerMs = sent.filter(({ ids }) => ids.includes('taker')).map(({ atMs }) => atMs);
    expect(takerMs.at(-1)).toBeLessThan(10_000);
  });
});
