import { anyText, exactly } from '../../../file/forms.ts';
import { PropertyError } from '../../../property-error.ts';
import { onSide, type Side, type Transform } from '../../connect-record.ts';
import type { ConnectValue } from '../../data/connect-value.ts';
import { copyWith } from '../../data/hash-map.ts';
import { basicsOf, requireStructSchema, type Schema, structSchema } from '../../data/schema.ts';
import { Struct, validate } from '../../data/struct.ts';
import type { SchemaAndValue } from '../../data/to-document.ts';
import { reader, requireMap, structOrNull } from '../../fields.ts';
import { bothSides, REPLACE_NULLS, replaceNulls } from '../../transform-class.ts';
import { optional, required, type TransformSettings } from '../../transform-settings.ts';
import { PRECISIONS, TIME_TYPES, type TimeFormat, type TimeType, timeConversion } from './time-conversion.ts';
import { dateFormatOf } from './time-format.ts';

const PURPOSE = 'converting a timestamp';

/** Converts a time to a string, a number, or one of Connect's time types, in one field or in the whole key or value. */
function timestampConverter(side: Side, settings: TransformSettings): Transform {
  const target = settings.text('target.type') as TimeType;
  const pattern = settings.text('format');
  if (target === 'string' && pattern.trim() === '') {
    throw new PropertyError(`${settings.prefix}format`, '', 'must be set where target.type is string');
  }
  const format: TimeFormat = {
    target,
    dates: pattern.trim() === '' ? undefined : dateFormatOf(settings),
    precision: settings.text('unix.precision'),
  };
  const field = settings.text('field');
  const read = reader(settings.flag(REPLACE_NULLS));
  return onSide(side, field === '' ? convertedWhole(format) : convertedField(field, format, read));
}

function convertedWhole(format: TimeFormat) {
  const { convert, schemaOf } = timeConversion(format);
  return ({ schema, value }: SchemaAndValue): SchemaAndValue => ({
    schema: schema && schemaOf(schema.isOptional),
    value: convert(value, schema),
  });
}

function convertedField(field: string, format: TimeFormat, read: (struct: Struct, name: string) => ConnectValue) {
  const { convert, schemaOf } = timeConversion(format);

  function schemaless(value: ConnectValue): ConnectValue {
    if (value === null) return null;
    const map = requireMap(value, PURPOSE);
    return copyWith(map, new Map([[field, convert(map.get(field) ?? null, undefined)]]));
  }

  function convertedStruct(struct: Struct, schema: Schema): Struct {
    const schemas = new Map(struct.schema.fields.map((each) => [each.name, each.schema]));
    const valueIn = (name: string) =>
      name === field ? convert(read(struct, name), schemas.get(name)) : read(struct, name);
    return Struct.of(schema, valueIn);
  }

  function updatedSchema(schema: Schema): Schema {
    const fields = requireStructSchema(schema).fields.map((each) =>
      each.name === field ? { name: field, schema: schemaOf(each.schema.isOptional) } : each,
    );
    const updated = { ...structSchema(fields, basicsOf(schema)), isOptional: schema.isOptional };
    if (!(schema.default instanceof Struct)) return updated;
    const fallback = convertedStruct(schema.default, updated);
    validate(updated, fallback);
    return { ...updated, default: fallback };
  }

  return ({ schema, value }: SchemaAndValue): SchemaAndValue => {
    if (schema === undefined) return { schema, value: schemaless(value) };
    const struct = structOrNull(value, PURPOSE);
    const updated = updatedSchema(schema);
    return { schema: updated, value: struct === null ? null : convertedStruct(struct, updated) };
  };
}

export const TIMESTAMP_CONVERTER = bothSides(
  'TimestampConverter',
  [
    optional('field', anyText, ''),
    required('target.type', exactly(...TIME_TYPES)),
    optional('format', anyText, ''),
    optional('unix.precision', exactly(...PRECISIONS), 'milliseconds'),
    replaceNulls,
  ],
  timestampConverter,
);
