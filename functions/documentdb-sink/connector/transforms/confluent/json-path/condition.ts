import { BigDecimal, bigDecimalOf } from '../../data/big-decimal.ts';
import { type ConnectValue, isArray, isMap, SmallNumber } from '../../data/connect-value.ts';
import { fieldOf } from '../../data/schema.ts';
import { Struct } from '../../data/struct.ts';
import { TransformError } from '../../data/transform-error.ts';
import { doubleText, floatText } from '../../kafka/types/java-number-text.ts';

/** Whether an element fulfils a `[?( )]`. @param root the whole key or value */
export type Condition = (item: ConnectValue, root: ConnectValue) => boolean;

/** The names that lead from an element (`@`) or from the whole key or value (`$`) to a value. */
export interface ValuePath {
  readonly isFromRoot: boolean;
  readonly names: readonly string[];
}

export type Literal = string | boolean | null | BigDecimal;
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

export const isObject = (value: ConnectValue): boolean => value instanceof Struct || isMap(value);

/** Undefined if there is no such field. */
export function fieldIn(value: ConnectValue, name: string): ConnectValue | undefined {
  if (value instanceof Struct) return fieldOf(value.schema, name) === undefined ? undefined : value.get(name);
  return isMap(value) ? value.get(name) : undefined;
}

/** A field that is null exists, too. */
export const exists =
  (path: ValuePath): Condition =>
  (item, root) =>
    valueAt(path, item, root) !== undefined;

export const compares =
  (path: ValuePath, comparison: Comparison, literal: Literal): Condition =>
  (item, root) => {
    const operand = operandOf(valueAt(path, item, root));
    switch (comparison) {
      case '==':
        return isEqual(operand, literal);
      case '!=':
        return !isEqual(operand, literal);
      default:
        return isOrdered(comparison, operand, literal);
    }
  };

export const isAmong =
  (path: ValuePath, literals: readonly Literal[]): Condition =>
  (item, root) => {
    const operand = operandOf(valueAt(path, item, root));
    return literals.some((literal) => isEqual(operand, literal));
  };

/** Of an array, one element must match. @param isMatch says whether a whole text matches */
export const matches =
  (path: ValuePath, isMatch: (text: string) => boolean): Condition =>
  (item, root) => {
    const value = valueAt(path, item, root) ?? null;
    const candidates = isArray(value) ? value.map(simple) : [value];
    return candidates.some((each) => isMatch(String(operandOf(each) ?? '')));
  };

function simple(value: ConnectValue): ConnectValue {
  if (!isObject(value) && !isArray(value)) return value;
  throw new TransformError(
    'filter.condition matches an array whose elements are objects or arrays, which JsonPath refuses',
  );
}

function valueAt({ isFromRoot, names }: ValuePath, item: ConnectValue, root: ConnectValue): ConnectValue | undefined {
  let current: ConnectValue | undefined = isFromRoot ? root : item;
  for (const name of names) {
    if (current === undefined) return undefined;
    current = fieldIn(current, name);
  }
  return current;
}

/** Undefined, which equals no literal, for what is missing, an object or an array. */
function operandOf(value: ConnectValue | undefined): Literal | undefined {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (isObject(value) || isArray(value)) return undefined;
  const number = numberOf(value);
  if (number === undefined)
    throw new TransformError(
      'filter.condition compares a date, bytes, NaN or an infinite number, which JsonPath cannot compare',
    );
  return number;
}

function numberOf(value: Exclude<ConnectValue, null>): BigDecimal | undefined {
  if (value instanceof BigDecimal) return value;
  if (typeof value === 'bigint') return new BigDecimal(value, 0);
  if (typeof value === 'number') return bigDecimalOf(doubleText(value));
  if (value instanceof SmallNumber)
    return bigDecimalOf(value.type === 'float32' ? floatText(value) : String(value.value));
  return undefined;
}

/** As JsonPath: a number equals a text of the same number, and a text equals the text of a number. */
function isEqual(operand: Literal | undefined, literal: Literal): boolean {
  if (operand instanceof BigDecimal) {
    const other = typeof literal === 'string' ? bigDecimalOf(literal) : literal;
    return other instanceof BigDecimal && difference(operand, other) === 0n;
  }
  if (typeof operand === 'string' && literal instanceof BigDecimal) return operand === literal.toString();
  return operand === literal;
}

function isOrdered(
  comparison: Exclude<Comparison, '==' | '!='>,
  operand: Literal | undefined,
  literal: Literal,
): boolean {
  const order = orderOf(operand, literal);
  if (order === undefined) return false;
  switch (comparison) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** Negative if the operand is less; undefined for values of different types, which have no order. */
function orderOf(operand: Literal | undefined, literal: Literal): bigint | number | undefined {
  if (operand instanceof BigDecimal && literal instanceof BigDecimal) return difference(operand, literal);
  if (typeof operand !== 'string' || typeof literal !== 'string') return undefined;
  if (operand === literal) return 0;
  return operand < literal ? -1 : 1;
}

/** Scaled by a power of ten. */
function difference(a: BigDecimal, b: BigDecimal): bigint {
  const scale = Math.max(a.scale, b.scale);
  return a.unscaled * 10n ** BigInt(scale - a.scale) - b.unscaled * 10n ** BigInt(scale - b.scale);
}
