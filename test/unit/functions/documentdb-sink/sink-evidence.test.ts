import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../../../functions/documentdb-sink/target/document-store.ts';
import { aDocumentdbSink, idsSent, inWords, many, order } from '../../../support/a-documentdb-sink.ts';
import { aRecord } from '../../../support/builders.ts';
import { valueAt } from '../../../support/document-server/bson-values.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { FakeDocuments, foreignError, type Stored } from '../../../support/fake-documents.ts';
import { type Sent, watched } from '../../../support/watched-commands.ts';
import { planned, updateOf } from '../../../support/write-models.ts';

type Answers = Parameters<typeof watched>[1];

const isBad = (document: Stored): boolean => document.get('bad') === true;
const bad = (offset: number, key: string) => order(offset, key, { bad: true });

/** An update that can change nothing, whatever it finds. */
const isProbe = ({ q, u, upsert }: Statement): boolean =>
  upsert === false &&
  (u as Stored).size === 1 &&
  (u as Stored).has('$setOnInsert') &&
  (q as { _id?: { _bsontype?: string } })._id?._bsontype === 'ObjectId';

const probesSent = ({ store }: { readonly store: FakeDocuments }) =>
  store.calls.filter(({ statements }) => statements.some(isProbe));

/** A server that takes no real write until then, and answers with that code for each of them. */
function throttled(code: number, untilCall = Number.POSITIVE_INFINITY, takesProbes = true): FakeDocuments {
  const store = new FakeDocuments();
  const write = store.write.bind(store);
  store.write = async (namespace, kind, statements, signal) => {
    if (store.calls.length >= untilCall || (takesProbes && statements.every(isProbe))) {
      return write(namespace, kind, statements, signal);
    }
    store.calls.push({ namespace: 'shop.orders', kind, statements });
    return { count: 0, writeErrors: statements.map((_, index) => ({ index, code, duplicateIndex: undefined })) };
  };
  return store;
}

describe('a document that is refused with a code that nobody lists', () => {
  const file = JSON.parse(
    readFileSync('test/fixtures/connector-cases/F10-write-error-of-one-document.records.json', 'utf8'),
  );
  const codes: number[] = [
    ...file.serverReply.writeErrors.map(({ code }: { code: number }) => code),
    ...file.alsoTried,
  ];

  it.each([...codes, 16_572, 56])('(%i) becomes one dead letter, and its neighbour is written', async (code) => {
    const { queue, deadLetters } = fakeDeadLetters();
    const refuses = (document: Stored) => (document.has('where') ? code : undefined);
    const sink = aDocumentdbSink({ deadLetters: queue, documents: { refuses } });
    const records = file.records.map(({ key, value }: { key: string; value: object }, offset: number) =>
      aRecord({ offset, key, value: JSON.stringify(value) }),
    );
    expect((await sink.write(records)).map(inWords)).toEqual(['deadLettered rejected_by_target', 'written']);
    expect(deadLetters[0]?.reason).toContain(`code ${code}`);
  });

  it('and is the only one of its topic becomes a dead letter: a probe shows that the collection takes updates', async () => {
    const sink = aDocumentdbSink({ documents: { refuses: (document) => (isBad(document) ? 16_755 : undefined) } });
    const startMs = sink.clock.nowMs();
    expect((await sink.write([bad(1, 'a')])).map(inWords)).toEqual(['deadLettered rejected_by_target']);
    expect(sink.clock.nowMs() - startMs).toBeGreaterThanOrEqual(1_000);
    expect(sink.clock.nowMs() - startMs).toBeLessThan(9_000);
    expect(sink.store.calls).toHaveLength(5 + 2);
    expect(sink.store.collection().size).toBe(0);
  });

  it('is sent again alone, after a pause, before anything is said of it', async () => {
    const sink = aDocumentdbSink({ documents: { refuses: (document) => (isBad(document) ? 16_755 : undefined) } });
    await sink.write([bad(1, 'a'), order(2, 'b'), order(3, 'c')]);
    expect(sink.store.calls.map(({ statements }) => statements.length)).toEqual([3, 1, 1, 1, 1, 1]);
    expect(probesSent(sink)).toHaveLength(1);
  });

  it('in a fold is found, and only what it brought is left out', async () => {
    const sink = aDocumentdbSink({ documents: { refuses: (document) => (isBad(document) ? 16_755 : undefined) } });
    const records = [order(1, 'a'), bad(2, 'a'), order(3, 'a'), bad(4, 'a')];
    const outcomes = await sink.write(records);
    const deadLetter = 'deadLettered rejected_by_target';
    expect(outcomes.map(inWords)).toEqual(['written', deadLetter, 'written', deadLetter]);
    expect(sink.store.get('a')?.get('v')).toBe(3);
  });

  it('is written where the same code passes by itself, whatever becomes of others', async () => {
    let refusals = 0;
    const refuses = (document: Stored) => {
      refusals += Number(isBad(document));
      return isBad(document) && refusals <= 6 ? 8 : undefined;
    };
    const sink = aDocumentdbSink({ documents: { refuses } });
    expect((await sink.write([bad(1, 'a'), bad(2, 'b'), order(3, 'c')])).map(inWords)).toEqual(
      Array(3).fill('written'),
    );
  });

  it('is unsettled while the server takes nothing else, and no dead letter is written', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const sink = aDocumentdbSink({ deadLetters: queue, documents: throttled(8, undefined, false) });
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b')]);
    expect(outcomes.map(inWords)).toEqual(Array(2).fill('failed rejected_by_target'));
    expect(deadLetters).toEqual([]);
    expect(sink.store.calls.length).toBeLessThan(150);
  });
});

