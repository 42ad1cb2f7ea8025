import { describe, expect, it } from 'vitest';
import { exchange } from '../../../../../functions/documentdb-sink/delivery/exchange.ts';
import { type PackParts, pack } from '../../../../../functions/documentdb-sink/delivery/pack.ts';
import { Lane, type Step } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import { createUniqueOrder } from '../../../../../functions/documentdb-sink/target/unique-order.ts';
import { aRecord } from '../../../../support/builders.ts';
import { FakeDocuments, type FakeDocumentsOptions, foreignError } from '../../../../support/fake-documents.ts';
import { recordedTelemetry } from '../../../../support/recorded-telemetry.ts';
import { deleteOf, replaceOf, updateOf, writeOf } from '../../../../support/write-models.ts';

const namespace = { database: 'shop', collection: 'orders' };

function aStep(model = replaceOf({ _id: 'k' }, { _id: 'k' })): Step {
  const lane = new Lane({
    topicPartition: 'orders-0',
    identity: model.kind,
    target: 'shop.orders',
  });
  const write = writeOf(model);
  lane.enter({ index: 0, record: aRecord(), isLast: true, task: { kind: 'write', write } });
  return { lane, from: 0, count: 1, write };
}
const byNumber = () => aStep(updateOf({ number: 1 }, { $set: { a: 1 } }));
const aDelete = () => aStep(deleteOf({ _id: 'k' }));

/** A collection in which writes by `_id` can be guarded. */
function aCollection(options: FakeDocumentsOptions = {}, changes: Partial<PackParts> = {}) {
  const store = new FakeDocuments(options);
  const uniqueOrder = createUniqueOrder(store);
  const { meter, metrics } = recordedTelemetry();
  const guards = { indexes: new Map<string, string>(), canGuard: ({ filter }: Step['write']) => filter.has('_id') };
  const parts = {
    ...{ store, namespace, uniqueOrder, meter, signal: new AbortController().signal },
    collections: {
      prepare: () => Promise.resolve(guards),
      finish: () => Promise.resolve(),
      trim: () => undefined,
      doubt: () => undefined,
    },
    ...changes,
  };
  return { store, uniqueOrder, parts, guards, metrics };
}

describe('packing', () => {
  it('makes commands of what can be guarded, and says of the rest that it cannot', async () => {
    const { parts, guards } = aCollection();
    const [guarded, unguarded] = [aStep(), byNumber()];
    expect(await pack([guarded, unguarded], () => false, parts)).toEqual({
      commands: [{ kind: 'update', steps: [guarded] }],
      results: [{ step: unguarded, result: { kind: 'unguarded' } }],
      guards,
    });
  });

  it('says of a document that is too large that no attempt can cure that', async () => {
    const { parts } = aCollection({ limits: { documentBytesMax: 20 } });
    const [step, deletion] = [aStep(), aDelete()];
    const packed = await pack([step, deletion], () => false, parts);
    expect(packed?.commands).toEqual([{ kind: 'delete', steps: [deletion] }]);
    expect(packed?.results).toMatchObject([
      { step, result: { kind: 'poison', failure: { code: 'payload_too_large', retryable: false } } },
    ]);
  });

  it.each([
    { name: 'the collection cannot be prepared', changes: { collections: failing() } },
    { name: 'the limits are not known', changes: {} },
  ])('gives back what was certainly not sent, if $name', async ({ changes }) => {
    const { parts, store } = aCollection({}, changes);
    store.limits = () => Promise.reject(foreignError('MongoNetworkError'));
    const step = aStep();
    expect(await pack([step], () => false, parts)).toMatchObject({
      commands: [],
      results: [{ step, result: { kind: 'retry', commandSize: 1, failure: { mayBeWritten: false } } }],
      guards: undefined,
    });
  });

  describe('before it is known whether the order of documents matters', () => {
    const email = { uniqueIndexes: [{ field: 'email' }] };

    it('looks, if lanes have further writes, and packs nothing if the order matters', async () => {
      const { parts, uniqueOrder } = aCollection(email);
      expect(await pack([aStep()], () => true, parts)).toBeUndefined();
      expect(uniqueOrder.matters(namespace)).toBe(true);
      expect((await pack([aStep()], () => true, parts))?.commands).toHaveLength(1);
    });

    it('looks, and packs if the order does not matter', async () => {
      const { parts, uniqueOrder } = aCollection();
      expect((await pack([aStep()], () => true, parts))?.commands).toHaveLength(1);
      expect(uniqueOrder.isKnown(namespace)).toBe(true);
    });

    it('does not look, if lanes have no further writes', async () => {
      const { parts, uniqueOrder } = aCollection(email);
      expect((await pack([aStep()], () => false, parts))?.commands).toHaveLength(1);
      expect(uniqueOrder.isKnown(namespace)).toBe(false);
    });
  });
});

function failing(): PackParts['collections'] {
  return {
    prepare: () => Promise.reject(foreignError('MongoNetworkError')),
    finish: () => Promise.resolve(),
    trim: () => undefined,
    doubt: () => undefined,
  };
}

describe('an exchange', () => {
  it('sends the statements of a command, and counts the command', async () => {
    const { parts, guards, store, metrics } = aCollection();
    const step = aStep();
    expect(await exchange({ kind: 'update', steps: [step] }, guards, parts)).toEqual({
      results: [{ step, result: { kind: 'written' } }],
      unmatched: [],
    });
    expect(store.calls).toMatchObject([{ kind: 'update', statements: [{ upsert: true }] }]);
    expect(metrics()).toEqual({ WriteCommands: 1 });
  });

  it('that fails failed for each of its writes', async () => {
    const { parts, guards } = aCollection({ faults: [{ kind: 'lostAnswer' }] });
    const steps = [aStep(), aStep()];
    const { results, unmatched } = await exchange({ kind: 'update', steps }, guards, parts);
    expect(results).toMatchObject(
      steps.map((step) => ({ step, result: { kind: 'retry', commandSize: 2, failure: { mayBeWritten: true } } })),
    );
    expect(unmatched).toEqual([]);
  });
});
