import { Binary, Decimal128, Double } from 'mongodb';
import { isNumber } from '../../support/document-server/bson-numbers.ts';
import { isEqual } from '../../support/document-server/bson-order.ts';
import { SECRET } from '../services/kafka-log.ts';

/** The same number to the server, of another type each time. https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/ */
const numberAs = (value: number, turn: number): unknown =>
  [value, BigInt(value), new Double(value), Decimal128.fromString(`${value}.0`)][turn % 4];

/** By the number in a key: `_id` values that are easily taken for each other, and are not equal. In each, equal ones. */
const ODD_IDS: Readonly<Record<number, (turn: number) => unknown>> = {
  1: (turn) => [0, new Double(-0), 0n, Decimal128.fromString('-0')][turn % 4],
  2: (turn) => [Number.NaN, Decimal128.fromString('NaN')][turn % 2],
  3: (turn) =>
    new Map<string, unknown>([
      ['a', numberAs(1, turn)],
      ['b', 2],
    ]),
  4: (turn) =>
    new Map<string, unknown>([
      ['b', numberAs(2, turn)],
      ['a', 1],
    ]),
  5: (turn) => (turn % 2 === 0 ? new Binary(Buffer.from([1])) : Buffer.from([1])),
  6: () => new Binary(Buffer.from([1]), 4),
};

/** `hunter2-7` */
const numberIn = (key: string): number => Number(key.slice(SECRET.length + 1));

/**
 * The `_id` of a key's document, equal for all its records, though it may be of another type in each.
 * @param recordId decides which of the types
 */
export function wideIdOf(key: string, recordId: number): unknown {
  const number = numberIn(key);
  return ODD_IDS[number]?.(recordId) ?? numberAs(number, recordId);
}

/** The key of an `_id` that {@link wideIdOf} made, or of one that is equal. */
export function keyOfWideId(id: unknown): string {
  const odd = Object.entries(ODD_IDS).find(([, make]) => isEqual(make(0), id));
  return `${SECRET}-${odd === undefined && isNumber(id) ? Number(String(id)) : odd?.[0]}`;
}
