import type { Decimal128 } from 'mongodb';
import { isBase64 } from '../../../../shared/record.ts';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { decimal128Of, parseDecimal128 } from '../../java/text/decimal.ts';
import { parseWhole } from '../../java/text/numbers.ts';
import { isWhole, JsonNumber, wholeIn } from '../../json/java-number.ts';
import type { ConnectSchema } from './connect-schema.ts';

type Convert = (schema: ConnectSchema, node: unknown) => unknown;

const PACKAGE = 'org.apache.kafka.connect.data.';
const DAY_MS = 24 * 60 * 60 * 1_000;
const DATE_MS_MAX = 8.64e15;

const wrong = (detail: string): never => {
  throw new UnconvertibleError(`the payload does not fit its schema: ${detail}`);
};

function wholeNumber(node: unknown, bits: number, type: string): bigint {
  if (!(node instanceof JsonNumber && isWhole(node.token))) return wrong(`a ${type} is not a whole number`);
  const value = wholeIn(bits, node.token);
  return BigInt(node.token) === value ? value : wrong(`a ${type} does not fit into ${bits} bits`);
}

/** `longValue`, which drops the higher bits of a larger number. */
const timestamp = (node: unknown): bigint =>
  node instanceof JsonNumber && isWhole(node.token)
    ? wholeIn(64, node.token)
    : wrong('a Timestamp is not a whole number');

function dateAt(ms: number): Date {
  return Math.abs(ms) <= DATE_MS_MAX ? new Date(ms) : wrong('a date is outside the range of dates');
}

function time(node: unknown): Date {
  const ms = Number(wholeNumber(node, 32, 'Time'));
  return ms >= 0 && ms <= DAY_MS ? new Date(ms) : wrong('a Time is not between 0 and 86400000 ms');
}

function decimal(schema: ConnectSchema, node: unknown): Decimal128 {
  if (node instanceof JsonNumber) return parseDecimal128(node.token) ?? tooManyDigits();
  if (typeof node !== 'string') return wrong('a Decimal is neither a number nor bytes');
  const parameter = schema.parameters.get('scale');
  const scale = typeof parameter === 'string' ? parseWhole(parameter, 32) : undefined;
  if (scale === undefined) return wrong('the scale parameter of a Decimal is missing');
  const bytes = bytesOf(node);
  if (bytes.length === 0 || bytes.length > DECIMAL_BYTES_MAX)
    return wrong(`a Decimal must have 1 to ${DECIMAL_BYTES_MAX} bytes`);
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
  const isNegative = unscaled < 0n;
  return decimal128Of(isNegative ? -unscaled : unscaled, -Number(scale), isNegative) ?? tooManyDigits();
}

const tooManyDigits = (): never => wrong('a Decimal has more digits than a Decimal128 holds');

/** Groups of four characters, each padded or not, with optional blanks between groups. */
const BASE64 = /^[\0- ]*(?:(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)[\0- ]*)*$/;

/**
 * Reads base64 like Jackson.
 * @throws UnconvertibleError if the text is not base64
 */
export function bytesOf(text: string): Buffer {
  // Nearly every text is standard base64.
  if (isBase64(text)) return Buffer.from(text, 'base64');
  if (!BASE64.test(text)) return wrong('bytes are not base64');
  const groups = text.match(/[A-Za-z0-9+/]+=*/g) ?? [];
  return Buffer.concat(groups.map((group) => Buffer.from(group, 'base64')));
}

/** Twice the number of bytes that 34 digits need. */
const DECIMAL_BYTES_MAX = 32;

/** Connect's logical types by name. https://kafka.apache.org/documentation/#connect_schemas */
export const LOGICAL_TYPES: ReadonlyMap<string, Convert> = new Map<string, Convert>([
  [`${PACKAGE}Date`, (_schema, node) => dateAt(Number(wholeNumber(node, 32, 'Date')) * DAY_MS)],
  [`${PACKAGE}Time`, (_schema, node) => time(node)],
  [`${PACKAGE}Timestamp`, (_schema, node) => dateAt(Number(timestamp(node)))],
  [`${PACKAGE}Decimal`, decimal],
]);
