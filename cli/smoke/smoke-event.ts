import { tokensOf } from '../../functions/kinesis-sink/settings/json-pointer.ts';

/** No topic of a cluster: its records have their own stored versions, metrics and, by default, collection. */
export const SMOKE_TOPIC = 'msk-sinks-smoke-test';

/** A key that no other record has. */
export const smokeKey = (id: string): string => `${SMOKE_TOPIC}-${id}`;

export interface SmokeRecord {
  readonly id: string;
  /** Unix time in milliseconds: an old record would raise the metric RecordAge. */
  readonly nowMs: number;
  /** `kinesisSink.partitionKeyPointer`: the value then has its key there. */
  readonly pointer: string | undefined;
}

/** An event of MSK with one record. https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html */
export function smokeEvent({ id, nowMs, pointer }: SmokeRecord): object {
  const key = smokeKey(id);
  const marked = { mskSinksSmokeTest: id, sentAt: new Date(nowMs).toISOString() };
  const value = { ...marked, ...(pointer !== undefined && nested(tokensOf(pointer), key)) };
  const record = {
    ...{ topic: SMOKE_TOPIC, partition: 0, offset: 0, timestamp: nowMs, timestampType: 'CREATE_TIME' },
    ...{ key: base64(key), value: base64(JSON.stringify(value)), headers: [] },
  };
  return { eventSource: 'aws:kafka', records: { [`${SMOKE_TOPIC}-0`]: [record] } };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** `nested(['a', 'b'], 1)` is `{ a: { b: 1 } }`. */
const nested = (names: readonly string[], value: unknown): object =>
  names.reduceRight((inner, name) => ({ [name]: inner }), value) as object;
