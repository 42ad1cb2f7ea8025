import { describe, expect, it } from 'vitest';
import {
  type Flight,
  noteFailure,
  readsOf,
  resolveRead,
  type Unmatched,
  withoutRead,
} from '../../../../../functions/documentdb-sink/delivery/resolve.ts';
import { sendProbe } from '../../../../../functions/documentdb-sink/delivery/send-probe.ts';
import type { PlainModel } from '../../../../../functions/documentdb-sink/guard/write.ts';
import { Lane, type Step } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import { VERSIONS_READ_MAX } from '../../../../../functions/documentdb-sink/limits.ts';
import type { WriteModel } from '../../../../../functions/documentdb-sink/plan/write-model.ts';
import type { WriteReply } from '../../../../../functions/documentdb-sink/target/document-store.ts';
import { FakeDocuments, type FakeDocumentsOptions, foreignError } from '../../../../support/fake-documents.ts';
import { doc, insertOf, replaceOf, updateOf, writeOf } from '../../../../support/write-models.ts';

const namespace = { database: 'shop', collection: 'orders' };
const { signal } = new AbortController();
const lane = new Lane({ topicPartition: 'orders-0', identity: 'any', target: 'shop.orders' });

const put = (filter: object, offset = 5) => stepOf(replaceOf({ ...filter }, { ...filter }), offset);
const stepOf = (model: WriteModel, offset = 5): Step => ({
  lane,
  from: 0,
  count: 1,
  write: writeOf(model, { offset }),
});
const plainOf = (model: WriteModel): Step => {
  const step = stepOf(model);
  return { ...step, write: { ...step.write, kind: 'plain', model: model as PlainModel } as Step['write'] };
};
const unmatched = (step: Step, cause: Unmatched['cause'] = 'guardIndex'): Unmatched => ({ step, cause });

/** What is found out about writes that changed nothing, of a collection with these documents. */
async function resolved(all: readonly Unmatched[], stored: Readonly<Record<string, object>> = {}) {
  const store = new FakeDocuments();
  for (const [id, fields] of Object.entries(stored)) store.put(id, { ...fields });
  const results = await Promise.all(readsOf(all).map((read) => resolveRead(read, { store, namespace, signal })));
  return { store, results: results.flat().map(({ result }) => result) };
}
const version = (offset: number) => ({ _k: { 'orders-0': BigInt(offset) } });

describe('a write that changed nothing', () => {
  it.each([
    { name: 'is stale behind a newer version', stored: { k: version(6) }, result: { kind: 'stale' } },
    { name: 'is written if its own version is stored', stored: { k: version(5) }, result: { kind: 'written' } },
    {
      name: 'lost a race if an older version is stored',
      stored: { k: version(4) },
      result: { kind: 'conflict', isFound: true },
    },
    { name: 'lost a race if nothing is stored', stored: {}, result: { kind: 'conflict', isFound: false } },
  ])('$name', async ({ stored, result }) => {
    expect((await resolved([unmatched(put({ _id: 'k' }))], stored)).results).toMatchObject([result]);
  });

  it('is found by the fields of its filter, too', async () => {
    const byNumber = unmatched(put({ number: 1 }));
    const kinds = await Promise.all(
      [6, 5, 4].map(async (offset) => {
        const { results } = await resolved([byNumber], { any: { number: 1, ...version(offset) } });
        return results;
      }),
    );
    expect(kinds.flat()).toMatchObject([{ kind: 'stale' }, { kind: 'written' }, { kind: 'conflict', isFound: true }]);
    expect((await resolved([byNumber])).results).toEqual([{ kind: 'conflict', isFound: false }]);
  });

  it('because of another unique index collides, unless the write is stored or stale', async () => {
    const other = unmatched(put({ _id: 'k' }), 'otherIndex');
    const kinds = await Promise.all(
      [{}, { k: version(4) }, { k: version(5) }, { k: version(6) }].map(async (stored) => {
        const { results } = await resolved([other], stored);
        return results[0]?.kind;
      }),
    );
    expect(kinds).toEqual(['collision', 'collision', 'written', 'stale']);
  });

  it('has found no document that stands in its way, if it has no guard', async () => {
    const plain = plainOf(updateOf({ number: 1 }, { $set: { a: 1 } }));
    const { results } = await resolved([unmatched(plain)], { any: { number: 1 } });
    expect(results).toEqual([{ kind: 'conflict', isFound: false }]);
  });

  it('is what the read says of its kind', async () => {
    const insert = unmatched(stepOf(insertOf({ _id: 'k' })));
    expect((await resolved([insert], { k: { a: 1 } })).results).toEqual([{ kind: 'duplicate' }]);
    const patch = unmatched(stepOf(updateOf({ _id: 'k' }, { $set: { a: 1 } }, false)), 'matchedNothing');
    expect((await resolved([patch])).results).toEqual([{ kind: 'noMatch' }]);
  });
});

