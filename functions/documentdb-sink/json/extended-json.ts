import {
  Binary,
  type BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'mongodb';
import { regularExpressionOf } from '../bson/regular-expression.ts';
import { UnconvertibleError } from '../bson/unconvertible-error.ts';
import { parseInstant } from '../java/text/instant.ts';

type Fields = ReadonlyMap<string, unknown>;

/**
 * Returns undefined for an object of another shape, which stays a document. Throws if the shape matches and the content
 * does not.
 */
type Reader = (fields: Fields, content: unknown) => unknown;

/** Whether the first name of the object is a type of extended JSON. */
export function isExtended(fields: Fields): boolean {
  const [first] = fields.keys();
  return first !== undefined && first.charCodeAt(0) === 0x24 && READERS.has(first);
}

/**
 * The BSON value of an object of extended JSON (version 2, and version 1 in its strict form). Returns the object itself
 * if its shape differs, such as `{"$date": .., "zone": ..}`.
 * https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md
 * @throws UnconvertibleError if the shape matches and the content does not
 */
export function interpret(fields: Fields): unknown {
  const [first = '', content] = fields.entries().next().value ?? [];
  return READERS.get(first)?.(fields, content) ?? fields;
}

const hasOnly = (fields: Fields, ...names: string[]): boolean =>
  fields.size === names.length && names.every((name) => fields.has(name));

const wrong = (type: string): never => {
  throw new UnconvertibleError(`a ${type} of extended JSON has invalid content`);
};

/** A reader for an object with one field. */
const single =
  (type: string, read: (content: unknown) => unknown): Reader =>
  (fields) =>
    hasOnly(fields, type) ? (read(fields.get(type)) ?? wrong(type)) : undefined;

const textOf = (content: unknown, form: RegExp): string | undefined =>
  typeof content === 'string' && form.test(content) ? content : undefined;

const INTEGER = /^-?\d{1,19}$/;
const DOUBLE = /^(?:-?Infinity|NaN|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const DATE_MS_MAX = 8.64e15;

function integerOf(content: unknown, bits: number): bigint | undefined {
  const digits = textOf(content, INTEGER);
  const value = digits === undefined ? wholeOf(content) : BigInt(digits);
  return value !== undefined && BigInt.asIntN(bits, value) === value ? value : undefined;
}

const wholeOf = (content: unknown): bigint | undefined => {
  if (typeof content === 'bigint') return content;
  return Number.isInteger(content) ? BigInt(content as number) : undefined;
};

const int32 = (content: unknown): number | undefined => {
  const value = integerOf(content, 32);
  return value === undefined ? undefined : Number(value);
};

const double = (content: unknown): Double | undefined => {
  if (content instanceof Double) return content;
  const value = typeof content === 'number' ? content : Number(textOf(content, DOUBLE) ?? 'none');
  return Number.isNaN(value) && content !== 'NaN' ? undefined : new Double(value);
};

/** A BSON date; undefined outside the range of JavaScript dates (years +-271,821). */
function date(content: unknown): Date | undefined {
  const ms = typeof content === 'string' ? instantOf(content) : undefined;
  const milliseconds = ms ?? Number(integerOf(content, 64) ?? Number.NaN);
  return Math.abs(milliseconds) <= DATE_MS_MAX ? new Date(milliseconds) : undefined;
}

/** A date without a time is refused; `+0200` is read like `+02:00`. */
const instantOf = (text: string): number | undefined =>
  text.includes('T') ? parseInstant(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) : undefined;

const decimal = (content: unknown): Decimal128 | undefined => {
  try {
    return typeof content === 'string' ? Decimal128.fromString(content) : undefined;
  } catch {
    // The error quotes its input; the caller writes the message.
    return undefined;
  }
};

const BASE64 = /^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2}(?:==)?|[A-Za-z0-9+/_-]{3}=?)?$/;
const SUBTYPE = /^[0-9a-fA-F]{1,2}$/;
const UUID = /^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/;
const UUID_SUBTYPE = 4;

