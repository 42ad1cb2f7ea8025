import type { Payload } from '../../../../shared/record.ts';
import type { MutableDocument } from '../../bson/sink-document.ts';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { decodeUtf8 } from '../../java/text/utf8.ts';
import { readRelaxedJson } from '../../json/relaxed-json.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import type { TopicProperties } from '../topic-properties.ts';
import { readBson } from './bson-reader.ts';
import { type ConnectData, readJsonWithSchema, readSchemalessJson } from './json-converter.ts';

export type Side = 'key' | 'value';

/**
 * Runs Kafka Connect's converter.
 * @throws UnwritableError if the converter refuses the payload; the message quotes nothing
 */
export type Converter = (payload: Payload) => Converted;

export interface Converted {
  /**
   * The connector's conversion to a document. Undefined if the converter returned null (JSON null).
   * @throws UnwritableError if the data is no document; the message quotes nothing
   */
  document(): MutableDocument | undefined;
}

/** Follows `key.converter` or `value.converter`, and then the connector's conversion to a document. */
export function createConverter(properties: TopicProperties, side: Side): Converter {
  const convert = connectConverter(properties, side);
  return (payload) => {
    const bytes = payload.bytes();
    const data = writable(side, () => convert(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
    return { document: () => documentFrom(side, typeof data === 'function' ? data : () => data) };
  };
}

/**
 * The document that the connector makes from the data of a converter, or of a transform behind the converter.
 * @throws UnwritableError if the data is no document; the message quotes nothing
 */
export const documentFrom = (side: Side, convert: () => ConnectData): MutableDocument | undefined =>
  writable(side, () => documentOf(convert()));

function writable<T>(side: Side, convert: () => T): T {
  try {
    return convert();
  } catch (error) {
    if (!(error instanceof UnconvertibleError)) throw error;
    const detail = error.message.replace('the value', `the ${side}`);
    throw new UnwritableError(`Could not convert ${side} into a BsonDocument: ${detail}`);
  }
}

/** A converter that refuses nothing gives its data later, and only if a strategy asks for the document. */
type ConnectConverter = (bytes: Buffer) => ConnectData | (() => ConnectData);

function connectConverter(properties: TopicProperties, side: Side): ConnectConverter {
  const name = properties.text(`${side}.converter`).split('.').at(-1) ?? '';
  switch (name) {
    case 'JsonConverter': {
      if (!properties.flag(`${side}.converter.schemas.enable`)) return readSchemalessJson;
      const options = { replaceNulls: properties.flag(`${side}.converter.replace.null.with.default`) };
      return (bytes) => readJsonWithSchema(bytes, options);
    }
    case 'ByteArrayConverter':
      return (bytes) => ({ kind: 'bytes', bytes });
    case 'StringConverter':
      return (bytes) => () => ({ kind: 'text', text: decodeUtf8(bytes) });
    default:
      return (bytes) => numberOf(name, bytes);
  }
}

/** https://github.com/apache/kafka/tree/trunk/connect/runtime/src/main/java/org/apache/kafka/connect/converters */
const BYTES_OF_NUMBERS: Readonly<Record<string, number>> = {
  BooleanConverter: 1,
  DoubleConverter: 8,
  FloatConverter: 4,
  IntegerConverter: 4,
  LongConverter: 8,
  ShortConverter: 2,
};

/** Numbers and booleans are no documents, but they may become an `_id` (msksinks.RawKeyStrategy). */
function numberOf(converter: string, bytes: Buffer): ConnectData {
  const length = BYTES_OF_NUMBERS[converter];
  if (length !== undefined && bytes.length !== length) {
    throw new UnconvertibleError(`${converter} refuses the value: it has not ${length} bytes`);
  }
  if (converter === 'BooleanConverter' && (bytes[0] ?? 0) > 1) {
    throw new UnconvertibleError('BooleanConverter refuses the value: its byte is not 0 or 1');
  }
  return { kind: 'other', type: 'a number or a boolean' };
}

/** https://github.com/mongodb/mongo-kafka/blob/master/src/main/java/com/mongodb/kafka/connect/sink/converter/SinkConverter.java */
function documentOf(data: ConnectData): MutableDocument | undefined {
  switch (data.kind) {
    case 'null':
      return undefined;
    case 'document':
      return data.document;
    case 'bytes':
      return readBson(Buffer.from(data.bytes));
    case 'text':
      return readRelaxedJson(data.text);
    case 'other':
      throw new UnconvertibleError(`No converter present due to unexpected object type: the value is ${data.type}`);
  }
}
