import { partitionOf } from './partitioner.ts';

/** A record of a case, at its place in Kafka. */
export interface CaseRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, text: string | null])[];
}

/** A line of a records file; what is absent is null. */
export interface RecordLine {
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly timestamp?: number;
  readonly key?: string | null;
  readonly value?: string | null;
  readonly keyBase64?: string | null;
  readonly valueBase64?: string | null;
  readonly headers?: readonly (readonly [string, string | null])[];
}

const PARTITION_COUNT = 4;
const FIRST_TIMESTAMP_MS = 1_795_000_000_000;

/** @throws Error that names the line that is not JSON */
export const readLines = (text: string): readonly RecordLine[] =>
  text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as RecordLine];
    } catch {
      throw new Error(`line ${index + 1} of the records is not JSON`);
    }
  });

/** Gives each record its place: the partition by its key where the line has none, the next offset of the partition. */
export function placed(lines: readonly RecordLine[], defaultTopic: string): readonly CaseRecord[] {
  const offsets = new Map<string, number>();
  return lines.map((line, index) => {
    const key = bytesOf(line.key, line.keyBase64);
    const { topic = defaultTopic, partition = partitionOf(key, PARTITION_COUNT), headers = [] } = line;
    const offset = line.offset ?? offsets.get(`${topic}-${partition}`) ?? 0;
    offsets.set(`${topic}-${partition}`, offset + 1);
    const value = bytesOf(line.value, line.valueBase64);
    return { topic, partition, offset, timestampMs: line.timestamp ?? FIRST_TIMESTAMP_MS + index, key, value, headers };
  });
}

export const placeOf = ({ topic, partition, offset }: CaseRecord): string => `${topic}-${partition}@${offset}`;

function bytesOf(text: string | null | undefined, base64: string | null | undefined): Buffer | null {
  if (base64 !== undefined && base64 !== null) return Buffer.from(base64, 'base64');
  return text === undefined || text === null ? null : Buffer.from(text);
}
