import type { TypedRecord } from './options.ts';

/** No topic of this machine has so many: the stored versions of its records stay as they are. */
const PARTITION = 1_000;

/**
 * An event of MSK with one record.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
 */
export function recordEvent({ topic, key, value, offset }: TypedRecord, localTopic: string, nowMs: number): object {
  const name = topic ?? localTopic;
  const record = {
    ...{ topic: name, partition: PARTITION, offset: offset ?? nowMs, timestamp: nowMs, timestampType: 'CREATE_TIME' },
    ...(key !== undefined && { key: base64(key) }),
    ...(value !== undefined && { value: base64(value) }),
    headers: [],
  };
  return { eventSource: 'aws:kafka', records: { [`${name}-${PARTITION}`]: [record] } };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
