import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Bucket, StoredKey } from '../../../cli/dead-letters/bucket/bucket.ts';
import type { Entry } from '../../../cli/dead-letters/bucket/entry.ts';
import { createRecordReader } from '../../../cli/dead-letters/bucket/record-reader.ts';
import { scan } from '../../../cli/dead-letters/bucket/scan.ts';
import type { Invoke } from '../../../cli/dead-letters/redrive/invoke.ts';
import { createMarks } from '../../../cli/dead-letters/redrive/marks.ts';
import { planOf } from '../../../cli/dead-letters/redrive/plan.ts';
import { redrive, type Tally } from '../../../cli/dead-letters/redrive/redrive.ts';
import { functionName, SINKS } from '../../../infra/sinks.ts';
import { INVOCATION_BYTES_MAX } from '../../../shared/limits.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { bucketAdministrator } from '../../pipeline/aws-clients.ts';
import type { Session } from '../../session.ts';

/** A dead letter for the page. */
export interface LetterView {
  readonly key: string;
  readonly sink: string;
  readonly partition: number;
  readonly offset: number;
  readonly code: string;
  readonly reason: string;
  readonly atMs: number;
  readonly isSettled: boolean;
}

export interface DeadLetterDesk {
  /** The newest first. */
  list(): Promise<readonly LetterView[]>;
  /** Sends the open records of these objects, or of all, through their functions again. Says what became of them. */
  redrive(key: string | null): Promise<string>;
}

const RATE_PER_SECOND = 200;
const ENVELOPE_BYTES = 1_024;
const ALL = { sink: undefined, topic: undefined, code: undefined, sinceMs: undefined, untilMs: undefined };

/** The work of `npm run dead-letters` on the local bucket and the local functions. */
export function createDeadLetterDesk({ endpoints, engines, pipeline }: Session): DeadLetterDesk {
  const bucket = localBucket(bucketAdministrator(endpoints), engines.resources.deadLetterBucket);
  const functionNames = {
    kinesisSink: functionName('msk-sinks', 'local', 'kinesisSink'),
    documentdbSink: functionName('msk-sinks', 'local', 'documentdbSink'),
  };
  const invoke: Invoke = async (sink, eventJson) => {
    const running = pipeline.sinks.find(({ name }) => name === sink);
    const result = await running?.process.invoke(eventJson);
    if (result?.kind === 'answered') return { payload: result.payload, hasFailed: false };
    return { payload: JSON.stringify({ errorType: result?.errorType }), hasFailed: true };
  };
  const entriesOf = async (keyPrefix: string | undefined, all: boolean) =>
    (await scan(bucket, { functionNames, filter: { ...ALL, keyPrefix }, all })).entries;
  return {
    async list() {
      const entries = await entriesOf(undefined, true);
      return entries.map(letterView).toSorted((one, other) => other.atMs - one.atMs);
    },
    async redrive(key) {
      const entries = await entriesOf(key ?? undefined, false);
      const parts = {
        readRecord: createRecordReader(bucket, functionNames),
        mark: createMarks(entries, bucket, systemClock.wallTimeMs),
        ...{ invoke, clock: systemClock, ratePerSecond: RATE_PER_SECOND },
        isStopped: () => false,
        progress: () => undefined,
      };
      const limits = { recordsMax: RATE_PER_SECOND, bytesMax: INVOCATION_BYTES_MAX - ENVELOPE_BYTES };
      const tallies: Tally[] = [];
      for (const sink of SINKS) {
        const own = entries.filter((entry) => entry.sink === sink);
        if (own.length > 0) tallies.push(await redrive(sink, planOf(own, limits), parts));
      }
      return textOf(tallies);
    },
  };
}

const letterView = ({ key, sink, code, reason, atMs, records }: Entry): LetterView => ({
  ...{ key, code, reason, atMs },
  sink: sink ?? 'unknown',
  partition: records[0]?.partition ?? 0,
  offset: records[0]?.offset ?? 0,
  isSettled: records.every(({ isSettled }) => isSettled),
});

/** What became of the records, in a sentence: `Redrive: 1 settled; 2 left (payload_invalid)`. */
export function textOf(tallies: readonly Pick<Tally, 'settledCount' | 'left'>[]): string {
  const settledCount = tallies.reduce((sum, tally) => sum + tally.settledCount, 0);
  const left = tallies.flatMap((tally) => tally.left);
  if (settledCount + left.length === 0) return 'Redrive: no dead letter is open';
  const codes = [...new Set(left.map(({ failure }) => failure.code))].join(', ');
  const settled = `Redrive: ${settledCount} settled`;
  return left.length === 0 ? settled : `${settled}; ${left.length} left, because the cause is not mended (${codes})`;
}

function localBucket(client: ReturnType<typeof bucketAdministrator>, name: string): Bucket {
  const read = new Map<string, { readonly storedAtMs: number; readonly text: Promise<string> }>();
  const times = new Map<string, number>();
  const textOfObject = async (key: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: name, Key: key }));
    return (await Body?.transformToString()) ?? '';
  };
  return {
    async list() {
      const keys: StoredKey[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(new ListObjectsV2Command({ Bucket: name, ContinuationToken: token }));
        for (const { Key: key = '', LastModified, Size = 0 } of page.Contents ?? []) {
          const storedAtMs = LastModified?.getTime() ?? 0;
          times.set(key, storedAtMs);
          keys.push({ key, storedAtMs, byteLength: Size });
        }
        token = page.NextContinuationToken;
      } while (token !== undefined);
      return keys;
    },
    /** An object that was not written again is read once. */
    async get(key) {
      const storedAtMs = times.get(key) ?? 0;
      const known = read.get(key);
      if (known?.storedAtMs === storedAtMs) return await known.text;
      const text = textOfObject(key);
      read.set(key, { storedAtMs, text });
      return await text;
    },
    async put(key, body) {
      await client.send(new PutObjectCommand({ Bucket: name, Key: key, Body: body, ContentType: 'application/json' }));
    },
  };
}
