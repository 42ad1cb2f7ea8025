import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import { DATE_NAME, DECIMAL_NAME, type Schema, TIME_NAME, TIMESTAMP_NAME } from '../../transforms/data/schema.ts';
import { isObject, numberIn } from '../schema/schema-json.ts';
import type { AvroOptions } from './avro-options.ts';
import type { AvroType } from './avro-type.ts';

const wrong = (detail: string): never => {
  throw new UnconvertibleError(`the Avro schema is wrong: ${detail}`);
};

/** The schema with its name, its parameters and its version: what Avro's attributes and those of Connect say of it. */
export function withAnnotations(schema: Schema, type: AvroType, { metaData }: AvroOptions): Schema {
  const logical = logicalName(type);
  const name = nameOf(type, logical);
  if (logical !== undefined && name !== undefined && name !== logical)
    return wrong('connect.name and logicalType differ');
  const version = numberIn(type.attributes['connect.version']);
  const parameters = new Map([...builtInParameters(type, logical), ...(metaData ? ownParameters(type) : [])]);
  return {
    ...schema,
    name: name ?? logical,
    version: version ?? (logical === undefined ? undefined : 1),
    parameters: parameters.size === 0 ? undefined : parameters,
  };
}

/** Connect's logical types are named by schema; of Avro's it knows those that count milliseconds, days and decimals. */
const LOGICAL_TYPES: ReadonlyMap<string, string> = new Map([
  ['bytes decimal', DECIMAL_NAME],
  ['fixed decimal', DECIMAL_NAME],
  ['int date', DATE_NAME],
  ['int time-millis', TIME_NAME],
  ['long timestamp-millis', TIMESTAMP_NAME],
]);

const logicalName = ({ kind, attributes: { logicalType } }: AvroType): string | undefined =>
  typeof logicalType === 'string' ? LOGICAL_TYPES.get(`${kind} ${logicalType.toLowerCase()}`) : undefined;

const DEFAULT_NAME = 'io.confluent.connect.avro.ConnectDefault';

function nameOf(type: AvroType, logical: string | undefined): string | undefined {
  const given = type.attributes['connect.name'];
  if (given !== undefined && typeof given !== 'string') return wrong('connect.name is not text');
  const own = 'name' in type && !(type.kind === 'fixed' && logical === DECIMAL_NAME) ? type.name : undefined;
  const name = given ?? own;
  return name?.startsWith(DEFAULT_NAME) ? undefined : name;
}

function builtInParameters(type: AvroType, logical: string | undefined): readonly (readonly [string, string])[] {
  const { scale, precision } = type.attributes;
  return [
    ...(logical === DECIMAL_NAME ? [['scale', String(numberIn(scale) ?? 0)] as const] : []),
    ...(logical === DECIMAL_NAME && precision !== undefined && numberIn(precision) !== 64
      ? [['connect.decimal.precision', String(numberIn(precision) ?? wrong('precision is not a number'))] as const]
      : []),
    ...(type.kind === 'fixed' ? [['connect.fixed.size', String(type.size)] as const] : []),
    ...(type.kind === 'enum'
      ? [
          ['io.confluent.connect.avro.Enum', type.name] as const,
          ...type.symbols.map((symbol) => [`io.confluent.connect.avro.Enum.${symbol}`, symbol] as const),
        ]
      : []),
  ];
}

function ownParameters({ attributes }: AvroType): readonly (readonly [string, string])[] {
  const parameters = attributes['connect.parameters'];
  if (parameters === undefined) return [];
  if (!isObject(parameters)) return wrong('connect.parameters is not an object');
  return Object.entries(parameters).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : wrong('a parameter is not text'),
  ]);
}
