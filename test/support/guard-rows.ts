import type { SourceRecord } from '../../shared/record.ts';
import { aDocumentdbSink, inWords } from './a-documentdb-sink.ts';
import { aRecord } from './builders.ts';
import type { FakeDocuments } from './fake-documents.ts';

export function state(documents: FakeDocuments): string {
  const stored = documents.collection().get('k');
  if (stored === undefined) return 'absent';
  const versions = stored.get('_k') as Record<string, bigint>;
  return stored.has('_deletedAt') ? `tombstone ${versions['orders-0']}` : `v${stored.get('v')}`;
}

export const replaceFromPartition = (partition: number, offset: number) =>
  aRecord({ key: 'k', partition, offset, value: JSON.stringify({ v: offset }) });

export async function deliver(
  documents: FakeDocuments,
  record: SourceRecord,
  deletes: 'tombstone' | 'hard' = 'tombstone',
) {
  const [outcome] = await aDocumentdbSink({ documents, deletes }).write([record]);
  return outcome === undefined ? 'nothing' : inWords(outcome);
}
