import { type Binary, type Decimal128, MaxKey, MinKey, Timestamp } from 'mongodb';
import { regularExpressionOf } from '../bson/regular-expression.ts';
import { UnconvertibleError } from '../bson/unconvertible-error.ts';
import { decimal128OfDouble, parseDecimal128 } from '../java/text/decimal.ts';
import { parseInstant } from '../java/text/instant.ts';
import { parseWhole } from '../java/text/numbers.ts';
import { binaryOf, bytesOfBase64, bytesOfHexadecimal, dateOf, objectIdOf } from './shell-contents.ts';
import { isSign, notJson, type ShellScanner, type Token } from './shell-scanner.ts';

/** Reads what follows the word. */
type Call = (tokens: ShellScanner) => unknown;

/**
 * Reads a word without quotes: a constant, or a type with its parameters in parentheses.
 * @throws UnconvertibleError if the word has no meaning
 */
export function readCall(tokens: ShellScanner, word: string): unknown {
  const constant = CONSTANTS.get(word);
  if (constant !== undefined) return constant();
  if (word !== 'new') return call(tokens, CALLS.get(word));
  const name = tokens.next();
  const isNewable = name.kind === 'word' && !NOT_NEWABLE.has(name.text);
  return call(tokens, isNewable ? (NEW_CALLS.get(name.text) ?? CALLS.get(name.text)) : undefined);
}

const call = (tokens: ShellScanner, read: Call | undefined): unknown => (read === undefined ? notJson() : read(tokens));

const CONSTANTS: ReadonlyMap<string, () => unknown> = new Map<string, () => unknown>([
  ['true', () => true],
  ['false', () => false],
  ['null', () => null],
  ['NaN', () => Number.NaN],
  ['Infinity', () => Number.POSITIVE_INFINITY],
]);

const wrong = (call: string): never => {
  throw new UnconvertibleError(`${call} has an invalid parameter`);
};

function expect(tokens: ShellScanner, sign: string): void {
  if (!isSign(tokens.next(), sign)) notJson();
}

/** Reads one parameter in parentheses. */
function only<T>(tokens: ShellScanner, read: (token: Token) => T): T {
  expect(tokens, '(');
  const value = read(tokens.next());
  expect(tokens, ')');
  return value;
}

/** Reads two parameters, separated by a comma, in parentheses. */
function pair<A, B>(tokens: ShellScanner, read: readonly [(token: Token) => A, (token: Token) => B]): [A, B] {
  expect(tokens, '(');
  const first = read[0](tokens.next());
  expect(tokens, ',');
  const second = read[1](tokens.next());
  expect(tokens, ')');
  return [first, second];
}

const string = (token: Token): string => (token.kind === 'string' ? token.text : notJson());
const int32 = (token: Token): number => (token.kind === 'int32' ? token.value : notJson());
const stringOrWord = (token: Token): string => (token.kind === 'word' ? token.text : string(token));

function whole(token: Token, bits: 32 | 64): bigint | undefined {
  if (token.kind === 'int32') return BigInt(token.value);
  if (token.kind === 'int64' && bits === 64) return token.value;
  return token.kind === 'string' ? parseWhole(token.text, bits) : undefined;
}

function decimal(token: Token): Decimal128 | undefined {
  switch (token.kind) {
    case 'int32':
    case 'int64':
      return parseDecimal128(String(token.value));
    case 'double':
      return decimal128OfDouble(token.value);
    default:
      return parseDecimal128(string(token));
  }
}

/** The constants of the driver's `BsonBinarySubType`; every other number counts as 0. */
const HEX_DATA_SUBTYPES: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6, 7, -128]);

function hexData(tokens: ShellScanner): Binary {
  const [subtype, digits] = pair(tokens, [int32, string]);
  const bytes = bytesOfHexadecimal(digits.length % 2 === 0 ? digits : `0${digits}`);
  return binaryOf(bytes, HEX_DATA_SUBTYPES.has(subtype) ? subtype : 0);
}

