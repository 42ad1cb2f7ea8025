import { type ConnectMap, type ConnectValue, isMap } from './data/connect-value.ts';
import { Struct } from './data/struct.ts';
import { TransformError } from './data/transform-error.ts';

/** What `Requirements` of Kafka's transforms asks. @param purpose what the transform is about to do, for the error */
export function requireMap(value: ConnectValue, purpose: string): ConnectMap {
  if (isMap(value)) return value;
  throw new TransformError(`without a schema only an object is taken for ${purpose}`);
}

export function requireStruct(value: ConnectValue, purpose: string): Struct {
  if (value instanceof Struct) return value;
  throw new TransformError(`with a schema only a struct is taken for ${purpose}`);
}

export const structOrNull = (value: ConnectValue, purpose: string): Struct | null =>
  value === null ? null : requireStruct(value, purpose);

/** `replace.null.with.default` */
export const reader =
  (replacesNulls: boolean) =>
  (struct: Struct, name: string): ConnectValue =>
    replacesNulls ? struct.get(name) : struct.getWithoutDefault(name);
