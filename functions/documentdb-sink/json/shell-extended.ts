import { type Binary, BSONSymbol, Code, Double, MaxKey, MinKey, Timestamp } from 'mongodb';
import { regularExpressionOf } from '../bson/regular-expression.ts';
import { UnconvertibleError } from '../bson/unconvertible-error.ts';
import { parseDecimal128 } from '../java/text/decimal.ts';
import { parseInstant } from '../java/text/instant.ts';
import { parseDouble, parseHexadecimal, parseWhole } from '../java/text/numbers.ts';
import { binaryOf, bytesOfBase64, bytesOfHexadecimal, dateOf, objectIdOf } from './shell-contents.ts';
import { isSign, notJson, type ShellScanner, type Token } from './shell-scanner.ts';

export const NOT_EXTENDED: unique symbol = Symbol('not extended');

type Read = (tokens: ShellScanner, readScope: () => Map<string, unknown>) => unknown;

/**
 * Reads an object of extended JSON after its opening brace, like the Java driver: if the first name is a type, the
 * object has that type or is an error. Returns `NOT_EXTENDED` and reads nothing if the object is an ordinary document:
 * `$binary`, `$type`, `$regex` and `$options` may also be operators.
 * @throws UnconvertibleError if the rest does not fit the type
 */
export function readExtended(tokens: ShellScanner, readScope: () => Map<string, unknown>): unknown {
  const name = tokens.next();
  const read = name.kind === 'string' || name.kind === 'word' ? READERS.get(name.text) : undefined;
  const value = read === undefined ? NOT_EXTENDED : read(tokens, readScope);
  if (value === NOT_EXTENDED) tokens.push(name);
  return value;
}

export const isExtendedName = (name: string): boolean => READERS.has(name);

const wrong = (type: string): never => {
  throw new UnconvertibleError(`a ${type} of extended JSON has invalid content`);
};

function expect(tokens: ShellScanner, ...signs: readonly string[]): void {
  for (const sign of signs) if (!isSign(tokens.next(), sign)) notJson();
}

const stringAt = (tokens: ShellScanner): string => {
  const token = tokens.next();
  return token.kind === 'string' ? token.text : notJson();
};

const nameAt = (tokens: ShellScanner): string => textOfName(tokens.next());

const textOfName = (token: Token): string =>
  token.kind === 'string' || token.kind === 'word' ? token.text : notJson();

function expectName(tokens: ShellScanner, name: string): void {
  if (nameAt(tokens) !== name) notJson();
}

/** Reads a type whose content is a string. */
const ofText =
  (type: string, parse: (text: string) => unknown): Read =>
  (tokens) => {
    expect(tokens, ':');
    const value = parse(stringAt(tokens)) ?? wrong(type);
    expect(tokens, '}');
    return value;
  };

const ofOne =
  (make: () => unknown): Read =>
  (tokens) => {
    expect(tokens, ':');
    const token = tokens.next();
    if (token.kind !== 'int32' || token.value !== 1) notJson();
    expect(tokens, '}');
    return make();
  };

/** Reads two named fields in either order, separated by a comma. */
function readPair<A, B>(
  tokens: ShellScanner,
  [firstName, first]: readonly [string, () => A],
  [secondName, second]: readonly [string, () => B],
): { readonly first: A; readonly second: B } {
  const name = nameAt(tokens);
  expect(tokens, ':');
  if (name === firstName) {
    const value = first();
    expect(tokens, ',');
    expectName(tokens, secondName);
    expect(tokens, ':');
    return { first: value, second: second() };
  }
  if (name !== secondName) return notJson();
  const value = second();
  expect(tokens, ',');
  expectName(tokens, firstName);
  expect(tokens, ':');
  return { first: first(), second: value };
}

function subtypeAt(tokens: ShellScanner): number {
  const token = tokens.next();
  if (token.kind === 'int32') return token.value;
  return token.kind === 'string' ? (parseHexadecimal(token.text) ?? notJson()) : notJson();
}

const binaryFields = (tokens: ShellScanner, base64Name: string, subtypeName: string): Binary => {
  const { first, second } = readPair(
    tokens,
    [base64Name, () => bytesOfBase64(stringAt(tokens))],
    [subtypeName, () => subtypeAt(tokens)],
  );
  return binaryOf(first, second);
};

/** Reads `{"$binary": {"base64": .., "subType": ..}}`, or the old form with two names, or an ordinary document. */
const binary: Read = (tokens) => {
  const isNew = tokens.attempt(() => {
    expect(tokens, ':', '{');
    return true;
  });
  if (isNew !== true) return oldBinary('$binary')(tokens, notJson);
  const value = binaryFields(tokens, 'base64', 'subType');
  expect(tokens, '}', '}');
  return value;
};

const oldBinary =
  (name: '$binary' | '$type'): Read =>
  (tokens) =>
    tokens.attempt(() => {
      const content = () => bytesOfBase64(stringAt(tokens));
      const subtype = () => subtypeAt(tokens);
      const { first, second } = readRest(tokens, name, [
        ['$binary', content],
        ['$type', subtype],
      ]);
      expect(tokens, '}');
      return binaryOf(first as Buffer, second as number);
    }) ?? NOT_EXTENDED;

