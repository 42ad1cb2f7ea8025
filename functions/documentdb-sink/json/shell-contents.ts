import { Binary, ObjectId } from 'mongodb';
import { UnconvertibleError } from '../bson/unconvertible-error.ts';
import { decodeBase64 } from '../java/text/base64.ts';

const wrong = (type: string): never => {
  throw new UnconvertibleError(`${type} has invalid content`);
};

/** The range of JavaScript dates (years +-271,821). */
const DATE_MS_MAX = 8.64e15;

/** @throws UnconvertibleError outside the range of JavaScript dates */
export function dateOf(ms: number | bigint): Date {
  if (Math.abs(Number(ms)) > DATE_MS_MAX) {
    throw new UnconvertibleError('the value contains a date outside the range of dates');
  }
  return new Date(Number(ms));
}

/** @throws UnconvertibleError unless Java accepts the text as base64 */
export const bytesOfBase64 = (text: string): Buffer => decodeBase64(text) ?? wrong('binary data');

/** @throws UnconvertibleError unless the text consists of pairs of hexadecimal digits */
export const bytesOfHexadecimal = (text: string): Buffer =>
  /^(?:[0-9a-fA-F]{2})*$/.test(text) ? Buffer.from(text, 'hex') : wrong('binary data');

/** @param subtype only the lowest eight bits count, as when Java casts an int to a byte */
export const binaryOf = (bytes: Buffer, subtype: number): Binary => new Binary(bytes, subtype & 0xff);

/** @throws UnconvertibleError unless the text is 24 hexadecimal digits */
export const objectIdOf = (text: string): ObjectId =>
  /^[0-9a-fA-F]{24}$/.test(text) ? new ObjectId(text) : wrong('an ObjectId');
