import { describe, expect, it } from 'vitest';
import { aDocumentdbSink, inWords, order, tombstone } from '../../../../support/a-documentdb-sink.ts';
import { aRecord } from '../../../../support/builders.ts';
import { foreignError } from '../../../../support/fake-documents.ts';
import { timesOf, watched } from '../../../../support/watched-commands.ts';

const answer = (code: number) => foreignError('MongoServerError', code);
/** Of one collection. */
const forbidden = () => answer(13);
/** Of all collections. */
const unsupported = () => answer(301);
const REFUSED_CREDENTIALS = 18;
/** In no list: the write or the server is to blame. */
const UNKNOWN = 987_654;

const aReturn = (offset: number, key: string) => aRecord({ topic: 'returns', offset, key });

describe('a breaker', () => {
  it.each([
    ['before', [aReturn(1, 'r'), order(1, 'a')]],
    ['behind', [order(1, 'a'), aReturn(1, 'r')]],
  ])('gives its try to a collection that has something to send, %s one that has not', async (_, records) => {
    const sink = aDocumentdbSink();
    const startMs = sink.clock.nowMs();
    const sent = watched(sink, ({ collection, atMs }) => {
      if (collection === 'returns') return sink.clock.waitUntil(startMs + 8_000);
      return atMs === 0 ? unsupported() : undefined;
    });
    const outcomes = await sink.write(records);
    expect(outcomes.map(inWords)).toEqual(['written', 'written']);
    expect(timesOf(sent, 'orders')).toEqual([0, 5_000]);
  });

  it('leaves one try to all collections, and opens the way for the others when only its own is forbidden', async () => {
    const sink = aDocumentdbSink({ documents: { limits: { operationsMax: 1 } } });
    const startMs = sink.clock.nowMs();
    const sent = watched(sink, ({ collection, atMs }) => {
      if (collection === 'returns') return atMs === 0 ? unsupported() : sink.clock.waitUntil(startMs + 10_100);
      if (atMs === 0) return forbidden();
      return atMs === 5_000 ? sink.clock.waitUntil(startMs + 6_000).then(() => Promise.reject(forbidden())) : undefined;
    });
    const outcomes = await sink.write([order(1, 'a'), aReturn(1, 'r'), aReturn(2, 's')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'written']);
    expect(timesOf(sent, 'orders')).toEqual([0, 5_000, 11_000]);
    expect(timesOf(sent, 'returns')).toEqual([0, 0, 10_000, 10_000]);
  });

  it.each([
    ['both breakers are', true, true, 10_600],
    ['that of its collection is', true, false, 10_500],
    ['that of the target is', false, true, 10_600],
  ])('keeps back a try that was not sent yet when %s tripped again', async (_, isForbidden, isUnsupported, nextMs) => {
    const sink = aDocumentdbSink({ documents: { limits: { operationsMax: 1 } } });
    const startMs = sink.clock.nowMs();
    const untilMs = (ms: number) => sink.clock.waitUntil(startMs + ms);
    const limits = await sink.store.limits();
    // The try of `a` is prepared from 5,000 ms to 5,700 ms.
    sink.store.limits = async () => {
      if (sink.clock.nowMs() === startMs + 5_000) await untilMs(5_700);
      return limits;
    };
    const sent = watched(sink, ({ ids, atMs }) => {
      if (atMs > 0) return undefined;
      if (ids.includes('a')) return forbidden();
      const isRefused = ids.includes('b') ? isForbidden : isUnsupported;
      const answered = untilMs(ids.includes('b') ? 5_500 : 5_600);
      if (!isRefused) return answered;
      return answered.then(() => Promise.reject(ids.includes('b') ? forbidden() : unsupported()));
    });
    await sink.write([order(1, 'a'), order(1, 'b', {}, 1), aReturn(1, 'r')]);
    expect(timesOf(sent, 'orders', 'a')).toEqual([0, nextMs]);
  });

  it('that is tripped after its try was answered stays open, whatever a read of the try finds', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard', documents: { limits: { operationsMax: 1 } } });
    const startMs = sink.clock.nowMs();
    const findVersions = sink.store.findVersions.bind(sink.store);
    sink.store.findVersions = async (...parameters) => {
      await sink.clock.waitUntil(startMs + 6_000);
      return findVersions(...parameters);
    };
    const sent = watched(sink, ({ collection, atMs }) => {
      if (atMs > 0) return undefined;
      return collection === 'orders'
        ? unsupported()
        : sink.clock.waitUntil(startMs + 5_500).then(() => Promise.reject(unsupported()));
    });
    const outcomes = await sink.write([tombstone(1, 'a'), tombstone(2, 'b'), aReturn(1, 'r')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'written']);
    expect(timesOf(sent, 'orders', 'a')).toEqual([0, 5_000]);
    expect(timesOf(sent, 'orders', 'b')).toEqual([0, 10_500]);
  });

  it('stays open when its try meets refused credentials, although the secret was read again', async () => {
    const sink = aDocumentdbSink();
    const sent = watched(sink, ({ atMs }) => {
      if (atMs === 0) return unsupported();
      return atMs === 5_000 ? answer(REFUSED_CREDENTIALS) : undefined;
    });
    expect((await sink.write([order(1, 'a')])).map(inWords)).toEqual(['written']);
    expect(timesOf(sent, 'orders')).toEqual([0, 5_000, 10_000]);
  });

  it('keeps back the probe of a doubtful refusal that waits for a connection', async () => {
    const sink = aDocumentdbSink({ poolSizeMax: 1 });
    const startMs = sink.clock.nowMs();
    let refusalCount = 0;
    const sent = watched(sink, ({ collection, atMs }) => {
      if (collection === 'returns') return atMs < 3_000 ? foreignError('MongoNetworkError') : unsupported();
      refusalCount += 1;
      // The second refusal comes when a command of the other collection waits already.
      return refusalCount === 2
        ? sink.clock.waitUntil(startMs + 3_000).then(() => Promise.reject(answer(UNKNOWN)))
        : answer(UNKNOWN);
    });
    await sink.write([order(1, 'a'), aReturn(1, 'r')]);
    const untilNextTry = sent.filter(({ atMs }) => atMs >= 3_000 && atMs < 8_000);
    expect(untilNextTry.map(({ collection, isProbe }) => [collection, isProbe])).toEqual([['returns', false]]);
  });

  it('that is tripped when every record is settled holds up no answer', async () => {
    let refusalCount = 0;
    const refuses = () => {
      refusalCount += 1;
      return refusalCount <= 2 ? UNKNOWN : undefined;
    };
    const sink = aDocumentdbSink({ documents: { refuses } });
    const startMs = sink.clock.nowMs();
    watched(sink, ({ isProbe }) =>
      isProbe ? sink.clock.waitUntil(startMs + 4_000).then(() => Promise.reject(unsupported())) : undefined,
    );
    expect((await sink.write([order(1, 'a')])).map(inWords)).toEqual(['written']);
    expect(sink.clock.nowMs() - startMs).toBe(4_000);
  });
});
