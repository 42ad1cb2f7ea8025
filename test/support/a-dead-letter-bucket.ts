import type { Bucket } from '../../cli/dead-letters/bucket/bucket.ts';
import type { DeadLetterStage } from '../../cli/dead-letters/stage.ts';
import type { SinkName } from '../../infra/sinks.ts';
import type { PartitionRecords } from '../../local/msk-trigger/machine/commands.ts';
import { failureLetters } from '../../local/msk-trigger/runtime/destination.ts';
import { type EventRecord, recordSerializer } from '../../local/msk-trigger/runtime/event.ts';
import { deadLetterKey, deadLetterOf } from '../../shared/dead-letter/dead-letter.ts';
import { poison } from '../../shared/outcome.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { batchesOf } from './builders.ts';

export const aStage: DeadLetterStage = {
  stage: 'dev',
  region: 'eu-west-1',
  accountId: '111111111111',
  bucket: 'msk-sinks-dev-111111111111-dead-letters',
  functionNames: { kinesisSink: 'msk-sinks-dev-kinesisSink', documentdbSink: 'msk-sinks-dev-documentdbSink' },
};

export interface StoredText {
  readonly key: string;
  readonly body: string;
}

/** The object that a function writes for poison. */
export function letterObject(sink: SinkName, record: SourceRecord, atMs = 1_700_000_000_000): StoredText {
  const cause = poison('payload_invalid', 'the value is not JSON');
  const context = { functionName: sink, target: 'shop.orders', stage: 'converting', attempts: 0, atMs } as const;
  const letter = deadLetterOf(record, cause, context);
  return { key: deadLetterKey(letter), body: JSON.stringify(letter) };
}

export interface BatchParts {
  readonly requestId?: string;
  readonly atMs?: number;
  readonly functionName?: string;
}

/** The object that a mapping writes for a batch that it gives up, as the local trigger makes it. */
export function batchObject(sink: SinkName, records: readonly SourceRecord[], parts: BatchParts = {}): StoredText {
  const { requestId = 'request-1', atMs = 1_700_000_000_000, functionName = aStage.functionNames[sink] } = parts;
  const batch = batchesOf(records).map(
    ({ topicPartition, records: own }): PartitionRecords<EventRecord> => ({
      topicPartition,
      partition: own[0]?.position.partition ?? 0,
      records: own.map(serialized),
    }),
  );
  const [letter] = failureLetters(
    {
      destination: { kind: 's3', bucketArn: `arn:aws:s3:::${aStage.bucket}` },
      source: { eventSourceArn: 'arn:aws:kafka:eu-west-1:111111111111:cluster/c/1', bootstrapServers: 'b:9098' },
      functionArn: `arn:aws:lambda:eu-west-1:111111111111:function:${functionName}`,
      mappingId: '11111111-2222-3333-4444-555555555555',
      requestId,
      atMs,
    },
    { batch, condition: 'RetryAttemptsExhausted', invokeCount: 11, lastResponse: 'functionError' },
  );
  return { key: letter?.name ?? '', body: letter?.body ?? '' };
}

function serialized({ position, timestampMs, key, value, headers }: SourceRecord): EventRecord {
  return recordSerializer(
    position.topic,
    position.partition,
  )({
    ...{ offset: position.offset, timestampMs, timestampType: 'CREATE_TIME' },
    ...{ key: key?.bytes() ?? null, value: value?.bytes() ?? null },
    headers: headers.map((header) => [Buffer.from(header.name), header.value] as const),
  });
}

/** A bucket in memory, on a clock that each write advances by a second. */
export function memoryBucket(objects: readonly StoredText[]) {
  const stored = new Map<string, { readonly body: string; readonly storedAtMs: number }>();
  let nowMs = 1_700_000_000_000;
  const put = (key: string, body: string) => {
    nowMs += 1_000;
    stored.set(key, { body, storedAtMs: nowMs });
  };
  for (const { key, body } of objects) put(key, body);
  let readCount = 0;
  const bucket: Bucket = {
    list: () =>
      Promise.resolve(
        [...stored].map(([key, { body, storedAtMs }]) => ({ key, storedAtMs, byteLength: Buffer.byteLength(body) })),
      ),
    get(key) {
      readCount += 1;
      return Promise.resolve(stored.get(key)?.body);
    },
    put: (key, body) => Promise.resolve(put(key, body)),
  };
  return { bucket, stored, put, readCount: () => readCount };
}
