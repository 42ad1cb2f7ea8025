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
 * A payload as the document the connector makes of it. Undefined: the converter says that there is none (the JSON null).
 * @throws UnwritableError when it is no document; the message quotes nothing
 */
export type Converter = (payload: Payload) => MutableDocument | undefined;

/** `key.converter` or `value.converter`, and how the connector reads what comes of it. */
export function createConverter(properties: TopicProperties, side: Side): Converter {
  const convert = connectConverter(properties, side);
  return (payload) => {
    const bytes = payload.bytes();
    return documentFrom(side, () => convert(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  };
}

/**
 * The document the connector makes of what a converter, or a transform behind it, gives.
 * @throws UnwritableError when it is no document; the message quotes nothing
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
      // Numbers and booleans: no document, though they may be an `_id` (msksinks.RawKeyStrategy).
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
