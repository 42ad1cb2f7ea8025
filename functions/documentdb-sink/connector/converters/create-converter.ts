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
 * Converts a payload to the document that the connector would make. Undefined if the converter returns null (JSON
 * null).
 * @throws UnwritableError if the payload is no document; the message quotes nothing
 */
export type Converter = (payload: Payload) => MutableDocument | undefined;

/** Follows `key.converter` or `value.converter`, and then the connector's conversion to a document. */
export function createConverter(properties: TopicProperties, side: Side): Converter {
  const convert = connectConverter(properties, side);
  return (payload) => {
    const bytes = payload.bytes();
    return documentFrom(side, () => convert(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  };
}

/**
 * The document that the connector makes from the data of a converter, or of a transform behind the converter.
 * @throws UnwritableError if the data is no document; the message quotes nothing
 */
export function documentFrom(side: Side, convert: () => ConnectData): MutableDocument | undefined {
  try {
    return documentOf(convert());
  } catch (error) {
    if (!(error instanceof UnconvertibleError)) throw error;
    const detail = error.message.replace(/^the value/, `the ${side}`);
    throw new UnwritableError(`Could not convert ${side} into a BsonDocument: ${detail}`);
  }
}

type ConnectConverter = (bytes: Buffer) => ConnectData;

function connectConverter(properties: TopicProperties, side: Side): ConnectConverter {
  switch (properties.text(`${side}.converter`).split('.').at(-1)) {
    case 'JsonConverter': {
      if (!properties.flag(`${side}.converter.schemas.enable`)) return readSchemalessJson;
      const options = { replaceNulls: properties.flag(`${side}.converter.replace.null.with.default`) };
      return (bytes) => readJsonWithSchema(bytes, options);
    }
    case 'ByteArrayConverter':
      return (bytes) => ({ kind: 'bytes', bytes });
    case 'StringConverter':
      return (bytes) => ({ kind: 'text', text: decodeUtf8(bytes) });
    default:
      // The converters of numbers and booleans make no document, but their data may become an `_id`
      // (msksinks.RawKeyStrategy).
      return () => ({ kind: 'other', type: 'a number or a boolean' });
  }
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
