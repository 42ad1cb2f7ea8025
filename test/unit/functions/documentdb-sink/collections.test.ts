import { describe, expect, it } from 'vitest';
import { createCollections } from '../../../../functions/documentdb-sink/collections.ts';
import { FatalError } from '../../../../functions/documentdb-sink/fatal-error.ts';
import type { Write } from '../../../../functions/documentdb-sink/write-models/write.ts';
import { FakeDocuments, type UniqueIndex } from '../../../support/fake-documents.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { recordedTelemetry } from '../../../support/recorded-telemetry.ts';
import { replaceOf, writeOf } from '../../../support/write-models.ts';

it('a unique index that tombstones would collide on is fatal for its own collection alone', async () => {
  const store = new FakeDocuments({ uniqueIndexes: [{ field: 'email' }] });
  const collections = createCollections({
    store,
    clock: new ManualClock(),
    ...recordedTelemetry(),
    deletes: 'tombstone',
    tombstoneTtlSeconds: 86_400,
  });
  const writes = [writeOf(replaceOf({ _id: 'k' }, {}))];
  const prepared = collections.prepare(
    { database: 'shop', collection: 'orders' },
    writes,
    new AbortController().signal,
  );
  await expect(prepared).rejects.toBeInstanceOf(FatalError);
  await expect(prepared).rejects.toMatchObject({ code: 'rejected_by_target', everywhere: false });
  expect(store.ttlIndexes).toEqual([]);
});

describe('the unique index of a business key', () => {
  const key = writeOf(replaceOf({ b: 1, a: 1 }, {}));
  const setup = (uniqueIndexes: readonly UniqueIndex[], deletes: 'tombstone' | 'hard') => {
    const store = new FakeDocuments({ uniqueIndexes });
    let asked = 0;
    const { listIndexes } = store;
    store.listIndexes = (namespace) => {
      asked += 1;
      return listIndexes(namespace);
    };
    const telemetry = recordedTelemetry();
    const parts = { store, clock: new ManualClock(), ...telemetry, deletes, tombstoneTtlSeconds: 86_400 };
    const collections = createCollections(parts);
    const prepare = (writes: readonly Write[]) =>
      collections.prepare({ database: 'shop', collection: 'orders' }, writes, new AbortController().signal);
    return { store, prepare, askedCount: () => asked };
  };

  it('is named for its fields in any order, and asked for once', async () => {
    const { prepare, askedCount } = setup([{ field: 'a,b' }], 'hard');
    expect(await prepare([key])).toEqual(new Map([['a\nb', 'a_1_b_1']]));
    await prepare([key]);
    expect(askedCount()).toBe(1);
  });

  it('is looked for again after it was missing, for somebody may have made it', async () => {
    const { store, prepare } = setup([], 'hard');
    await expect(prepare([key])).rejects.toMatchObject({ code: 'rejected_by_target', everywhere: false });
    store.options = { uniqueIndexes: [{ field: 'b,a' }] };
    expect((await prepare([key])).size).toBe(1);
  });

  it('is none that holds a part of the documents alone', async () => {
    const { store, prepare } = setup([], 'hard');
    const partial = { name: 'a_b', fields: ['a', 'b'], isUnique: true, isSparse: false, isPartial: true };
    store.listIndexes = () => Promise.resolve([partial, { ...partial, isUnique: false, isPartial: false }]);
    await expect(prepare([key])).rejects.toBeInstanceOf(FatalError);
  });

  it('is named by its fields where it is missing, unless these are many', async () => {
    const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, 1]));
    const refusal = (count: number) => setup([], 'hard').prepare([writeOf(replaceOf(fields(count), {}))]);
    await expect(refusal(8)).rejects.toThrow('no unique index on f0, f1, f2, f3, f4, f5, f6, f7, and');
    await expect(refusal(9)).rejects.toThrow('no unique index on the 9 field(s) of a business key, and');
  });

  it('is not asked for where _id decides, and deletes are hard', async () => {
    const { prepare, askedCount } = setup([], 'hard');
    await prepare([writeOf(replaceOf({ _id: 'k', region: 'eu' }, {}))]);
    expect(askedCount()).toBe(0);
  });

  it('is none that tombstones collide on; others are, unless they are sparse or partial', async () => {
    const { store, prepare } = setup([{ field: 'a,b' }, { field: 'c', sparse: true }], 'tombstone');
    expect((await prepare([key])).size).toBe(1);
    expect(store.ttlIndexes).toHaveLength(1);
    const strict = setup([{ field: 'a,b' }, { field: 'c' }], 'tombstone');
    await expect(strict.prepare([key])).rejects.toBeInstanceOf(FatalError);
    const partial = setup([{ field: 'a,b' }], 'tombstone');
    const { listIndexes } = partial.store;
    const index = { name: 'c', fields: ['c'], isUnique: true, isSparse: false, isPartial: true };
    partial.store.listIndexes = async (namespace) => [...(await listIndexes(namespace)), index];
    expect((await partial.prepare([key])).size).toBe(1);
  });
});
