import { inflateSync } from 'node:zlib';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { DOCUMENT_BYTES_MAX } from '../../limits.ts';

/** A payload, divided. */
export interface Framed {
  /** Of the schema that wrote it. */
  readonly id: string;
  readonly content: () => Buffer;
}

/** How a serializer puts the id of a schema before its bytes. Undefined: it is not this serializer's payload. */
export type WireFormat = (payload: Buffer) => Framed | undefined;

const MAGIC_BYTE = 0;
const HEADER_BYTES = 5;

/** https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format */
export const confluentFormat: WireFormat = (payload) => {
  if (payload.length < HEADER_BYTES || payload[0] !== MAGIC_BYTE) return undefined;
  const id = payload.readInt32BE(1);
  // No registry gives such an id, and some answer a question for one as if the question were wrong.
  if (id < 0) return undefined;
  return { id: String(id), content: () => payload.subarray(HEADER_BYTES) };
};

const GLUE_VERSION = 3;
const GLUE_HEADER_BYTES = 18;
const [PLAIN, ZLIB] = [0, 5];

/** https://github.com/awslabs/aws-glue-schema-registry (GlueSchemaRegistryDeserializerDataParser) */
export const glueFormat: WireFormat = (payload) => {
  const [version, compression] = payload;
  if (payload.length < GLUE_HEADER_BYTES || version !== GLUE_VERSION) return undefined;
  if (compression !== PLAIN && compression !== ZLIB) return undefined;
  const id = uuidOf(payload.subarray(2, GLUE_HEADER_BYTES));
  const content = payload.subarray(GLUE_HEADER_BYTES);
  return { id, content: () => (compression === ZLIB ? inflated(content) : content) };
};

const uuidOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** No document takes more. */
const CONTENT_BYTES_MAX = 2 * DOCUMENT_BYTES_MAX;

function inflated(content: Buffer): Buffer {
  try {
    return inflateSync(content, { maxOutputLength: CONTENT_BYTES_MAX });
  } catch {
    throw new UnconvertibleError('the value is not compressed with zlib as its header says, or is too large');
  }
}
