import { BSON } from 'mongodb';
import { doubleOf, isNumber } from './bson-numbers.ts';
import { bsonClassOf, entriesOf, isDocument } from './bson-values.ts';

/**
 * A value with its type, as canonical extended JSON has it: texts are equal where the driver writes the same bytes, but for
 * the order of fields. https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md
 */
export function exactText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (isNumber(value)) return exactNumber(value);
  if (Array.isArray(value)) return `[${value.map(exactText).join()}]`;
  if (!isDocument(value)) return BSON.EJSON.stringify(value ?? null, { relaxed: false });
  const fields = entriesOf(value).map(([name, inner]) => `${JSON.stringify(name)}:${exactText(inner)}`);
  return `{${fields.toSorted().join()}}`;
}

/** Of numbers of JavaScript the driver writes those as int32 that are whole and fit, and all others as doubles. */
function exactNumber(value: unknown): string {
  const name = typeof value === 'bigint' ? 'Long' : bsonClassOf(value);
  const number = doubleOf(value);
  if (name === 'Long' || name === 'Decimal128') return `${name} ${value}`;
  const isInt32 = name === 'Int32' || (name === undefined && (number | 0) === number && !Object.is(number, -0));
  return `${isInt32 ? 'int' : 'double'} ${Object.is(number, -0) ? '-0' : number}`;
}
