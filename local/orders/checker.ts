import type { S3Client } from '@aws-sdk/client-s3';
import { mapperOfConnector } from '../../functions/documentdb-sink/connector/transforms/mapper-of-connector.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { payloadOfBytes, type SourceRecord } from '../../shared/record.ts';
import { type Expectation, expectedOf } from '../connector/expected-documents.ts';
import type { LocalStage } from '../local-stage.ts';
import { type Check, checkAll, type IsDue } from './checks.ts';
import { readDeadLetters } from './dead-letter-reader.ts';
import type { DocumentReader } from './document-reader.ts';
import type { ProducedRecord } from './producer.ts';
import type { StreamRecord } from './stream-reader.ts';

/** Where a checker reads what the targets hold. */
export interface CheckedTargets {
  readonly stage: LocalStage;
  readonly bucket: S3Client;
  readonly documents: DocumentReader;
  /** Every Kinesis record so far. */
  readonly readStream: () => Promise<readonly StreamRecord[]>;
  /** Every record that Kafka holds, read after the targets: what they hold was produced before. */
  readonly readProduced: () => Promise<readonly ProducedRecord[]>;
  readonly isDocumentDbAway: () => boolean;
}

export interface Checker {
  /** Everything must have arrived. */
  checkAll(): Promise<readonly Check[]>;
  /** Only what is due must have arrived. Documents are left out while DocumentDB is away, or as long as a connector file makes them. */
  checkDue(isDue: IsDue): Promise<readonly Check[]>;
}

/** Compares the targets with the produced records. A dead letter is read once. */
export function createChecker(targets: CheckedTargets): Checker {
  const { stage, bucket, documents, readStream, readProduced, isDocumentDbAway } = targets;
  const known = new Map<string, DeadLetter>();
  const read = async (areDocumentsRead: boolean) => {
    const stream = await readStream();
    const found = areDocumentsRead ? await documents.readAll() : undefined;
    const letters = await readDeadLetters(bucket, stage.resources.deadLetterBucket, known);
    return { stream, documents: found, ...letters };
  };
  return {
    async checkAll() {
      const content = await read(true);
      const produced = await readProduced();
      const expected = expectationOf(stage, produced);
      const found = expected && (await documents.readTexts(databasesOf(stage, expected)));
      return checkAll(produced, content, expected && found && { expected, found });
    },
    async checkDue(isDue) {
      const content = await read(stage.connector === undefined && !isDocumentDbAway());
      const produced = await readProduced();
      const expected = expectationOf(stage, produced);
      return checkAll(produced, content, expected && { expected, found: new Map() }, isDue);
    },
  };
}

function sourceRecordOf(topic: string, { partition, offset, timestampMs, key, value }: ProducedRecord): SourceRecord {
  const payload = (text: string | null) => (text === null ? null : payloadOfBytes(Buffer.from(text)));
  const position = { topicPartition: `${topic}-${partition}`, topic, partition, offset };
  return { position, timestampMs, key: payload(key), value: payload(value), headers: [] };
}

/** What the connector file should produce; undefined without one. */
function expectationOf({ topic, connector }: LocalStage, produced: readonly ProducedRecord[]): Expectation | undefined {
  if (connector === undefined) return undefined;
  const records = produced.map((record) => sourceRecordOf(topic, record));
  return expectedOf(records, mapperOfConnector(connector.connector, connector.path).mapper);
}

const databasesOf = ({ database }: LocalStage, { documents }: Expectation): readonly string[] => [
  ...new Set([database, ...[...documents.keys()].map((namespace) => namespace.split('.')[0] ?? '')]),
];
