import type { S3Client } from '@aws-sdk/client-s3';
import { mapperOfConnector } from '../../functions/documentdb-sink/connector/transforms/mapper-of-connector.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { payloadOfBytes, type SourceRecord } from '../../shared/record.ts';
import { type Certainty, type Expectation, expectedOf } from '../connector/expected-documents.ts';
import type { LocalStage } from '../local-stage.ts';
import { type Check, checkAll, type IsDue, type Targets } from './checks.ts';
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
  /** Only what is due must have arrived. Documents are left out while DocumentDB is away, or where a connector file's cannot be compared. */
  checkDue(isDue: IsDue): Promise<readonly Check[]>;
}

/** Compares the targets with the produced records. A dead letter is read once. */
export function createChecker(targets: CheckedTargets): Checker {
  const { stage, bucket, readStream } = targets;
  const known = new Map<string, DeadLetter>();
  const readOthers = async () => ({
    stream: await readStream(),
    documents: undefined,
    ...(await readDeadLetters(bucket, stage.resources.deadLetterBucket, known)),
  });
  const mapper = stage.connector && mapperOfConnector(stage.connector.connector, stage.connector.path).mapper;
  return mapper === undefined
    ? ownChecker(targets, readOthers)
    : connectorChecker(targets, readOthers, (produced, certaintyOf) =>
        expectedOf(
          produced.map((record) => sourceRecordOf(stage.topic, record)),
          mapper,
          certaintyOf,
        ),
      );
}

type ReadOthers = () => Promise<Targets>;

function ownChecker({ documents, readProduced, isDocumentDbAway }: CheckedTargets, readOthers: ReadOthers): Checker {
  return {
    async checkAll() {
      const found = await documents.readAll();
      const content = await readOthers();
      return checkAll(await readProduced(), { ...content, documents: found });
    },
    async checkDue(isDue) {
      const found = isDocumentDbAway() ? undefined : await documents.readAll();
      const content = await readOthers();
      return checkAll(await readProduced(), { ...content, documents: found }, undefined, isDue);
    },
  };
}

type Expect = (produced: readonly ProducedRecord[], certaintyOf?: (position: Place) => Certainty) => Expectation;

function connectorChecker(
  { stage, documents, readProduced, isDocumentDbAway }: CheckedTargets,
  readOthers: ReadOthers,
  expect: Expect,
): Checker {
  let databases: ReadonlySet<string> = new Set([stage.database]);

  async function checkDue(isDue: IsDue): Promise<readonly Check[]> {
    const found = isDocumentDbAway() ? undefined : await documents.readTexts([...databases]);
    const content = await readOthers();
    const produced = await readProduced();
    const expected = expect(produced, certaintyIn(produced, content.deadLetters, isDue));
    const all = new Set([...databases, ...databasesOf(expected)]);
    const isRead = found === undefined || all.size === databases.size;
    databases = all;
    return isRead ? checkAll(produced, content, { expected, found }, isDue) : await checkDue(isDue);
  }

  return {
    checkDue,
    async checkAll() {
      const content = await readOthers();
      const produced = await readProduced();
      const expected = expect(produced);
      if (expected.unknownOperator !== undefined)
        throw new Error(
          `npm start cannot check documents written with ${expected.unknownOperator}: it knows $set, $setOnInsert and $unset. Run without --exit.`,
        );
      const found = await documents.readTexts([...new Set([stage.database, ...databasesOf(expected)])]);
      return checkAll(produced, content, { expected, found });
    },
  };
}

interface Place {
  readonly partition: number;
  readonly offset: number;
}

const nameOf = ({ partition, offset }: Place): string => `${partition}@${offset}`;

/** A record that is due is settled, unless a dead letter holds it. */
function certaintyIn(
  produced: readonly ProducedRecord[],
  deadLetters: readonly DeadLetter[],
  isDue: IsDue,
): (position: Place) => Certainty {
  const due = new Set(produced.filter((record) => isDue('documentdbSink', record)).map(nameOf));
  const refused = new Set(deadLetters.filter((letter) => letter.function === 'documentdbSink').map(nameOf));
  return (position) => {
    const name = nameOf(position);
    if (refused.has(name)) return 'deadLettered';
    return due.has(name) ? 'settled' : 'open';
  };
}

function sourceRecordOf(topic: string, { partition, offset, timestampMs, key, value }: ProducedRecord): SourceRecord {
  const payload = (text: string | null) => (text === null ? null : payloadOfBytes(Buffer.from(text)));
  const position = { topicPartition: `${topic}-${partition}`, topic, partition, offset };
  return { position, timestampMs, key: payload(key), value: payload(value), headers: [] };
}

const databasesOf = ({ documents }: Expectation): readonly string[] =>
  [...documents.keys()].map((namespace) => namespace.split('.')[0] ?? '');
