import type { ConnectHeader, ConnectRecord } from '../connect-record.ts';
import { basicsOf, structSchema } from '../data/schema.ts';
import { Struct } from '../data/struct.ts';
import { requireStruct } from '../fields.ts';
import { addedSchema, addedValue, type FieldReference } from './field-reference.ts';

/** @param event null for a tombstone, of which only the operation is known */
export function withHeaders(
  record: ConnectRecord,
  event: Struct | null,
  references: readonly FieldReference[],
): ConnectRecord {
  const added = references.flatMap((reference): readonly ConnectHeader[] => {
    const name = reference.newName;
    if (event === null) return reference.field === 'op' ? [{ name, schema: undefined, value: 'd' }] : [];
    const schema = addedSchema(reference, event.schema);
    return schema === undefined ? [] : [{ name, schema, value: addedValue(reference, event) }];
  });
  return added.length === 0 ? record : { ...record, headers: [...record.headers, ...added] };
}

export function withFields(record: ConnectRecord, event: Struct, references: readonly FieldReference[]): ConnectRecord {
  const row = requireStruct(record.value().value, 'source field insertion');
  const added = references.flatMap((reference) => {
    const schema = addedSchema(reference, event.schema);
    return schema === undefined ? [] : [{ name: reference.newName, schema, reference }];
  });
  const fields = [...row.schema.fields, ...added.map(({ name, schema }) => ({ name, schema }))];
  const schema = structSchema(fields, basicsOf(row.schema));
  const byName = new Map(added.map(({ name, reference }) => [name, reference]));
  const value = Struct.of(schema, (name) => {
    const reference = byName.get(name);
    return reference === undefined ? row.getWithoutDefault(name) : addedValue(reference, event);
  });
  return { ...record, value: () => ({ schema, value }) };
}
