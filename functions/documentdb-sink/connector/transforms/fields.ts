import { type ConnectMap, type ConnectValue, isMap } from './data/connect-value.ts';
import { Struct } from './data/struct.ts';
import { TransformError } from './data/transform-error.ts';

/**
 * The checks of `Requirements` in Kafka's transforms. @param purpose what the transform is doing, for the error text
 */
export function requireMap(value: ConnectValue, purpose: string): ConnectMap {
  if (isMap(value)) return value;
  throw new TransformError(`without a schema, ${purpose} requires an object`);
}

export function requireStruct(value: ConnectValue, purpose: string): Struct {
  if (value instanceof Struct) return value;
  throw new TransformError(`with a schema, ${purpose} requires a struct`);
}

export const structOrNull = (value: ConnectValue, purpose: string): Struct | null =>
  value === null ? null : requireStruct(value, purpose);

/** `replace.null.with.default` */
export const reader =
  (replacesNulls: boolean) =>
  (struct: Struct, name: string): ConnectValue =>
    replacesNulls ? struct.get(name) : struct.getWithoutDefault(name);