describe('reads', () => {
  const readBy = async (...filters: readonly object[]) =>
    (await resolved(filters.map((filter) => unmatched(put(filter))))).store.reads;

  it('are one for all writes by _id', async () => {
    expect(await readBy({ _id: 'a' }, { _id: 'b' })).toEqual([['a', 'b']]);
  });

  it('are one for each write by other fields, or by more than _id', async () => {
    const reads = await readBy({ _id: 'a' }, { number: 1 }, { _id: 'a', region: 'eu' }, { _id: 'b' });
    expect(reads[0]).toEqual(['a', 'b']);
    expect(reads.slice(1)).toHaveLength(2);
    expect(reads.slice(1).map(([filter]) => [...(filter as ReadonlyMap<string, unknown>).keys()])).toEqual([
      ['number'],
      ['_id', 'region'],
    ]);
  });

  it.each([
    { name: 'a document', id: doc({ a: 1 }), isTogether: true },
    { name: 'an array of a document', id: [doc({ a: 1 })], isTogether: true },
    {
      name: 'a document whose fields an object would put in another order',
      id: doc({ a: 1, 1: 1 }),
      isTogether: false,
    },
    { name: 'a name that begins with digits', id: doc({ '1a': 1 }), isTogether: true },
    { name: 'a name that ends with digits', id: doc({ a1: 1 }), isTogether: true },
    { name: 'an operator', id: doc({ $gt: 1 }), isTogether: false },
    { name: 'a $ within a name', id: doc({ a$: 1 }), isTogether: true },
    { name: 'such a document in an array', id: [1, doc({ 10: 1 })], isTogether: false },
    { name: 'such a document in a document', id: doc({ a: doc({ 10: 1 }) }), isTogether: false },
    { name: 'a pattern, which would be a condition', id: /a/, isTogether: false },
  ])('by _id of $name are together: $isTogether', ({ id, isTogether }) => {
    expect(readsOf([unmatched(put({ _id: id })), unmatched(put({ _id: 'b' }))])).toHaveLength(isTogether ? 1 : 2);
  });

  it('are of 1,000 documents at most', () => {
    const sizes = (count: number) =>
      readsOf(Array.from({ length: count }, (_, id) => unmatched(put({ _id: id })))).map(({ steps }) => steps.length);
    expect([sizes(VERSIONS_READ_MAX), sizes(VERSIONS_READ_MAX + 1)]).toEqual([[1_000], [1_000, 1]]);
    expect(sizes(0)).toEqual([]);
  });

  it('by a value that a server would take for a condition find what is equal to the value', async () => {
    const { store } = await resolved([unmatched(put({ number: doc({ $gt: 1 }) })), unmatched(put({ number: /a/ }))]);
    const filters = store.reads.flat() as ReadonlyMap<string, unknown>[];
    expect(filters.map((filter) => filter.get('number'))).toEqual([{ $eq: doc({ $gt: 1 }) }, { $eq: /a/ }]);
  });

  it('keep each write with its own document', async () => {
    const all = ['a', 'b'].map((id) => unmatched(put({ _id: id })));
    const { results } = await resolved(all, { a: version(6), b: version(5) });
    expect(results.map(({ kind }) => kind)).toEqual(['stale', 'written']);
  });
});

