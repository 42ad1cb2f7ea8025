import type { ConnectValue } from '../data/connect-value.ts';
import { fieldOf, type Schema } from '../data/schema.ts';
import { Struct } from '../data/struct.ts';
import { TransformError } from '../data/transform-error.ts';

/** A field of a change event in `add.fields` or `add.headers`: `op`, `source.ts_ms`, `lsn:position`. */
export interface FieldReference {
  /** The struct that contains the field; undefined for the event itself. */
  readonly struct: string | undefined;
  readonly field: string;
  readonly newName: string;
}

const OF_TRANSACTION: ReadonlySet<string> = new Set(['id', 'data_collection_order', 'total_order']);
const OF_EVENT: ReadonlySet<string> = new Set(['op', 'ts_ms', 'ts_us', 'ts_ns']);

/** @param list names, separated by commas */
export const fieldReferences = (prefix: string, list: string): readonly FieldReference[] =>
  list === '' ? [] : list.split(',').map((name) => fieldReference(prefix, name.trim()));

function fieldReference(prefix: string, text: string): FieldReference {
  const [path = '', renamed] = split(text, ':');
  const [first = '', second] = split(path, '.');
  if (second === undefined) return { struct: structOf(first), field: first, newName: prefix + (renamed ?? first) };
  return { struct: first, field: second, newName: prefix + (renamed ?? `${first}_${second}`) };
}

/** Java's `split` drops empty parts at the end. */
function split(text: string, separator: string): readonly string[] {
  const parts = text.split(separator);
  return parts.slice(0, parts.findLastIndex((part) => part !== '') + 1);
}

function structOf(field: string): string | undefined {
  if (OF_EVENT.has(field)) return undefined;
  if (OF_TRANSACTION.has(field)) return 'transaction';
  return field === 'updateDescription' ? field : 'source';
}

/**
 * The schema of the added field: optional, without a default. Undefined if the event has no such field.
 * @throws TransformError if the event has no such struct
 */
export function addedSchema({ struct, field }: FieldReference, event: Schema): Schema | undefined {
  const parent = struct === undefined ? event : fieldOf(event, struct)?.schema;
  if (parent === undefined) throw new TransformError(`the event has no field ${struct}`);
  const schema = (fieldOf(parent, field) ?? fieldOf(event, field))?.schema;
  if (schema === undefined) return undefined;
  // Debezium does not copy the fields of a struct, so such a field can only be null.
  const bare = schema.type === 'struct' ? { ...schema, fields: [] } : schema;
  return { ...bare, isOptional: true, default: null };
}

export function addedValue({ struct, field }: FieldReference, event: Struct): ConnectValue {
  const parent = struct === undefined ? event : event.getWithoutDefault(struct);
  if (parent === null) return null;
  if (!(parent instanceof Struct)) throw new TransformError(`the field ${struct} of the event is not a struct`);
  return fieldOf(parent.schema, field) === undefined ? event.getWithoutDefault(field) : parent.getWithoutDefault(field);
}
