import { describe, expect, it } from 'vitest';
import { COLLECTIONS_MAX } from '../../../../functions/documentdb-sink/limits.ts';
import { aDocumentdbSink, order } from '../../../support/a-documentdb-sink.ts';
import { updateOf } from '../../../support/write-models.ts';

const COLLECTION_COUNT = COLLECTIONS_MAX + 1;
const BATCH = 50;

describe('a sink whose records name ever more collections', () => {
  it('remembers the indexes of the newest ones only', async () => {
    const sink = aDocumentdbSink({
      deletes: 'hard',
      documents: { uniqueIndexes: [{ field: 'name' }] },
      mapper: ({ position }) => ({
        kind: 'write',
        namespace: { database: 'shop', collection: `orders-${position.offset % COLLECTION_COUNT}` },
        models: [updateOf({ name: 'a' }, { $inc: { count: 1 } })],
        version: undefined,
      }),
    });
    const { store } = sink;
    const asked: string[] = [];
    const { listIndexes } = store;
    store.listIndexes = (namespace) => {
      asked.push(namespace.collection);
      return listIndexes(namespace);
    };
    // Two writes that do not fold: the sink looks for the index of their key, and for another one that makes their order matter.
    const writesTo = (places: readonly number[]) =>
      sink.write([...places, ...places.map((place) => place + COLLECTION_COUNT)].map((offset) => order(offset, 'k')));
    for (let place = 0; place < COLLECTION_COUNT; place += BATCH) {
      await writesTo(Array.from({ length: Math.min(BATCH, COLLECTION_COUNT - place) }, (_, index) => place + index));
    }
    expect(asked).toHaveLength(2 * COLLECTION_COUNT);
    await writesTo([1, COLLECTIONS_MAX]);
    expect(asked).toHaveLength(2 * COLLECTION_COUNT);
    await writesTo([0]);
    expect(asked.slice(2 * COLLECTION_COUNT)).toEqual(['orders-0', 'orders-0']);
  });
});