function binData(tokens: ShellScanner): Binary {
  const [subtype, base64] = pair(tokens, [int32, stringOrWord]);
  return binaryOf(bytesOfBase64(base64), subtype);
}

const UUID_SUBTYPE = 4;
const uuid = (tokens: ShellScanner): Binary =>
  binaryOf(bytesOfHexadecimal(only(tokens, string).replaceAll('-', '')), UUID_SUBTYPE);

function regExp(tokens: ShellScanner): unknown {
  expect(tokens, '(');
  const pattern = string(tokens.next());
  const options = tokens.skip(',') ? string(tokens.next()) : '';
  expect(tokens, ')');
  return regularExpressionOf(pattern, options);
}

function timestamp(tokens: ShellScanner): Timestamp {
  const [t, i] = pair(tokens, [int32, int32]);
  return new Timestamp({ t: t >>> 0, i: i >>> 0 });
}

/**
 * `ISODate()` without a parameter is refused: it is the time of reading, and each delivery of the record would make
 * another document.
 */
const isoDate: Call = (tokens) => dateOf(only(tokens, (token) => parseInstant(string(token)) ?? wrong('ISODate')));

/** Reads milliseconds, or year, month (from 0), day and so on. */
const newDate: Call = (tokens) => {
  expect(tokens, '(');
  const parts = [integer(tokens.next())];
  while (!tokens.skip(')')) {
    expect(tokens, ',');
    parts.push(integer(tokens.next()));
  }
  const [year = 0n, month = 0n, day = 0n, hours = 0n, minutes = 0n, seconds = 0n, ms = 0n] = parts;
  if (parts.length === 1) return dateOf(year);
  if (parts.length < 3 || Number(year) <= GREGORIAN_SINCE) return wrong('Date');
  const clock = [hours, minutes, seconds, ms].map(intOf);
  const date = new Date(0);
  date.setUTCFullYear(intOf(year), intOf(month), intOf(day));
  date.setUTCHours(clock[0] ?? 0, clock[1], clock[2], clock[3]);
  return dateOf(date.getTime());
};

/** Before this year, Java uses the Julian calendar. */
const GREGORIAN_SINCE = 1582;
const intOf = (value: bigint): number => Number(BigInt.asIntN(32, value));

const integer = (token: Token): bigint =>
  token.kind === 'int32' || token.kind === 'int64' ? BigInt(token.value) : wrong('Date');

/** The parentheses are optional. */
const key =
  (make: () => unknown): Call =>
  (tokens) => {
    if (tokens.skip('(')) expect(tokens, ')');
    return make();
  };

/** Refuses types that the driver does not write, and calls that read the clock. */
const refused =
  (name: string): Call =>
  () => {
    throw new UnconvertibleError(`${name} is not supported`);
  };

const CALLS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['undefined', refused('undefined')],
  ['MinKey', key(() => new MinKey())],
  ['MaxKey', key(() => new MaxKey())],
  ['BinData', binData],
  ['Date', refused('Date(..) without new, which is the time of reading as text,')],
  ['HexData', hexData],
  ['ISODate', isoDate],
  ['NumberInt', (tokens) => Number(only(tokens, (token) => whole(token, 32) ?? wrong('NumberInt')))],
  ['NumberLong', (tokens) => only(tokens, (token) => whole(token, 64) ?? wrong('NumberLong'))],
  ['NumberDecimal', (tokens) => only(tokens, (token) => decimal(token) ?? wrong('NumberDecimal'))],
  ['ObjectId', (tokens) => objectIdOf(only(tokens, string))],
  ['Timestamp', timestamp],
  ['RegExp', regExp],
  ['DBPointer', refused('DBPointer')],
  ['UUID', uuid],
]);

const NEW_CALLS: ReadonlyMap<string, Call> = new Map([['Date', newDate]]);
const NOT_NEWABLE: ReadonlySet<string> = new Set(['undefined', 'Timestamp']);
