import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { createConverter } from '../../../../../../functions/documentdb-sink/connector/converters/create-converter.ts';
import { UnwritableError } from '../../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { payloadOf } from '../../../../../../shared/record.ts';
import { topicProperties } from '../../../../../support/sink-documents.ts';

const FOLDER = join(import.meta.dirname, '../../../../../fixtures/judged-conversions');
const LINES = ['random.txt', 'chosen.txt'].flatMap((file) =>
  readFileSync(join(FOLDER, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [string, string, string]),
);

const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter';
const withSchemas = { 'value.converter': JSON_CONVERTER, 'value.converter.schemas.enable': 'true' };
const CONVERTERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  text: { 'value.converter': 'org.apache.kafka.connect.storage.StringConverter' },
  json: { 'value.converter': JSON_CONVERTER, 'value.converter.schemas.enable': 'false' },
  schema: withSchemas,
  schemanull: { ...withSchemas, 'value.converter.replace.null.with.default': 'false' },
  bson: { 'value.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter' },
};

describe('the converters', () => {
  it.each(Object.entries(CONVERTERS))('make the documents of the connector from %s payloads', (kind, properties) => {
    const convert = createConverter(topicProperties(properties), 'value');
    const answerTo = (base64: string): string => {
      try {
        const document = convert(payloadOf(base64)).document();
        return document === undefined ? 'null' : Buffer.from(BSON.serialize(document as never)).toString('base64');
      } catch (error) {
        if (error instanceof UnwritableError) return 'dead';
        throw error;
      }
    };
    const lines = LINES.filter(([of]) => of === kind);
    const differing = lines.filter(([, payload, answer]) => answerTo(payload) !== answer);
    expect(lines.length).toBeGreaterThan(100);
    expect(differing.map(([, payload]) => Buffer.from(payload, 'base64').toString())).toEqual([]);
  });
});
