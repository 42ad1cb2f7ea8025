import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { functionSettings } from '../../functions/documentdb-sink/connector/file/function-settings.ts';
import { readConnector } from '../../functions/documentdb-sink/connector/file/read-connector.ts';
import { mapperOfConnector } from '../../functions/documentdb-sink/connector/transforms/mapper-of-connector.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { aDocumentdbSink } from './a-documentdb-sink.ts';
import { shapeOf, shapeOfMap } from './bson-shape.ts';
import { aRecord } from './builders.ts';
import { FakeDocuments, type Stored } from './fake-documents.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/connector-documents');

/** A connector's file, records, and what mongo-kafka-connect 2.0.1 made of them. */
export interface ConnectorCase {
  readonly connector: string;
  readonly records: readonly SourceRecord[];
  /** Documents by collection, as {@link shapeOf} has them, sorted. */
  readonly documents: Readonly<Record<string, readonly string[]>>;
  /** `topic-partition@offset` of the records that became dead letters, sorted. */
  readonly dead: readonly string[];
}

interface Line {
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly key?: string;
  readonly keyBase64?: string;
  readonly value?: string;
  readonly valueBase64?: string;
  readonly timestamp?: number;
  readonly headers?: readonly (readonly [string, string])[];
}

interface Expected {
  readonly dead: readonly string[];
  readonly collections: Readonly<Record<string, readonly { readonly bson: string }[]>>;
}

const textOf = (name: string, extension: string): string => readFileSync(join(FOLDER, name + extension), 'utf8');

export function readConnectorCase(name: string): ConnectorCase {
  const { dead, collections } = JSON.parse(textOf(name, '.expected.json')) as Expected;
  const documents = Object.entries(collections).map(([collection, rows]) => [
    collection,
    rows.map(({ bson }) => shapeOf(Buffer.from(bson, 'base64'))).toSorted(),
  ]);
  return {
    connector: textOf(name, '.properties'),
    records: recordsOf(textOf(name, '.jsonl')),
    documents: Object.fromEntries(documents),
    dead: dead.toSorted(),
  };
}

function recordsOf(lines: string): readonly SourceRecord[] {
  const offsets = new Map<string, number>();
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const parts = JSON.parse(line) as Line;
      const { topic = 'held', partition = 0 } = parts;
      const place = `${topic}-${partition}`;
      const offset = parts.offset ?? offsets.get(place) ?? 0;
      offsets.set(place, offset + 1);
      const [key, value] = [bytesOf(parts.key, parts.keyBase64), bytesOf(parts.value, parts.valueBase64)];
      const headers = (parts.headers ?? []).map(([header, text]) => ({ name: header, value: Buffer.from(text) }));
      const { timestamp } = parts;
      return aRecord({ topic, partition, offset, key, value, headers, ...(timestamp && { timestampMs: timestamp }) });
    });
}

const bytesOf = (text: string | undefined, base64: string | undefined): Buffer | null => {
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  return text === undefined ? null : Buffer.from(text);
};

/** What our own sink makes of the records, in batches of at most so many. */
export async function runConnectorCase({ connector, records }: ConnectorCase, batchRecordsMax: number) {
  const file = readConnector(connector, { where: 'case' });
  const documents = new FakeDocuments({ refuses: refusedByServer });
  const sink = aDocumentdbSink({
    ...functionSettings(file),
    mapper: mapperOfConnector(file, 'case').mapper,
    documents,
  });
  const dead: string[] = [];
  const unsettled: string[] = [];
  for (let first = 0; first < records.length; first += batchRecordsMax) {
    for (const { kind, position } of await sink.write(records.slice(first, first + batchRecordsMax))) {
      const place = `${position.topicPartition}@${position.offset}`;
      if (kind === 'deadLettered') dead.push(place);
      if (kind === 'failed' || kind === 'skipped') unsettled.push(place);
    }
  }
  const stored = documents
    .collection('held.docs')
    .all()
    .map((document) => shapeOfMap(document, ['_k']));
  return { documents: stored.toSorted(), dead: dead.toSorted(), unsettled };
}

/** What a server says of a changed `_id` and of an empty path. */
function refusedByServer(document: Stored, id: unknown): number | undefined {
  if (id !== undefined && document.has('_id') && shapeOfId(document.get('_id')) !== shapeOfId(id)) return 66;
  const set = document.get('$set');
  return set instanceof Map && set.has('') ? 56 : undefined;
}

const shapeOfId = (id: unknown): string => shapeOfMap(new Map([['_id', id]]));

/** The policy of a connector's file of the fixtures, and the records beside it, of the topic `orders`. */
export function readConnectorFile(name: string) {
  const file = readConnector(textOf(name, '.properties'), { where: name });
  const parts = JSON.parse(textOf(name, '.records.json')) as readonly { keyBase64: string; valueBase64: string }[];
  const records = parts.map(({ keyBase64, valueBase64 }, offset) =>
    aRecord({ offset, key: Buffer.from(keyBase64, 'base64'), value: Buffer.from(valueBase64, 'base64') }),
  );
  return { mapper: mapperOfConnector(file, name).mapper, records };
}
