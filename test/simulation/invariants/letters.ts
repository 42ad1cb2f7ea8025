import type { DeadLetter } from '../../../shared/dead-letter/dead-letter.ts';
import type { Bucket } from '../services/bucket.ts';
import type { ProducedRecord } from '../services/kafka-log.ts';
import type { Violation } from './violation.ts';

/** What lies in the bucket, by the records it is about. */
export interface Letters {
  /** Of the functions. */
  readonly ofFunction: ReadonlySet<ProducedRecord>;
  /** What the mapping gave up. */
  readonly ofMapping: ReadonlySet<ProducedRecord>;
  readonly records: ReadonlySet<ProducedRecord>;
  readonly violations: readonly Violation[];
}

/** Reads every letter back: each must hold the whole of a record that was produced. */
export function readLetters(bucket: Bucket, produced: readonly ProducedRecord[]): Letters {
  const ofFunction = new Set<ProducedRecord>();
  const ofMapping = new Set<ProducedRecord>();
  const violations: Violation[] = [];
  for (const [name, body] of bucket.versions) {
    const isOfFunction = name.startsWith('dead-letters/');
    for (const letter of isOfFunction ? [functionLetter(body)] : mappingLetters(body)) {
      const record = produced.findLast((each) => isAbout(letter, each));
      if (record === undefined)
        violations.push({ guarantee: 'G1', message: `${name} holds no record that was produced` });
      else (isOfFunction ? ofFunction : ofMapping).add(record);
    }
  }
  return { ofFunction, ofMapping, records: new Set([...ofFunction, ...ofMapping]), violations };
}

/** What the functions say in their letters beside the record itself. */
export const reasonsIn = ({ versions }: Bucket): readonly string[] =>
  versions.flatMap(([name, body]) => {
    if (!name.startsWith('dead-letters/')) return [];
    const { code, reason, target }: DeadLetter = JSON.parse(body);
    return [`letter ${code} ${reason} ${target}`];
  });

interface Letter {
  readonly topicPartition: string;
  readonly offset: number;
  readonly timestamp: number;
  readonly keyBase64: string | null;
  readonly valueBase64: string | null;
  /** Undefined: not told. */
  readonly headers?: string;
}

function functionLetter(body: string): Letter {
  const { topic, partition, offset, timestamp, keyBase64, valueBase64, headers }: DeadLetter = JSON.parse(body);
  const topicPartition = `${topic}-${partition}`;
  return { topicPartition, offset, timestamp, keyBase64, valueBase64, headers: JSON.stringify(headers) };
}

interface FailureRecord {
  readonly payload: string;
}

interface Payload {
  readonly records: Readonly<
    Record<
      string,
      readonly { readonly offset: number; readonly timestamp: number; readonly key?: string; readonly value?: string }[]
    >
  >;
}

function mappingLetters(body: string): readonly Letter[] {
  const { payload }: FailureRecord = JSON.parse(body);
  const { records }: Payload = JSON.parse(payload);
  return Object.entries(records).flatMap(([topicPartition, each]) =>
    each.map(({ offset, timestamp, key, value }) => ({
      topicPartition,
      offset,
      timestamp,
      keyBase64: key ?? null,
      valueBase64: value ?? null,
    })),
  );
}

const isAbout = (
  letter: Letter,
  { topicPartition, offset, timestampMs, key, value, headers }: ProducedRecord,
): boolean =>
  letter.topicPartition === topicPartition &&
  letter.offset === offset &&
  letter.timestamp === timestampMs &&
  letter.keyBase64 === (key?.toString('base64') ?? null) &&
  letter.valueBase64 === (value?.toString('base64') ?? null) &&
  (letter.headers === undefined ||
    letter.headers === JSON.stringify(headers.map(([name, bytes]) => [name.toString(), bytes.toString('base64')])));
