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
  const options = `{ unique: true${shorterName(namespace, fields)} }`;
  return `db.getSiblingDB(${database}).getCollection(${collection}).createIndex({ ${key} }, ${options})`;
}

/** Of `<collection>$<index>`. https://docs.aws.amazon.com/documentdb/latest/developerguide/limits.html#limits-naming_constraints */
const INDEX_CHARACTERS_MAX = 63;

/** The beginning of the name that mongosh would give the index, where DocumentDB refuses the whole name. */
function shorterName({ collection }: Namespace, fields: readonly string[]): string {
  const usual = fields.map((field) => `${field}_1`).join('_');
  const name = usual.slice(0, Math.max(1, INDEX_CHARACTERS_MAX - `${collection}$`.length));
  return name === usual ? '' : `, name: ${JSON.stringify(name)}`;
}
