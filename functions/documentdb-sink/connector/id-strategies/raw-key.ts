import { Double } from 'mongodb';
import type { SourceRecord } from '../../../../shared/record.ts';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { JsonReader } from '../../json/json-reader.ts';
import { idFromKey } from '../../plan/key.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import { payloadWithSchema } from '../converters/json-converter.ts';
import type { TopicProperties } from '../topic-properties.ts';
import type { IdStrategy } from './id-strategy.ts';

type Read = (bytes: Buffer) => unknown;

/**
 * An extension of this project: the key itself as `_id`, which the connector refuses unless the key is a document. A
 * number from the key's converter stays a number, and a key with a schema is what its schema says. Any other key becomes
 * its text, or binary data if the key is not valid UTF-8.
 */
export function rawKey(properties: TopicProperties): IdStrategy {
  const converter = properties.text('key.converter').split('.').at(-1) ?? '';
  const hasSchema = converter === 'JsonConverter' && properties.flag('key.converter.schemas.enable');
  const read = hasSchema ? payload(properties) : (READERS.get(converter) ?? (() => undefined));
  return (document, record) => {
    const id = document.rawKey === undefined ? (scalarOf(record, read) ?? idFromKey(record)) : document.rawKey();
    if (id === undefined) throw new UnwritableError('_id is missing: the record has no key');
    return id;
  };
}

const scalarOf = ({ key }: SourceRecord, read: Read): unknown => {
  const bytes = key?.bytes();
  return bytes === undefined ? undefined : read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
};

const sized =
  (length: number, read: Read): Read =>
  (bytes) => {
    if (bytes.length !== length) throw new UnwritableError(`the key is not a number of ${length} bytes`);
    return read(bytes);
  };

/** Kafka Connect's number converters, big-endian. https://kafka.apache.org/documentation/#connect_configuring */
const READERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['ShortConverter', sized(2, (bytes) => bytes.readInt16BE())],
  ['IntegerConverter', sized(4, (bytes) => bytes.readInt32BE())],
  ['LongConverter', sized(8, (bytes) => bytes.readBigInt64BE())],
  ['FloatConverter', sized(4, (bytes) => new Double(bytes.readFloatBE()))],
  ['DoubleConverter', sized(8, (bytes) => new Double(bytes.readDoubleBE()))],
  ['JsonConverter', jsonScalar],
]);

/** Without its schema. Whoever reads the key later may find another schema, and has to find the same document. */
function payload(properties: TopicProperties): Read {
  const options = { replaceNulls: properties.flag('key.converter.replace.null.with.default') };
  return (bytes) => {
    try {
      return payloadWithSchema(bytes, options) ?? undefined;
    } catch (error) {
      if (error instanceof UnconvertibleError) throw new UnwritableError(error.message.replace('the value', 'the key'));
      throw error;
    }
  };
}

/** A JSON key that is a number or a string. Whole numbers are Int64, as in the converter. */
function jsonScalar(bytes: Buffer): unknown {
  try {
    const value = new JsonReader(bytes.toString()).read();
    if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
    const isScalar = ['number', 'bigint', 'string'].includes(typeof value) || value instanceof Double;
    return isScalar ? value : undefined;
  } catch (error) {
    if (error instanceof UnconvertibleError) return undefined;
    throw error;
  }
}