function binary(base64: unknown, subtype: unknown): Binary {
  const bytes = textOf(base64, BASE64);
  const type = typeof subtype === 'number' ? subtype.toString(16) : textOf(subtype, SUBTYPE);
  if (bytes === undefined || type === undefined) return wrong('$binary');
  return new Binary(Buffer.from(bytes, 'base64'), Number.parseInt(type, 16));
}

const readBinary: Reader = (fields, content) => {
  if (hasOnly(fields, '$binary', '$type')) return binary(fields.get('$binary'), fields.get('$type'));
  if (!(hasOnly(fields, '$binary') && content instanceof Map && hasOnly(content, 'base64', 'subType')))
    return undefined;
  return binary(content.get('base64'), content.get('subType'));
};

const uuid = (content: unknown): Binary | undefined => {
  const digits = textOf(content, UUID)?.replaceAll('-', '');
  return digits === undefined ? undefined : new Binary(Buffer.from(digits, 'hex'), UUID_SUBTYPE);
};

const UINT32_MAX = 2 ** 32 - 1;

function timestamp(content: unknown): Timestamp | undefined {
  if (!(content instanceof Map && hasOnly(content, 't', 'i'))) return undefined;
  const [t, i] = [Number(wholeOf(content.get('t')) ?? -1), Number(wholeOf(content.get('i')) ?? -1)];
  return Math.min(t, i) >= 0 && Math.max(t, i) <= UINT32_MAX ? new Timestamp({ t, i }) : undefined;
}

function regularExpression(pattern: unknown, options: unknown): BSONRegExp {
  if (typeof pattern !== 'string' || typeof options !== 'string') return wrong('$regularExpression');
  return regularExpressionOf(pattern, options);
}

const readRegularExpression: Reader = (fields, content) => {
  if (!(hasOnly(fields, '$regularExpression') && content instanceof Map && hasOnly(content, 'pattern', 'options'))) {
    return undefined;
  }
  return regularExpression(content.get('pattern'), content.get('options'));
};

const readLegacyRegularExpression: Reader = (fields) =>
  hasOnly(fields, '$regex', '$options') ? regularExpression(fields.get('$regex'), fields.get('$options')) : undefined;

const readCode: Reader = (fields, content) => {
  if (hasOnly(fields, '$code')) return typeof content === 'string' ? new Code(content) : wrong('$code');
  const scope = fields.get('$scope');
  if (!hasOnly(fields, '$code', '$scope')) return undefined;
  return typeof content === 'string' && scope instanceof Map
    ? new Code(content, scope as unknown as Record<string, unknown>)
    : wrong('$code');
};

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [
    '$oid',
    single('$oid', (content) => (textOf(content, /^[0-9a-fA-F]{24}$/) ? new ObjectId(String(content)) : undefined)),
  ],
  ['$date', single('$date', date)],
  ['$numberInt', single('$numberInt', int32)],
  ['$numberLong', single('$numberLong', (content) => integerOf(content, 64))],
  ['$numberDouble', single('$numberDouble', double)],
  ['$numberDecimal', single('$numberDecimal', decimal)],
  ['$binary', readBinary],
  ['$type', readBinary],
  ['$uuid', single('$uuid', uuid)],
  ['$timestamp', single('$timestamp', timestamp)],
  ['$regularExpression', readRegularExpression],
  ['$regex', readLegacyRegularExpression],
  ['$options', readLegacyRegularExpression],
  ['$code', readCode],
  ['$symbol', single('$symbol', (content) => (typeof content === 'string' ? new BSONSymbol(content) : undefined))],
  ['$minKey', single('$minKey', (content) => (content === 1 ? new MinKey() : undefined))],
  ['$maxKey', single('$maxKey', (content) => (content === 1 ? new MaxKey() : undefined))],
]);
