import type { Clock } from '../../../shared/time/clock.ts';
import type { Ask } from '../ask.ts';
import { fixtureOf } from './fixture.ts';
import type { ScratchKafka } from './kafka.ts';
import type { Scratch } from './scratch.ts';
import {
  type Delivery,
  deliveriesIn,
  FAILED_OFFSET,
  RECORD_COUNT,
  type Reading,
  readingOf,
} from './scratch-function.ts';

export interface RetriesParts {
  readonly scratch: Scratch;
  readonly ask: Ask;
  readonly kafka: ScratchKafka;
  readonly clock: Clock;
  readonly print: (line: string) => void;
  /** Ends the waits; what was made is removed. */
  readonly stop: AbortSignal;
}

export interface RetriesResult {
  readonly reading: Reading;
  /** A fixture's text, without account, cluster or payload. */
  readonly fixture: string;
}

const EVERY_MS = 10_000;
const STACK_MS_MAX = 15 * 60_000;
const DELIVERIES_MS_MAX = 15 * 60_000;

/** What {@link findRetries} would do. */
export const planOf = ({ name, functionName, template }: Scratch): readonly string[] => [
  `would create the topic ${name} with one partition and ${RECORD_COUNT} records (numbers)`,
  `would create the stack ${name}: ${Object.keys((template as { Resources: object }).Resources).join(', ')}`,
  `would wait until the function ${functionName}, which reports offset ${FAILED_OFFSET} as failed, gets the offset again, and read its log`,
  'would write the events, without account, cluster and names, to test/fixtures/captured/',
  `would delete the stack, the consumer group ${name} and the topic`,
  'takes about 10 minutes, costs one poller for that time, and touches nothing else',
];

/** Finds out which records Lambda repeats. Whatever happens, removes what it made. Rejects with an Error that says what to do. */
export async function findRetries(parts: RetriesParts): Promise<RetriesResult> {
  const { scratch, kafka, print } = parts;
  const undo: (() => Promise<void>)[] = [];
  try {
    print(`creating the topic ${scratch.name}`);
    undo.push(() => kafka.deleteTopic(scratch.name));
    await kafka.createTopic(scratch.name);
    await kafka.produce(scratch.name, RECORD_COUNT);
    print(`creating the stack ${scratch.name}`);
    undo.push(() => kafka.deleteGroup(scratch.name));
    undo.push(() => deleteStack(parts));
    await createStack(parts);
    print('waiting for the second delivery of the failed record');
    const { deliveries, reading } = await delivered(parts);
    return { reading, fixture: fixtureOf(deliveries, reading, scratch.name) };
  } finally {
    await cleanUp(undo, parts);
  }
}

/** The last thing that was made goes first. A step that fails keeps no other from running. */
async function cleanUp(undo: readonly (() => Promise<void>)[], { print, scratch }: RetriesParts): Promise<void> {
  print('removing what was created');
  for (const step of undo.toReversed()) {
    await step().catch((error: unknown) => {
      print(
        `${error instanceof Error ? error.message : 'a step failed'}. Remove by hand what is named ${scratch.name}.`,
      );
    });
  }
}

async function createStack({ ask, scratch, ...waiting }: RetriesParts): Promise<void> {
  const stack = { 'stack-name': scratch.name };
  const created = await ask('cloudformation create-stack', {
    ...stack,
    'template-body': JSON.stringify(scratch.template),
    capabilities: 'CAPABILITY_NAMED_IAM',
  });
  if (created.kind !== 'value')
    throw new Error(`the stack cannot be created (${wordsOf(created)}): allow cloudformation:CreateStack`);
  await until('the stack is complete', STACK_MS_MAX, waiting, async () => {
    const described = await ask('cloudformation describe-stacks', stack);
    const status = described.kind === 'value' ? String(described.value.Stacks?.[0]?.StackStatus) : '';
    if (/FAILED|ROLLBACK/.test(status)) {
      throw new Error(
        `the stack ends as ${status}: read its events (aws cloudformation describe-stack-events --stack-name ${scratch.name})`,
      );
    }
    return status === 'CREATE_COMPLETE' || undefined;
  });
}

async function deleteStack({ ask, scratch, clock, print }: RetriesParts): Promise<void> {
  const stack = { 'stack-name': scratch.name };
  const deleted = await ask('cloudformation delete-stack', stack);
  if (deleted.kind !== 'value') throw new Error(`the stack cannot be deleted (${wordsOf(deleted)})`);
  const waiting = { clock, print, stop: new AbortController().signal };
  await until('the stack is deleted', STACK_MS_MAX, waiting, async () => {
    const described = await ask('cloudformation describe-stacks', stack);
    const status = described.kind === 'value' ? described.value.Stacks?.[0]?.StackStatus : undefined;
    if (status === 'DELETE_FAILED') throw new Error('the stack cannot be deleted (DELETE_FAILED)');
    return described.kind === 'missing' || status === 'DELETE_COMPLETE' || undefined;
  });
}

async function delivered({ ask, scratch, ...waiting }: RetriesParts): Promise<{
  readonly deliveries: readonly Delivery[];
  readonly reading: Reading;
}> {
  const options = { 'log-group-name': scratch.logGroup, 'filter-pattern': 'DELIVERY' };
  return await until('the failed record came twice', DELIVERIES_MS_MAX, waiting, async () => {
    const found = await ask('logs filter-log-events', options);
    if (found.kind === 'denied') throw new Error("the function's log cannot be read: allow logs:FilterLogEvents");
    const events: readonly { readonly message: string }[] = found.kind === 'value' ? (found.value.events ?? []) : [];
    const deliveries = deliveriesIn(events.map(({ message }) => message));
    const reading = readingOf(deliveries);
    return reading && { deliveries, reading };
  });
}

/** Asks until there is an answer. @throws Error after the time, or when the user ends the command */
async function until<Result>(
  what: string,
  msMax: number,
  { clock, stop, print }: Pick<RetriesParts, 'clock' | 'stop' | 'print'>,
  ask: () => Promise<Result | undefined>,
): Promise<Result> {
  const startMs = clock.nowMs();
  for (;;) {
    if (stop.aborted) throw new Error('stopped');
    const result = await ask();
    if (result !== undefined) return result;
    const elapsedMs = clock.nowMs() - startMs;
    if (elapsedMs >= msMax) throw new Error(`after ${msMax / 60_000} minutes it is not true that ${what}`);
    print(`${Math.round(elapsedMs / 1_000)} s: not yet (${what})`);
    await clock.waitUntil(clock.nowMs() + EVERY_MS, stop);
  }
}

const wordsOf = (answer: { readonly kind: string; readonly code?: string }): string => answer.code ?? answer.kind;