describe('an outage', () => {
  it('makes no dead letters, whatever was written before', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const store = throttled(8, undefined, false);
    const refuse = store.write;
    const take = FakeDocuments.prototype.write.bind(store);
    store.write = (...parameters) => (store.calls.length < 1 ? take(...parameters) : refuse(...parameters));
    store.options = { limits: { operationsMax: 2 } };
    const sink = aDocumentdbSink({ deadLetters: queue, documents: store });
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b'), order(3, 'c'), order(4, 'd')]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['written', 'written', 'failed', 'failed']);
    expect(deadLetters).toEqual([]);
  });
});

describe('a probe that is under way', () => {
  const unlisted = () => foreignError('MongoServerError', 16_755);

  /** A sink whose first probe is answered 3 s after its start. */
  function slowlyProbed(answers: (sent: Sent, untilMs: (ms: number) => Promise<void>) => ReturnType<Answers>) {
    const sink = aDocumentdbSink({ documents: { limits: { operationsMax: 1 } } });
    const startMs = sink.clock.nowMs();
    const untilMs = (ms: number) => sink.clock.waitUntil(startMs + ms);
    const sent = watched(sink, (each) => {
      if (!each.isProbe) return answers(each, untilMs);
      return sent.filter(({ isProbe }) => isProbe).length === 1 ? untilMs(3_000) : undefined;
    });
    const probesAtMs = () => sent.filter((each) => each.isProbe).map(({ atMs }) => atMs);
    return { write: sink.write, probesAtMs };
  }

  it('is no evidence about what was refused after it was sent', async () => {
    const sink = slowlyProbed(({ ids, atMs }, untilMs) =>
      ids.includes('b') && atMs === 0 ? untilMs(1_100).then(() => Promise.reject(unlisted())) : unlisted(),
    );
    const outcomes = await sink.write([bad(1, 'a'), order(2, 'b', { bad: true }, 1)]);
    expect(outcomes.map(inWords)).toEqual(Array(2).fill('deadLettered rejected_by_target'));
    expect(sink.probesAtMs()).toHaveLength(2);
  });

  it('is followed by no other one where nothing is in doubt any more', async () => {
    const sink = slowlyProbed(({ ids, atMs }, untilMs) => {
      if (ids.includes('a')) return unlisted();
      return atMs === 0 ? untilMs(3_400) : undefined;
    });
    const outcomes = await sink.write([bad(1, 'a'), order(2, 'b', {}, 1)]);
    expect(outcomes.map(inWords)).toEqual(['deadLettered rejected_by_target', 'written']);
    expect(sink.probesAtMs()).toEqual([500]);
  });
});

describe('code 40, which DocumentDB also gives while garbage collection disables writes', () => {
  it('makes no dead letter of any record while it lasts, although an update that matches nothing passes', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const sink = aDocumentdbSink({ deadLetters: queue, documents: throttled(40) });
    const records = Array.from({ length: 300 }, (_, offset) => order(offset, `k${offset}`));
    expect(new Set((await sink.write(records)).map(inWords))).toEqual(new Set(['failed rejected_by_target']));
    expect(deadLetters).toEqual([]);
  });

  it('is over as soon as writes pass', async () => {
    const sink = aDocumentdbSink({ documents: throttled(40, 5) });
    const records = Array.from({ length: 300 }, (_, offset) => order(offset, `k${offset}`));
    expect(new Set((await sink.write(records)).map(inWords))).toEqual(new Set(['written']));
  });

  it('throttles some writes of a command and blames none of them', async () => {
    const seen = new Map<unknown, number>();
    const refuses = (_document: Stored, id: unknown) => {
      seen.set(id, (seen.get(id) ?? 0) + 1);
      return Number(String(id).slice(1)) % 2 === 0 && (seen.get(id) ?? 0) <= 1 + (Number(String(id).slice(1)) % 7)
        ? 40
        : undefined;
    };
    const sink = aDocumentdbSink({ documents: { refuses } });
    const records = Array.from({ length: 100 }, (_, offset) => order(offset, `k${offset}`));
    expect(new Set((await sink.write(records)).map(inWords))).toEqual(new Set(['written']));
  });

  it('blames a document that is refused again alone while its neighbours pass', async () => {
    const sink = aDocumentdbSink({ documents: { refuses: (document) => (isBad(document) ? 40 : undefined) } });
    const outcomes = await sink.write([bad(1, 'a'), order(2, 'b')]);
    expect(outcomes.map(inWords)).toEqual(['deadLettered rejected_by_target', 'written']);
  });

  it('blames at once an update that has one path twice: that one conflicts with itself', async () => {
    const { mapper, record } = planned();
    const sink = aDocumentdbSink({ mapper, documents: { refuses: () => 40 } });
    const update = updateOf({ _id: 'a' }, { $set: { a: 1, 'a.b': 2 } });
    expect((await sink.write([record({ offset: 1 }, [update])])).map(inWords)).toEqual([
      'deadLettered rejected_by_target',
    ]);
    expect(sink.store.calls).toHaveLength(1);
  });
});

