import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import { type ConnectValue, int32, SmallNumber } from '../../transforms/data/connect-value.ts';
import { hashMap, tableFor } from '../../transforms/data/hash-map.ts';
import type { AvroInput } from './avro-input.ts';
import type { AvroType } from './avro-type.ts';

/** What Connect writes without a schema: a record of which one field is set. */
export const isAnything = (type: AvroType, namespace: string): boolean =>
  type.kind === 'record' && type.name === `${namespace}.Anything`;

/** Its fields in order; each is a union of null and that. `AvroData.ANYTHING_SCHEMA` */
const FIELDS: readonly ((input: AvroInput) => ConnectValue)[] = [
  (input) => input.boolean(),
  (input) => input.bytes(),
  (input) => input.double(),
  (input) => new SmallNumber('float32', input.float()),
  (input) => int32(input.int()),
  (input) => input.long(),
  (input) => input.string(),
  elements,
  entries,
];

export const readAnything = (input: AvroInput): ConnectValue =>
  input.nested(() => {
    // Every field is read; the first that is set counts.
    const values = FIELDS.map((read) => (input.index(2) === 0 ? null : read(input)));
    return values.find((value) => value !== null) ?? null;
  });

function elements(input: AvroInput): ConnectValue {
  const values: ConnectValue[] = [];
  input.blocks(() => values.push(readAnything(input)));
  return values;
}

function entries(input: AvroInput): ConnectValue {
  const pairs = new Map<string, ConnectValue>();
  input.blocks(() => {
    const key = readAnything(input);
    if (typeof key !== 'string') throw new UnconvertibleError('only maps whose keys are strings become documents');
    pairs.set(key, readAnything(input));
  });
  return hashMap(pairs, tableFor(pairs.size));
}
