import type { Form } from '../../../file/property.ts';
import { onSide, type Side, type Transform } from '../../connect-record.ts';
import type { ConnectValue } from '../../data/connect-value.ts';
import { copyWith, inMapOrder } from '../../data/hash-map.ts';
import { basicsOf, type Field, primitive, requireStructSchema, type Schema, structSchema } from '../../data/schema.ts';
import { Struct, validate } from '../../data/struct.ts';
import type { SchemaAndValue } from '../../data/to-document.ts';
import { TransformError } from '../../data/transform-error.ts';
import { reader, requireMap, requireStruct } from '../../fields.ts';
import { bothSides, REPLACE_NULLS, replaceNulls } from '../../transform-class.ts';
import { listOf, required, type TransformSettings } from '../../transform-settings.ts';
import { type CastType, castValue } from './cast-value.ts';

const PURPOSE = 'casting fields';
const TYPES: readonly CastType[] = ['int8', 'int16', 'int32', 'int64', 'float32', 'float64', 'boolean', 'string'];

const typeNamed = (text: string): CastType | undefined => TYPES.find((type) => type === text.trim().toLowerCase());

/** Casts fields, or the whole key or value, to another type. */
function cast(side: Side, settings: TransformSettings): Transform {
  const spec = settings.list('spec');
  const whole = spec.length === 1 && !spec[0]?.includes(':') ? typeNamed(spec[0] ?? '') : undefined;
  if (whole !== undefined) return onSide(side, (data) => castWhole(data, whole));
  const casts = new Map(spec.flatMap((part) => castIn(part) ?? []));
  const read = reader(settings.flag(REPLACE_NULLS));
  return onSide(side, (data) => castFields(data, casts, read));
}

function castWhole(data: SchemaAndValue, type: CastType): SchemaAndValue {
  const { schema, value } = data;
  if (value === null) return data;
  if (schema === undefined) return { schema, value: castValue(undefined, value, type) };
  const updated = {
    ...primitive(type, schema.isOptional),
    ...basicsOf(schema),
    default: castValue(schema, schema.default, type),
  };
  if (updated.default !== null) validate(updated, updated.default);
  return { schema: updated, value: castValue(schema, value, type) };
}

function castFields(
  data: SchemaAndValue,
  casts: ReadonlyMap<string, CastType>,
  read: (struct: Struct, name: string) => ConnectValue,
): SchemaAndValue {
  const { schema, value } = data;
  if (value === null) return data;
  if (schema === undefined) {
    const map = requireMap(value, PURPOSE);
    const puts = [...casts].map(([name, type]): [string, ConnectValue] => [
      name,
      castValue(undefined, map.get(name) ?? null, type),
    ]);
    return { schema, value: copyWith(map, inMapOrder(new Map(puts))) };
  }
  const updated = castSchema(schema, casts);
  const struct = requireStruct(value, PURPOSE);
  const schemas = new Map(struct.schema.fields.map((field) => [field.name, field.schema]));
  const valueIn = (name: string) => {
    const type = casts.get(name);
    return type === undefined ? read(struct, name) : castValue(schemas.get(name), read(struct, name), type);
  };
  return { schema: updated, value: Struct.of(updated, valueIn) };
}

function castSchema(schema: Schema, casts: ReadonlyMap<string, CastType>): Schema {
  const fields = requireStructSchema(schema).fields.map((field): Field => {
    const type = casts.get(field.name);
    if (type === undefined) return field;
    const { isOptional } = field.schema;
    return {
      name: field.name,
      schema: { ...primitive(type, isOptional), default: castValue(field.schema, field.schema.default, type) },
    };
  });
  if (schema.default !== null) throw new TransformError('a struct with a default cannot be cast');
  return { ...structSchema(fields, basicsOf(schema)), isOptional: schema.isOptional };
}

function castIn(part: string): readonly [readonly [string, CastType]] | undefined {
  const [name = '', typeText = '', ...more] = part.split(':');
  const type = typeNamed(typeText);
  return type === undefined || more.length > 0 ? undefined : [[name.trim(), type]];
}

const spec: Form = {
  text: `pairs \`field:type\`, separated by commas, or one type for the whole: ${TYPES.join(', ')}`,
  accepts: (value) => {
    const parts = listOf(value);
    if (parts.length === 1 && typeNamed(parts[0] ?? '') !== undefined) return true;
    return parts.length > 0 && parts.every((part) => castIn(part) !== undefined);
  },
};

export const CAST = bothSides('Cast', [required('spec', spec), replaceNulls], cast);