const oldRegularExpression =
  (name: '$regex' | '$options'): Read =>
  (tokens) =>
    tokens.attempt(() => {
      const { first, second } = readRest(tokens, name, [
        ['$regex', () => stringAt(tokens)],
        ['$options', () => stringAt(tokens)],
      ]);
      expect(tokens, '}');
      return regularExpressionOf(String(first), String(second));
    }) ?? NOT_EXTENDED;

type Field = readonly [string, () => unknown];

/** Reads two fields in either order, after the name of the first one. */
function readRest(tokens: ShellScanner, name: string, [one, other]: readonly [Field, Field]) {
  const isInOrder = name === one[0];
  const [earlier, later] = isInOrder ? [one, other] : [other, one];
  expect(tokens, ':');
  const first = earlier[1]();
  expect(tokens, ',');
  expectName(tokens, later[0]);
  expect(tokens, ':');
  const second = later[1]();
  return isInOrder ? { first, second } : { first: second, second: first };
}

const date: Read = (tokens) => {
  expect(tokens, ':');
  const token = tokens.next();
  const ms = isSign(token, '{') ? milliseconds(tokens) : millisecondsOf(token);
  expect(tokens, '}');
  return dateOf(ms ?? wrong('$date'));
};

/** Reads `{"$numberLong": ".."}` after its opening brace. */
function milliseconds(tokens: ShellScanner): bigint | undefined {
  expectName(tokens, '$numberLong');
  expect(tokens, ':');
  const ms = parseWhole(stringAt(tokens), 64);
  expect(tokens, '}');
  return ms;
}

function millisecondsOf(token: Token): number | bigint | undefined {
  if (token.kind === 'int32' || token.kind === 'int64') return token.value;
  return token.kind === 'string' ? parseInstant(token.text) : undefined;
}

const code: Read = (tokens, readScope) => {
  expect(tokens, ':');
  const text = stringAt(tokens);
  const next = tokens.next();
  if (isSign(next, '}')) return new Code(text);
  if (!isSign(next, ',')) return notJson();
  expectName(tokens, '$scope');
  expect(tokens, ':');
  const scope = readScope();
  expect(tokens, '}');
  // The driver serialises a Map unchanged; an object would put integer-like names first.
  return new Code(text, scope as unknown as Record<string, unknown>);
};

const timestamp: Read = (tokens) => {
  expect(tokens, ':', '{');
  const { first, second } = readPair(tokens, ['t', () => uint32At(tokens)], ['i', () => uint32At(tokens)]);
  expect(tokens, '}', '}');
  return new Timestamp({ t: first, i: second });
};

/** `Long.intValue`, which drops the higher bits. */
function uint32At(tokens: ShellScanner): number {
  const token = tokens.next();
  if (token.kind !== 'int32' && token.kind !== 'int64') return notJson();
  return Number(BigInt.asUintN(32, BigInt(token.value)));
}

const regularExpression: Read = (tokens) => {
  expect(tokens, ':', '{');
  const { first, second } = readPair(tokens, ['pattern', () => stringAt(tokens)], ['options', () => stringAt(tokens)]);
  expect(tokens, '}', '}');
  return regularExpressionOf(first, second);
};

/** Refuses BSON types that the Node.js driver does not write. */
const refused =
  (type: string): Read =>
  () => {
    throw new UnconvertibleError(`the BSON type ${type} is deprecated and not supported`);
  };

const UUID = /^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/;
const UUID_SUBTYPE = 4;
const uuid = (text: string): Binary | undefined =>
  UUID.test(text) ? binaryOf(bytesOfHexadecimal(text.replaceAll('-', '')), UUID_SUBTYPE) : undefined;

const int32 = (text: string): number | undefined => {
  const value = parseWhole(text, 32);
  return value === undefined ? undefined : Number(value);
};

const double = (text: string): Double | undefined => {
  const value = parseDouble(text);
  return value === undefined ? undefined : new Double(value);
};

const READERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['$binary', binary],
  ['$type', oldBinary('$type')],
  ['$uuid', ofText('$uuid', uuid)],
  ['$regex', oldRegularExpression('$regex')],
  ['$options', oldRegularExpression('$options')],
  ['$code', code],
  ['$date', date],
  ['$maxKey', ofOne(() => new MaxKey())],
  ['$minKey', ofOne(() => new MinKey())],
  ['$oid', ofText('$oid', objectIdOf)],
  ['$regularExpression', regularExpression],
  ['$symbol', ofText('$symbol', (text) => new BSONSymbol(text))],
  ['$timestamp', timestamp],
  ['$undefined', refused('$undefined')],
  ['$numberLong', ofText('$numberLong', (text) => parseWhole(text, 64))],
  ['$numberInt', ofText('$numberInt', int32)],
  ['$numberDouble', ofText('$numberDouble', double)],
  ['$numberDecimal', ofText('$numberDecimal', parseDecimal128)],
  ['$dbPointer', refused('$dbPointer')],
]);
