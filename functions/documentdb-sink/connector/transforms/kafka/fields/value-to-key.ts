import type { Transform } from '../../connect-record.ts';
import { hashMap, tableFor } from '../../data/hash-map.ts';
import { fieldOf, structSchema } from '../../data/schema.ts';
import { Struct } from '../../data/struct.ts';
import type { SchemaAndValue } from '../../data/to-document.ts';
import { TransformError } from '../../data/transform-error.ts';
import { reader, requireMap, requireStruct } from '../../fields.ts';
import { type Classes, KAFKA_PACKAGE, REPLACE_NULLS, replaceNulls, someNames } from '../../transform-class.ts';
import { required, type TransformSettings } from '../../transform-settings.ts';

const PURPOSE = 'copying fields from value to key';

/** Makes the key from fields of the value. Without a schema, a missing field is null. */
function valueToKey(settings: TransformSettings): Transform {
  const keyOf = keyMaker(settings.list('fields'), settings.flag(REPLACE_NULLS));
  return (record) => {
    const key = keyOf(record.value());
    return { ...record, key: () => key };
  };
}

function keyMaker(fields: readonly string[], replacesNulls: boolean) {
  const read = reader(replacesNulls);
  return ({ schema, value }: SchemaAndValue): SchemaAndValue => {
    if (schema === undefined) {
      const map = requireMap(value, PURPOSE);
      const entries = new Map(fields.map((field) => [field, map.get(field) ?? null]));
      return { schema, value: hashMap(entries, tableFor(fields.length)) };
    }
    const struct = requireStruct(value, PURPOSE);
    const key = structSchema(
      fields.map((name) => {
        const field = fieldOf(struct.schema, name);
        if (field === undefined) throw new TransformError(`the value has no field ${name}`);
        return { name, schema: field.schema };
      }),
    );
    return { schema: key, value: Struct.of(key, (name) => read(struct, name)) };
  };
}

export const VALUE_TO_KEY: Classes = [
  [`${KAFKA_PACKAGE}ValueToKey`, { properties: [required('fields', someNames), replaceNulls], create: valueToKey }],
];
