import * as v from 'valibot';
import { SINKS, type SinkName } from '../../../infra/sinks.ts';
import { MalformedEventError } from '../../../shared/errors.ts';
import { decodeEvent } from '../../../shared/event.ts';
import type { SourceRecord } from '../../../shared/record.ts';

/** An object of the bucket that holds records. */
export interface StoredObject {
  readonly key: string;
  /** `record`: the dead letter of a function. `batch`: what a mapping gave up. */
  readonly kind: 'record' | 'batch';
  /** Undefined: of no function of this stage. */
  readonly sink: SinkName | undefined;
  /** A failure code, or the mapping's condition. */
  readonly code: string;
  readonly reason: string;
  /** When the record or the batch failed: milliseconds since 1970. */
  readonly atMs: number;
  /** What else an operator may want to know, as names and texts. */
  readonly details: readonly (readonly [name: string, text: string])[];
  readonly records: readonly SourceRecord[];
}

/** The functions' names in Lambda, and their short names. */
export type FunctionNames = Readonly<Record<SinkName, string>>;

export const RECORDS_PREFIX = 'dead-letters/';

/** @throws Error that says what the object lacks, without quoting it */
export function readObject(key: string, text: string, functionNames: FunctionNames): StoredObject {
  const json = parsedJson(text);
  return key.startsWith(RECORDS_PREFIX) ? readLetter(key, json) : readBatch(key, json, functionNames);
}

/** The fields of {@link DeadLetter} that are read here. */
const letterForm = v.object({
  version: v.literal(1),
  function: v.string(),
  topic: v.string(),
  partition: v.number(),
  offset: v.number(),
  timestamp: v.number(),
  timestampType: v.optional(v.string()),
  keyBase64: v.nullable(v.string()),
  valueBase64: v.nullable(v.string()),
  headers: v.array(v.tuple([v.string(), v.string()])),
  stage: v.string(),
  code: v.string(),
  reason: v.string(),
  target: v.string(),
  attempts: v.number(),
  at: v.string(),
});

function readLetter(key: string, json: unknown): StoredObject {
  const letter = valid(letterForm, json, 'is not a dead letter');
  const { topic, partition, offset, timestamp, timestampType, keyBase64, valueBase64 } = letter;
  const headers = letter.headers.map(([name, base64]) => ({ [name]: [...Buffer.from(base64, 'base64')] }));
  const record = { topic, partition, offset, timestamp, timestampType, key: keyBase64, value: valueBase64, headers };
  return {
    ...{ key, kind: 'record', code: letter.code, reason: letter.reason, atMs: Date.parse(letter.at) || 0 },
    sink: SINKS.find((sink) => sink === letter.function),
    details: [
      ['step', `${letter.stage}, after ${letter.attempts} attempts`],
      ['target', letter.target],
    ],
    records: recordsOf({ eventSource: 'aws:kafka', records: { [`${topic}-${partition}`]: [record] } }),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html */
const batchForm = v.object({
  requestContext: v.object({
    requestId: v.optional(v.string(), ''),
    functionArn: v.string(),
    condition: v.string(),
    approximateInvokeCount: v.optional(v.number(), 0),
  }),
  responseContext: v.nullish(v.object({ functionError: v.optional(v.string()) })),
  timestamp: v.string(),
  // For a bucket, the event as JSON text.
  payload: v.union([v.string(), v.record(v.string(), v.unknown())]),
});

function readBatch(key: string, json: unknown, functionNames: FunctionNames): StoredObject {
  const { requestContext, responseContext, timestamp, payload } = valid(batchForm, json, 'is not a batch of a mapping');
  const { condition, functionArn, approximateInvokeCount, requestId } = requestContext;
  const [, name] = /:function:([^:]+)/.exec(functionArn) ?? [];
  const thrown = responseContext?.functionError;
  return {
    ...{ key, kind: 'batch', code: condition, atMs: Date.parse(timestamp) || 0 },
    reason: `the mapping gave the batch up after about ${approximateInvokeCount} invocations${thrown === undefined ? '' : `; the last one failed (${thrown})`}`,
    sink: SINKS.find((sink) => functionNames[sink] === name),
    details: [
      ['function', name ?? functionArn],
      ['request', requestId],
    ],
    records: recordsOf(typeof payload === 'string' ? parsedJson(payload) : payload),
  };
}

/** The function's own decoder: a record that it would not take is not sent. */
function recordsOf(event: unknown): readonly SourceRecord[] {
  try {
    return decodeEvent(event).flatMap(({ records }) => records);
  } catch (error) {
    if (error instanceof MalformedEventError) throw new Error('holds an event that the functions cannot decode');
    throw error;
  }
}

function valid<Schema extends v.GenericSchema>(form: Schema, input: unknown, problem: string): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(form, input);
  if (success) return output;
  throw new Error(`${problem}: ${v.getDotPath(issues[0]) ?? 'the object'} is missing or of another form`);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('is not JSON');
  }
}
