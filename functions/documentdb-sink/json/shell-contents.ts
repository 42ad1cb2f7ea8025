import { Binary, ObjectId } from 'mongodb';
import { UnconvertibleError } from '../bson/unconvertible-error.ts';
import { decodeBase64 } from '../java/text/base64.ts';

const wrong = (type: string): never => {
  throw new UnconvertibleError(`${type} has a content that ${type} does not take`);
};

/** A BSON date; beyond what a JavaScript date can hold (the years +-271,821) there is none. */
const DATE_MS_MAX = 8.64e15;

/** @throws UnconvertibleError beyond what a date can hold */
export function dateOf(ms: number | bigint): Date {
  if (Math.abs(Number(ms)) > DATE_MS_MAX) {
    throw new UnconvertibleError('the value contains a date outside the range of dates');
  }
  return new Date(Number(ms));
}

/** @throws UnconvertibleError unless the text is base64 as Java takes it */
export const bytesOfBase64 = (text: string): Buffer => decodeBase64(text) ?? wrong('binary data');

/** @throws UnconvertibleError unless the text is pairs of hexadecimal digits */
export const bytesOfHexadecimal = (text: string): Buffer =>
  /^(?:[0-9a-fA-F]{2})*$/.test(text) ? Buffer.from(text, 'hex') : wrong('binary data');

/** @param subtype of which the lowest eight bits count, as where Java makes a byte of an int */
export const binaryOf = (bytes: Buffer, subtype: number): Binary => new Binary(bytes, subtype & 0xff);

/** @throws UnconvertibleError unless the text is 24 hexadecimal digits */
export const objectIdOf = (text: string): ObjectId =>
  /^[0-9a-fA-F]{24}$/.test(text) ? new ObjectId(text) : wrong('an ObjectId');
