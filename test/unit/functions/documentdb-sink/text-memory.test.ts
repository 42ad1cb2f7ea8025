import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { readSchemalessJson } from '../../../../functions/documentdb-sink/connector/converters/json-converter.ts';
import { createNamespaceMapper } from '../../../../functions/documentdb-sink/connector/namespace-mapper.ts';
import { isZone } from '../../../../functions/documentdb-sink/java/dates/zones.ts';
import { aRecord } from '../../../support/builders.ts';
import { sinkDocument, topicProperties } from '../../../support/sink-documents.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const RECORDS = 20;
const RECORD_CHARACTERS = 300_000;

/** How much of so many long texts is still in memory after each was used. */
function charactersKept(use: (text: string, index: number) => unknown): number {
  const kept: unknown[] = [];
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < RECORDS; index += 1) {
    // From bytes, as payloads are: one text, of which names are parts.
    kept.push(use(Buffer.from(jsonWith(index)).toString(), index));
  }
  collectGarbage();
  const after = process.memoryUsage().heapUsed;
  expect(kept).toHaveLength(RECORDS);
  return after - before;
}

const longName = (index: number) => `a name that is long enough to be a part ${index}`;
const jsonWith = (index: number) =>
  `{"${longName(index)}":1,"collection":"${longName(index)}","text":"${'x'.repeat(RECORD_CHARACTERS)}"}`;

const FIELD_MAPPER = topicProperties({
  'namespace.mapper': 'com.mongodb.kafka.connect.sink.namespace.mapping.FieldPathNamespaceMapper',
  'namespace.mapper.value.collection.field': 'collection',
});
const mapNamespace = createNamespaceMapper(FIELD_MAPPER, {} as never);

describe('a record', () => {
  it.each<[string, (text: string, index: number) => unknown]>([
    ['the order of its names', (text) => void readSchemalessJson(Buffer.from(text))],
    [
      'the name of its collection',
      (text) => mapNamespace(sinkDocument(null, text), aRecord(), { database: 'd', collection: 'c' }),
    ],
    ['a zone it names', (text, index) => void isZone(text.slice(2, 2 + longName(index).length))],
  ])('keeps no text in memory if only its %s is remembered', (_what, use) => {
    expect(charactersKept(use)).toBeLessThan((RECORDS * RECORD_CHARACTERS) / 4);
  });
});
