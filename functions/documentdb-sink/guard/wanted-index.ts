import type { Namespace } from '../plan/namespace.ts';

/** A unique index without which the writes of a topic cannot be guarded (`msksinks.guard.missingIndex`). */
export interface WantedIndex {
  readonly topic: string;
  readonly namespace: Namespace;
  /** Undefined if the records determine the fields. */
  readonly fields: readonly string[] | undefined;
}

/** For mongosh, where the fields are known. */
export function createIndexText({ namespace, fields }: WantedIndex): string {
  if (fields === undefined)
    return 'a unique index on exactly the fields of the business key, which the file does not list';
  const [database, collection] = [namespace.database, namespace.collection].map((name) => JSON.stringify(name));
  const key = fields.map((field) => `${JSON.stringify(field)}: 1`).join(', ');
  return `db.getSiblingDB(${database}).getCollection(${collection}).createIndex({ ${key} }, { unique: true })`;
}
