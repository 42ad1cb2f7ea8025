import { BSON } from 'mongodb';
import { createConverter } from '../../functions/documentdb-sink/connector/converters/create-converter.ts';
import { DEFAULTS } from '../../functions/documentdb-sink/connector/file/properties-table.ts';
import { TopicProperties } from '../../functions/documentdb-sink/connector/topic-properties.ts';
import { UnwritableError } from '../../functions/documentdb-sink/plan/unwritable-error.ts';
import { payloadOf } from '../../shared/record.ts';

export const CONNECT = 'org.apache.kafka.connect';

export const convert = (properties: object, content: string | Uint8Array) =>
  createConverter(
    new TopicProperties(new Map([...DEFAULTS, ...Object.entries(properties)])),
    'value',
  )(payloadOf(Buffer.from(content).toString('base64'))).document();

/** What a server would store, in canonical extended JSON, or why nothing would be. */
export function stored(properties: object, content: string | Uint8Array): string {
  try {
    const document = convert(properties, content);
    if (document === undefined) return 'nothing';
    const bytes = BSON.serialize(document as unknown as BSON.Document);
    return BSON.EJSON.stringify(BSON.deserialize(bytes, { promoteValues: false, bsonRegExp: true }), {
      relaxed: false,
    });
  } catch (error) {
    if (error instanceof UnwritableError) return `refused: ${error.message}`;
    throw error;
  }
}
