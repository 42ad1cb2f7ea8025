import { expect, it } from 'vitest';
import { createCollections } from '../../../../functions/documentdb-sink/collections.ts';
import { FatalError } from '../../../../functions/documentdb-sink/fatal-error.ts';
import { FakeDocuments } from '../../../support/fake-documents.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { recordedTelemetry } from '../../../support/recorded-telemetry.ts';

it('a unique index that tombstones would collide on is fatal for its own collection alone', async () => {
  const store = new FakeDocuments({ uniqueIndexes: [{ field: 'email' }] });
  const collections = createCollections({
    store,
    clock: new ManualClock(),
    ...recordedTelemetry(),
    deletes: 'tombstone',
    tombstoneTtlSeconds: 86_400,
  });
  const prepared = collections.prepare({ database: 'shop', collection: 'orders' }, new AbortController().signal);
  await expect(prepared).rejects.toBeInstanceOf(FatalError);
  await expect(prepared).rejects.toMatchObject({ code: 'rejected_by_target', everywhere: false });
  expect(store.ttlIndexes).toEqual([]);
});
