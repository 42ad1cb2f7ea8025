import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { documentFrom } from '../../../../../../functions/documentdb-sink/connector/converters/create-converter.ts';
import { readConnector } from '../../../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { createConnectConverter } from '../../../../../../functions/documentdb-sink/connector/transforms/connect-converter.ts';
import type {
  ConnectRecord,
  Side,
} from '../../../../../../functions/documentdb-sink/connector/transforms/connect-record.ts';
import { createChain } from '../../../../../../functions/documentdb-sink/connector/transforms/create-chain.ts';
import { connectDataOf } from '../../../../../../functions/documentdb-sink/connector/transforms/data/to-document.ts';
import { UnwritableError } from '../../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { payloadOfBytes } from '../../../../../../shared/record.ts';

interface JudgedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number | null;
  readonly key?: string;
  readonly value?: string;
  readonly headers: readonly (readonly [string, string])[];
}

/** `key` and `value`: the document as BSON in base64, null where there is none, `!` where the connector refuses it. */
type WriteResult =
  | { readonly error: true }
  | { readonly filtered: true }
  | {
      readonly topic: string;
      readonly key: string | null;
      readonly value: string | null;
      /** Their names, each with a semicolon behind it. */
      readonly headers: string;
    };

/** A case that Kafka's, Debezium's and the MongoDB connector's own classes have judged. */
interface JudgedCase {
  readonly props: Readonly<Record<string, string>>;
  readonly records: readonly JudgedRecord[];
  readonly expected: readonly WriteResult[];
}

function verdictsOf({ props, records }: JudgedCase): readonly WriteResult[] {
  const text = JSON.stringify({ topics: 't', database: 'd', ...props });
  const { properties, transforms } = readConnector(text, { where: 'test' });
  const { transform } = createChain(transforms, 'test', new Map(), false);
  const convert = {
    key: createConnectConverter(properties, 'key'),
    value: createConnectConverter(properties, 'value'),
  };
  return records.map((record) => {
    try {
      const [key, value] = [convert.key(payloadOf(record.key)), convert.value(payloadOf(record.value))];
      const headers = record.headers.map(([name, header]) => ({ name, value: Buffer.from(header) }));
      const { topic, partition, offset, timestamp } = record;
      const timestampMs = timestamp ?? undefined;
      const start = { topic, partition, offset, timestampMs, headers, key: () => key, value: () => value };
      return resultOf(transform(start));
    } catch (error) {
      if (error instanceof UnwritableError) return { error: true };
      throw error;
    }
  });
}

const payloadOf = (text: string | undefined) => (text === undefined ? null : payloadOfBytes(Buffer.from(text)));

function resultOf(record: ConnectRecord | undefined): WriteResult {
  if (record === undefined) return { filtered: true };
  const { topic, headers } = record;
  return {
    topic,
    key: documentIn(record, 'key'),
    value: documentIn(record, 'value'),
    headers: headers.map(({ name }) => `${name};`).join(''),
  };
}

function documentIn(record: ConnectRecord, side: Side): string | null {
  const data = record[side]();
  try {
    const document = documentFrom(side, () => connectDataOf(data));
    return document === undefined ? null : Buffer.from(BSON.serialize(document)).toString('base64');
  } catch (error) {
    if (error instanceof UnwritableError) return '!';
    throw error;
  }
}

const FOLDER = join(import.meta.dirname, '../../../../../fixtures/connector-transforms');

describe.each(readdirSync(FOLDER).filter((file) => file.endsWith('.jsonl')))(
  'what Java made of the random records of %s',
  (file) => {
    const cases = readFileSync(join(FOLDER, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): JudgedCase => JSON.parse(line));

    it.each(cases.map((each, index) => [index + 1, namesIn(each), each] as const))(
      'line %i: %s',
      (_line, _names, each) => {
        expect(verdictsOf(each)).toEqual(each.expected);
      },
    );
  },
);

const namesIn = ({ props }: JudgedCase): string =>
  Object.entries(props)
    .filter(([name]) => name.startsWith('transforms.') && name.endsWith('.type'))
    .map(([, type]) => type.split('.').at(-1))
    .join(', ');
