import type { Collection } from 'mongodb';
import { documentDbClient } from '../engines/documentdb-client.ts';
import type { Endpoints } from '../engines/endpoints.ts';

export interface DocumentReader {
  /** Living documents: a tombstone is no document. */
  count(): Promise<number>;
  /** Living documents by `_id`, without what the sink keeps for itself. */
  readAll(): Promise<ReadonlyMap<string, object>>;
  close(): Promise<void>;
}

const LIVING = { _deletedAt: { $exists: false } };

export function createDocumentReader({ documentdb }: Endpoints, database: string, collection: string): DocumentReader {
  const client = documentDbClient(documentdb, documentdb.administrator);
  const documents: Collection<{ _id: string }> = client.db(database).collection(collection);
  return {
    count: () => documents.countDocuments(LIVING),
    async readAll() {
      const all = await documents.find(LIVING, { projection: { _k: 0 } }).toArray();
      return new Map(all.map((document) => [document._id, document]));
    },
    close: () => client.close(),
  };
}
