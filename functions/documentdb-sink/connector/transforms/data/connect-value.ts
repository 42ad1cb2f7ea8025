import type { BigDecimal } from './big-decimal.ts';

export type SmallNumberType = 'int8' | 'int16' | 'int32' | 'float32';

/** A number of a Java type other than Long (`bigint`) and Double (`number`). */
export class SmallNumber {
  readonly type: SmallNumberType;
  readonly value: number;

  constructor(type: SmallNumberType, value: number) {
    this.type = type;
    this.value = value;
  }
}

export const int32 = (value: number): SmallNumber => new SmallNumber('int32', value);

/**
 * A value that Kafka Connect passes to a transform. `bigint` is Java's Long, `number` is Double, and a `Map` is any
 * Java map, in its iteration order.
 * https://kafka.apache.org/43/javadoc/org/apache/kafka/connect/data/Schema.Type.html
 */
export type ConnectValue =
  | null
  | boolean
  | string
  | bigint
  | number
  | SmallNumber
  | BigDecimal
  | Date
  | Uint8Array
  | StructValue
  | readonly ConnectValue[]
  | ConnectMap;

/** The interface of `Struct`, which avoids an import circle. */
export interface StructValue {
  readonly schema: unknown;
  get(name: string): ConnectValue;
}

export type ConnectMap = ReadonlyMap<ConnectValue, ConnectValue>;

export const isMap = (value: ConnectValue): value is ConnectMap => value instanceof Map;
export const isArray = (value: ConnectValue): value is readonly ConnectValue[] => Array.isArray(value);
export const isBytes = (value: ConnectValue): value is Uint8Array => value instanceof Uint8Array;
