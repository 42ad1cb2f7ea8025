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
  const read = bucket.versions.flatMap(([name, body]) =>
    (isOfFunction(name) ? [functionLetter(body)] : mappingLetters(body)).map((letter) => ({
      name,
      record: produced.findLast((each) => isAbout(letter, each)),
    })),
  );
  const found = read.flatMap(({ name, record }) => (record === undefined ? [] : [{ name, record }]));
  const recordsOf = (letters: typeof found) => new Set(letters.map(({ record }) => record));
  const own = found.filter(({ name }) => isOfFunction(name));
  const unknown = read.filter(({ record }) => record === undefined);
  return {
    ofFunction: recordsOf(own),
    ofMapping: recordsOf(found.filter(({ name }) => !isOfFunction(name))),
    records: recordsOf(found),
    violations: [
      ...unknown.map(({ name }) => violation(`${name} holds no record that was produced`)),
      ...overwritten(own).map((name) => violation(`${name} is overwritten by the letter of another record`)),
    ],
  };
}

const isOfFunction = (name: string): boolean => name.startsWith('dead-letters/');

const violation = (message: string): Violation => ({ guarantee: 'G1', message });

interface Found {
  readonly name: string;
  readonly record: ProducedRecord;
}

/** Names under which two records have stood: a replay overwrites the letter of its own record, and of no other. */
function overwritten(letters: readonly Found[]): readonly string[] {
  const byName = Map.groupBy(letters, ({ name }) => name);
  return [...byName].filter(([, own]) => new Set(own.map(({ record }) => record)).size > 1).map(([name]) => name);
}

/** What the functions say in their letters beside the record itself, and where it names no part of it. */
export const reasonsIn = ({ versions }: Bucket, isTargetOfRecord: boolean): readonly string[] =>
  versions.flatMap(([name, body]) => {
    if (!name.startsWith('dead-letters/')) return [];
    const { code, reason, target }: DeadLetter = JSON.parse(body);
    return [`letter ${code} ${reason} ${isTargetOfRecord ? '' : target}`];
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