describe('a read that fails, or is not sent', () => {
  const writes = [unmatched(put({ _id: 'a' }), 'guardIndex'), unmatched(put({ _id: 'b' }), 'matchedNothing')];

  it('leaves open whether a write that matched nothing is stored; one that met E11000 is not', async () => {
    const store = new FakeDocuments();
    store.findVersions = () => Promise.reject(foreignError('MongoNetworkError'));
    const [read] = readsOf(writes);
    if (read === undefined) throw new Error('there is one read');
    const results = (await resolveRead(read, { store, namespace, signal })).map(({ result }) => result);
    expect(results).toMatchObject([
      { kind: 'retry', commandSize: 1, failure: { code: 'target_unreachable', mayBeWritten: false } },
      { kind: 'retry', commandSize: 1, failure: { code: 'target_unreachable', mayBeWritten: true } },
    ]);
  });

  it('blames no write: the server refused a read', async () => {
    const store = new FakeDocuments();
    store.findVersions = () => Promise.reject(foreignError('MongoServerError', 16_755));
    const results = await Promise.all(readsOf(writes).map((read) => resolveRead(read, { store, namespace, signal })));
    expect(results.flat().map(({ result }) => result)).toMatchObject(
      Array(2).fill({ kind: 'retry', failure: { code: 'unclassified', retryable: true } }),
    );
  });

  it('says that time was up, or what stopped it', () => {
    const [read] = readsOf(writes);
    if (read === undefined) throw new Error('there is one read');
    expect(withoutRead(read).map(({ result }) => result)).toMatchObject([
      { kind: 'retry', failure: { code: 'deadline_exceeded', retryable: true, mayBeWritten: false } },
      { kind: 'retry', failure: { code: 'deadline_exceeded', mayBeWritten: true } },
    ]);
    const failure = { code: 'access_denied', retryable: true, mayBeWritten: true, detail: '' } as const;
    expect(withoutRead(read, { kind: 'fatal', scope: 'target', failure })[0]?.result).toMatchObject({
      kind: 'fatal',
      failure: { code: 'access_denied', mayBeWritten: false },
    });
  });
});

describe('the rest of a flight', () => {
  const failure = { code: 'access_denied', retryable: true, mayBeWritten: false, detail: '' } as const;

  it('is stopped by the first fatal answer or refused credentials, and by nothing else', () => {
    const flight: Flight = { isProbing: false, tripCount: 0, stoppedBy: undefined };
    const step = put({ _id: 'a' });
    noteFailure(flight, [
      { step, result: { kind: 'retry', failure, commandSize: 1 } },
      { step, result: { kind: 'written' } },
    ]);
    expect(flight.stoppedBy).toBeUndefined();
    const credentials = { kind: 'credentials', failure, commandSize: 1 } as const;
    const fatal = { kind: 'fatal', scope: 'target', failure, commandSize: 1 } as const;
    noteFailure(flight, [{ step, result: credentials }]);
    noteFailure(flight, [{ step, result: fatal }]);
    expect(flight.stoppedBy).toBe(credentials);
    const other: Flight = { isProbing: false, tripCount: 0, stoppedBy: undefined };
    noteFailure(other, [{ step, result: fatal }]);
    expect(other.stoppedBy).toBe(fatal);
  });
});

describe('a probe', () => {
  const probed = async (options: FakeDocumentsOptions, reply?: WriteReply) => {
    const store = new FakeDocuments(options);
    const write = store.write.bind(store);
    if (reply !== undefined) store.write = () => Promise.resolve(reply);
    else store.write = write;
    return { store, result: await sendProbe({ store, namespace, signal }) };
  };

  it('is an update that changes nothing, of a document that does not exist', async () => {
    const { store, result } = await probed({});
    expect([result, store.collection().get('k')]).toEqual([true, undefined]);
    const [call] = store.calls;
    expect(call).toMatchObject({ kind: 'update', statements: [{ upsert: false }] });
    const { store: another } = await probed({});
    expect(another.calls[0]?.statements[0]?.['q']).not.toEqual(call?.statements[0]?.['q']);
  });

  it('shows nothing if the reply counts a document or an error', async () => {
    expect((await probed({}, { count: 1, writeErrors: [] })).result).toBe(false);
    const writeErrors = [{ index: 0, code: 121, duplicateIndex: undefined }];
    expect((await probed({}, { count: 0, writeErrors })).result).toBe(false);
  });

  it('says why it failed', async () => {
    expect((await probed({ faults: [{ kind: 'unreachable' }] })).result).toMatchObject({ kind: 'retry' });
  });
});
