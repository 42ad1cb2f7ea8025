import { describe, expect, it } from 'vitest';
import { aDocumentdbSink, inWords } from '../../../support/a-documentdb-sink.ts';
import { readConnectorCase, readConnectorFile, runConnectorCase } from '../../../support/connector-cases.ts';

/** Records that the connector writes and that are refused here on purpose: `undefined` and DBPointer. */
const REFUSED_HERE: Readonly<Record<string, readonly number[]>> = {
  '46-extended-json': [26, 67],
  '47-raw-bson': [8, 12],
};

const CASES = [
  '25-debezium-mysql',
  '35-empty-name-update',
  '36-debezium-one-keyless',
  '41-json-text',
  '45-schema-shapes',
  '46-extended-json',
  '47-raw-bson',
  '49-string-keys',
  '60-id-number-types',
  '70-transforms-schemaless',
  '71-transforms-debezium',
];

describe.each(CASES)('%s becomes the documents and the dead letters of the connector', (name) => {
  const given = readConnectorCase(name);
  const refused = REFUSED_HERE[name] ?? [];
  const idOf = (offset: number) => `"_id":"held#0#${offset}"`;
  const documents = (given.documents['held.docs'] ?? []).filter(
    (shape) => !refused.some((offset) => shape.includes(idOf(offset))),
  );
  const dead = [...given.dead, ...refused.map((offset) => `held-0@${offset}`)].toSorted();

  it.each([1, 1000])('in batches of at most %i records', async (batchRecordsMax) => {
    const actual = await runConnectorCase(given, batchRecordsMax);
    expect(actual).toEqual({ documents, dead, unsettled: [] });
  });
});

describe('a JSON value with a byte order mark', () => {
  it('becomes a document like any other', async () => {
    const { mapper, records } = readConnectorFile('F11-value-with-bom');
    const sink = aDocumentdbSink({ mapper });
    const outcomes = await sink.write(records);
    expect(outcomes.map(inWords)).toEqual(['written']);
    const [stored] = sink.store.collection('shop.orders').all();
    expect(stored?.get('a')).toBe(1n);
  });
});
