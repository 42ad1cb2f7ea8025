import * as v from 'valibot';
import type { Invocation } from './invoke.ts';
import { placeOf, type QueuedRecord } from './plan.ts';

/** Why a record stays in the bucket. */
export interface Failure {
  /** A code of the function, as `superseded`, or one of this command. */
  readonly code: string;
  /** The same record may be settled later although nobody changes anything. */
  readonly retryable: boolean;
  readonly detail: string;
}

export interface Result {
  readonly record: QueuedRecord;
  /** Undefined: the record is settled. */
  readonly failure: Failure | undefined;
}

const answerForm = v.object({
  mskSinks: v.literal('redrive'),
  batchItemFailures: v.array(
    v.object({
      itemIdentifier: v.object({ partition: v.string(), offset: v.number() }),
      code: v.string(),
      retryable: v.boolean(),
      detail: v.string(),
    }),
  ),
});

/**
 * What became of the records of a batch. Without evidence of success a record is not settled.
 * @throws Error if the deployed function does not know redrives
 */
export function resultsOf(batch: readonly QueuedRecord[], invocation: Invocation): readonly Result[] {
  const answer = parsedJson(invocation.payload);
  if (invocation.hasFailed)
    return all(batch, 'function_failed', `the function failed (${errorTypeOf(answer)}): see its log`);
  if (!isRecord(answer) || answer['mskSinks'] !== 'redrive') {
    throw new Error(
      'the deployed function does not know redrives, and took the records for a delivery: deploy this version, then run the command again. Nothing is marked as settled',
    );
  }
  const { success, output } = v.safeParse(answerForm, answer);
  if (!success)
    return all(batch, 'answer_unreadable', 'the answer of the function has another form than this command knows');
  const failures = new Map(
    output.batchItemFailures.map(({ itemIdentifier: { partition, offset }, ...failure }) => [
      placeOf({ topicPartition: partition, offset }),
      failure,
    ]),
  );
  const own = new Set(batch.map(placeOf));
  if ([...failures.keys()].some((place) => !own.has(place))) {
    return all(batch, 'answer_unreadable', 'the answer of the function names a record that was not sent');
  }
  return batch.map((record) => ({ record, failure: failures.get(placeOf(record)) }));
}

const all = (batch: readonly QueuedRecord[], code: string, detail: string): readonly Result[] =>
  batch.map((record) => ({ record, failure: { code, retryable: true, detail } }));

/** What a failed function answers: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
function errorTypeOf(answer: unknown): string {
  const type = isRecord(answer) ? answer['errorType'] : undefined;
  return typeof type === 'string' && /^[A-Za-z0-9_.]{1,64}$/.test(type) ? type : 'no error type';
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
