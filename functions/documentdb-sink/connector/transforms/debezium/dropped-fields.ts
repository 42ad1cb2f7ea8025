import type { ConnectRecord, Header, Side } from '../connect-record.ts';
import { type ConnectValue, isArray } from '../data/connect-value.ts';
import { requireStructSchema, type Schema } from '../data/schema.ts';
import { TransformError } from '../data/transform-error.ts';
import { fieldReplacer } from '../kafka/fields/replace-field.ts';

export interface DroppedFields {
  /** The header that lists the fields. */
  readonly header: string;
  readonly alsoFromKey: boolean;
  /** Whether only optional fields are dropped. */
  readonly keepsSchemas: boolean;
}

/** Drops the fields that a header of the record lists. */
export function dropFields(record: ConnectRecord, settings: DroppedFields): ConnectRecord {
  const header = record.headers.find(({ name }) => name === settings.header);
  const names = header === undefined ? [] : listIn(header);
  if (names.length === 0) return record;
  const drop = dropper(names, settings.keepsSchemas);
  const hasKey = settings.alsoFromKey && record.key().value !== null;
  return drop(hasKey ? drop(record, 'key') : record, 'value');
}

const dropper =
  (names: readonly ConnectValue[], keepsSchemas: boolean) =>
  (record: ConnectRecord, side: Side): ConnectRecord => {
    const data = record[side]();
    const dropped = keepsSchemas ? optionalAmong(data.schema, names) : names.map(String);
    if (dropped.length === 0) return record;
    const empty = { include: new Set<string>(), renames: new Map<string, string>(), replacesNulls: true };
    const changed = fieldReplacer({ ...empty, exclude: new Set(dropped) })(data);
    return { ...record, [side]: () => changed };
  };

function optionalAmong(schema: Schema | undefined, names: readonly ConnectValue[]): readonly string[] {
  if (schema === undefined) throw new TransformError('without a schema it is not known which fields are optional');
  return requireStructSchema(schema)
    .fields.filter((field) => field.schema.isOptional && names.includes(field.name))
    .map(({ name }) => name);
}

/** Parses the header like Kafka Connect. @throws TransformError if the header is no list */
function listIn(header: Header): readonly ConnectValue[] {
  const value = 'schema' in header ? header.value : parsed(Buffer.from(header.value).toString());
  if (value === null) return [];
  if (isArray(value)) return value;
  throw new TransformError('the header that lists the fields to drop is not a list');
}

function parsed(text: string): ConnectValue {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value.map(String);
    return value === null ? null : text;
  } catch {
    return text;
  }
}