describe('the only record of a quiet topic', () => {
  it.each([2, 9, 14, 22, 4_711])('whose command is refused with code %i becomes a dead letter', async (code) => {
    const refusesCommand = (document: Stored) => (isBad(document) ? code : undefined);
    const sink = aDocumentdbSink({ documents: { refusesCommand } });
    expect((await sink.write([bad(1, 'a')])).map(inWords)).toEqual(['deadLettered rejected_by_target']);
    expect(probesSent(sink)).toHaveLength(2);
  });

  it.each([2, 9, 14, 22])('stays unsettled where every command is refused with code %i', async (code) => {
    const { queue, deadLetters } = fakeDeadLetters();
    const sink = aDocumentdbSink({ deadLetters: queue, documents: { refusesCommand: () => code } });
    expect((await sink.write([order(1, 'a')])).map(inWords)).toEqual(['failed rejected_by_target']);
    expect(deadLetters).toEqual([]);
    // One probe for each try but the first, and a pause before each try.
    expect(probesSent(sink).length * 2 + 1).toBe(sink.store.calls.length);
    expect(sink.store.calls.length).toBeLessThan(120);
  });

  it.each([112, 50, 10_107, 14_031, 371])('is never blamed with code %i, which is an outage', async (code) => {
    const { queue, deadLetters } = fakeDeadLetters();
    const refuses = (document: Stored) => (isBad(document) ? code : undefined);
    const sink = aDocumentdbSink({ deadLetters: queue, documents: { refuses } });
    expect((await sink.write([bad(1, 'a'), order(2, 'b')])).map(inWords)).toEqual(['failed target_failed', 'written']);
    expect(deadLetters).toEqual([]);
  });
});

describe('a command that takes longer than the socket timeout', () => {
  it('is sent in halves', async () => {
    const store = new FakeDocuments();
    const write = store.write.bind(store);
    store.write = async (namespace, kind, statements, signal) => {
      if (statements.length <= 10) return write(namespace, kind, statements, signal);
      store.calls.push({ namespace: 'shop.orders', kind, statements });
      throw Object.assign(new Error('timed out'), { name: 'MongoNetworkTimeoutError' });
    };
    const sink = aDocumentdbSink({ documents: store });
    const records = Array.from({ length: 64 }, (_, offset) => order(offset, `k${offset}`));
    expect(new Set((await sink.write(records)).map(inWords))).toEqual(new Set(['written']));
  });
});

describe('a command whose connection ends without an answer', () => {
  const records = Array.from({ length: 64 }, (_, offset) => order(offset, `k${offset}`, {}, offset % 2));

  it('each time one document is in it, holds neither the other documents nor the other partition', async () => {
    const sink = aDocumentdbSink();
    const { write } = sink.store;
    const endsConnections = ({ q }: Statement) => valueAt(q, '_id') === 'k40';
    sink.store.write = (namespace, kind, statements, signal) =>
      statements.some(endsConnections)
        ? Promise.reject(foreignError('MongoNetworkError'))
        : write.call(sink.store, namespace, kind, statements, signal);
    const outcomes = await sink.write(records);
    expect(outcomes.map(inWords).filter((words) => words !== 'written')).toEqual(['failed target_unreachable']);
  });

  it('because it is too large, is sent in parts', async () => {
    const sink = aDocumentdbSink();
    const { write } = sink.store;
    sink.store.write = (namespace, kind, statements, signal) =>
      statements.length > 10
        ? Promise.reject(foreignError('MongoNetworkError'))
        : write.call(sink.store, namespace, kind, statements, signal);
    const outcomes = await sink.write(records);
    expect(new Set(outcomes.map(inWords))).toEqual(new Set(['written']));
  });

  it('in an outage is sent in a few parts, and not in ever more', async () => {
    const sink = aDocumentdbSink({ documents: { faultOfAll: { kind: 'unreachable' } } });
    await sink.write(records);
    expect(Math.min(...idsSent(sink).map(({ length }) => length))).toBe(4);
  });

  it('is sent whole again at first: the connection may have been old', async () => {
    const sink = aDocumentdbSink({ documents: { faults: many(2, { kind: 'unreachable' }) } });
    await sink.write(records);
    expect(idsSent(sink).map(({ length }) => length)).toEqual([64, 64, 64]);
  });
});
