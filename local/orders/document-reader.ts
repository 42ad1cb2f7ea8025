import type { Collection, MongoClient } from 'mongodb';
import { documentText } from '../connector/expected-documents.ts';
import { documentDbClient } from '../engines/documentdb/documentdb-client.ts';
import type { Endpoints } from '../engines/endpoints.ts';

export interface DocumentReader {
  /** The number of documents without tombstones. */
  count(): Promise<number>;
  /** Documents by `_id`, without tombstones and without the sink's own fields. */
  readAll(): Promise<ReadonlyMap<string, object>>;
  /** Every document of every collection of these databases, as text (expected-documents.ts), by namespace. */
  readTexts(databases: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
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
    readTexts: (databases) => readTexts(client, databases),
    close: () => client.close(),
  };
}

export async function readTexts(
  client: MongoClient,
  databases: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const texts = new Map<string, readonly string[]>();
  for (const database of databases) {
    for (const { name } of await client.db(database).listCollections().toArray()) {
      const found = await client.db(database).collection(name).find(LIVING, { promoteValues: false }).toArray();
      texts.set(
        `${database}.${name}`,
        found.map((document) => documentText(new Map(Object.entries(document)))),
      );
    }
  }
  return texts;
}
