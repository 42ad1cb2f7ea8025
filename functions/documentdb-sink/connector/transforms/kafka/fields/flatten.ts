import { NESTING_MAX } from '../../../../limits.ts';
import { DefaultsBudget } from '../../../converters/defaults-budget.ts';
import { anyText } from '../../../file/forms.ts';
import { onSide, type Side, type Transform } from '../../connect-record.ts';
import { type ConnectMap, type ConnectValue, isMap } from '../../data/connect-value.ts';
import { basicsOf, type Field, requireStructSchema, type Schema, structSchema } from '../../data/schema.ts';
import { Struct, typeOf, validate } from '../../data/struct.ts';
import type { SchemaAndValue } from '../../data/to-document.ts';
import { TransformError } from '../../data/transform-error.ts';
import { requireMap, structOrNull } from '../../fields.ts';
import { bothSides } from '../../transform-class.ts';
import { optional, type TransformSettings } from '../../transform-settings.ts';

const PURPOSE = 'flattening';

/** Moves nested fields to the top, with the parents' names as a prefix. Arrays stay unchanged. */
function flatten(side: Side, settings: TransformSettings): Transform {
  const delimiter = settings.text('delimiter');
  const nameUnder = (prefix: string, name: string) => (prefix === '' ? name : prefix + delimiter + name);
  return onSide(side, (data) => {
    const { schema, value } = data;
    if (value === null) return data;
    if (schema !== undefined) return flattenedStruct(value, schema, nameUnder);
    const entries = entriesOf(requireMap(value, PURPOSE), '', nameUnder);
    return { schema, value: new Map(entries) };
  });
}

type NameUnder = (prefix: string, name: string) => string;
type Entry = readonly [string, ConnectValue];

function entriesOf(map: ConnectMap, prefix: string, nameUnder: NameUnder): readonly Entry[] {
  return [...map].flatMap(([key, value]): readonly Entry[] => {
    const name = nameUnder(prefix, String(key));
    if (value === null) return [[name, null]];
    if (isMap(value)) return entriesOf(value, name, nameUnder);
    const type = typeOf(value);
    if (type !== undefined && type !== 'struct') return [[name, value]];
    throw new TransformError(`without a schema, ${PURPOSE} does not support a value of this type`);
  });
}

function flattenedStruct(value: ConnectValue, schema: Schema, nameUnder: NameUnder): SchemaAndValue {
  const struct = structOrNull(value, PURPOSE);
  const root = schema.default instanceof Struct ? schema.default : null;
  const flat = structSchema(
    fieldsOf(schema, '', {
      nameUnder,
      isOptional: schema.isOptional,
      defaults: root,
      depth: 0,
      additions: new DefaultsBudget(),
    }),
    basicsOf(schema),
  );
  if (struct === null) return { schema: flat, value: null };
  const values = new Map(valuesOf(struct, '', nameUnder));
  return { schema: flat, value: Struct.of(flat, (name) => values.get(name)) };
}

/** What the enclosing structs determine for a field. */
interface FieldContext {
  readonly nameUnder: NameUnder;
  readonly isOptional: boolean;
  readonly defaults: Struct | null;
  /** How many structs enclose it. */
  readonly depth: number;
  /** What the names may take, which stand in every document. */
  readonly additions: DefaultsBudget;
}

/** @throws UnconvertibleError where the names alone are more than a document holds */
function fieldsOf(schema: Schema, prefix: string, around: FieldContext): readonly Field[] {
  if (around.depth > NESTING_MAX)
    throw new TransformError(`${PURPOSE} has no end: a struct of the schema contains itself, or lies too deep`);
  return requireStructSchema(schema).fields.flatMap((field): readonly Field[] => {
    const name = around.nameUnder(prefix, field.name);
    const isOptional = around.isOptional || field.schema.isOptional;
    const fallback = field.schema.default ?? around.defaults?.get(field.name) ?? null;
    switch (field.schema.type) {
      case 'struct':
        return fieldsOf(field.schema, name, {
          ...around,
          isOptional,
          depth: around.depth + 1,
          defaults: fallback instanceof Struct ? fallback : null,
        });
      case 'map':
        throw new TransformError(`with a schema, ${PURPOSE} does not support maps`);
      default:
        around.additions.spendField(name, 0);
        if (fallback !== null) validate({ ...field.schema, isOptional }, fallback);
        return [{ name, schema: { ...field.schema, isOptional, default: fallback } }];
    }
  });
}

function valuesOf(struct: Struct, prefix: string, nameUnder: NameUnder): readonly Entry[] {
  return struct.schema.fields.flatMap((field): readonly Entry[] => {
    const name = nameUnder(prefix, field.name);
    if (field.schema.type !== 'struct') return [[name, struct.get(field.name)]];
    const inner = structOrNull(struct.getWithoutDefault(field.name), PURPOSE);
    return inner === null ? [] : valuesOf(inner, name, nameUnder);
  });
}

export const FLATTEN = bothSides('Flatten', [optional('delimiter', anyText, '.')], flatten);
