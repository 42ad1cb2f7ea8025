import type { Collection, MongoClient } from 'mongodb';
import { documentText } from '../connector/expected-documents.ts';
import { documentDbClient } from '../engines/documentdb/documentdb-client.ts';
import type { Endpoints } from '../engines/endpoints.ts';
import { setRule } from './collection-rule.ts';

export interface DocumentReader {
  /** The number of documents without tombstones. */
  count(): Promise<number>;
  /** Documents by `_id`, without tombstones and without the sink's own fields. */
  readAll(): Promise<ReadonlyMap<string, object>>;
  /** Every document of every collection of these databases, as text (expected-documents.ts), by namespace. */
  readTexts(databases: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** With its `_id` and the sink's own fields; undefined if there is none. */
  find(id: string): Promise<object | undefined>;
  /** Living documents in the order of `_id`, behind `after`. */
  list(page: DocumentPage): Promise<readonly object[]>;
  setRule(isOn: boolean): Promise<void>;
  close(): Promise<void>;
}

export interface DocumentPage {
  readonly prefix: string;
  readonly after: string;
  readonly limit: number;
}

/** For a server that was stopped on purpose. */
const SELECTION_MS_MAX = 5_000;

const LIVING = { _deletedAt: { $exists: false } };

export function createDocumentReader({ documentdb }: Endpoints, database: string, collection: string): DocumentReader {
  const client = documentDbClient(documentdb, documentdb.administrator, { serverSelectionTimeoutMS: SELECTION_MS_MAX });
  const documents: Collection<{ _id: string }> = client.db(database).collection(collection);
  return {
    count: () => documents.countDocuments(LIVING),
    async readAll() {
      const all = await documents.find(LIVING, { projection: { _k: 0 } }).toArray();
      return new Map(all.map((document) => [document._id, document]));
    },
    readTexts: (databases) => readTexts(client, databases),
    find: async (id) => (await documents.findOne({ _id: id })) ?? undefined,
    list: async ({ prefix, after, limit }) =>
      await documents
        .find({ ...LIVING, _id: { $gte: prefix, $lt: `${prefix}\uffff`, $gt: after } })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray(),
    setRule: (isOn) => setRule(client.db(database), collection, isOn),
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
