import { ANSWER_RESERVE_MS, RETRY_DELAY_MS_MAX, SEND_RESERVE_MS } from '../scenario/promised.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Bucket } from '../services/bucket.ts';
import type { KafkaLog, ProducedRecord } from '../services/kafka-log.ts';
import type { Invocation, Lambda } from '../services/lambda.ts';
import type { Target } from '../services/target.ts';
import { takenForAnOutage, waitingForEvidence } from './evidence.ts';
import type { Letters } from './letters.ts';
import { reasonsIn } from './letters.ts';
import { positionText } from './positions.ts';
import { leaks, type WatchedTelemetry } from './telemetry.ts';
import { unsettledIn } from './unsettled.ts';
import type { Violation } from './violation.ts';

export interface GeneralParts {
  readonly scenario: Scenario;
  readonly lambda: Lambda;
  readonly kafka: KafkaLog;
  readonly target: Target;
  readonly letters: Letters;
  readonly bucket: Bucket;
  readonly telemetry: WatchedTelemetry;
  /** Records that the mapping still holds, and may. */
  readonly open: ReadonlySet<ProducedRecord>;
  /** No fault was planned. */
  readonly isCalm: boolean;
}

/** What holds for both sinks. */
export const generalViolations = (parts: GeneralParts): readonly Violation[] => [
  ...nothingIsLost(parts),
  ...onlyPoisonHasLetters(parts),
  ...parts.lambda.invocations.flatMap((invocation) => [
    ...isAnsweredInTime(invocation, parts),
    ...givesUpNothingEarly(invocation, parts),
    ...recovers(invocation, parts),
    ...partitionsAreIndependent(invocation, parts),
    ...throwsOnDemandAlone(invocation, parts),
  ]),
  ...parts.bucket.violations,
  ...whatIsIgnoredIsCounted(parts),
  ...whatHasToBeSaid(parts),
  ...nothingLeaks(parts),
  ...(parts.isCalm ? isUneventful(parts) : []),
];

/** G1, in the end. */
function nothingIsLost({ kafka, letters, open, scenario, target }: GeneralParts): readonly Violation[] {
  return kafka.produced.flatMap((record) => {
    if (letters.records.has(record) || target.holds(record) || open.has(record)) return [];
    if (target.isPoison(record) && scenario.function.onPoison === 'skip') return [];
    if ([...letters.ofMapping].some((newer) => target.overtakes(newer, record))) return [];
    return [{ guarantee: 'G1', message: `${positionText(record)} is lost: neither in the target nor in the bucket` }];
  });
}

/** G6: an outage makes no dead letter of the function's own; what the mapping gives up has a condition of its own. */
function onlyPoisonHasLetters({ letters, scenario, target }: GeneralParts): readonly Violation[] {
  return [...letters.ofFunction].flatMap((record): readonly Violation[] => {
    if (!target.isPoison(record)) {
      return [{ guarantee: 'G6', message: `${positionText(record)} could have been written, and has a dead letter` }];
    }
    if (scenario.function.onPoison === 'deadLetter') return [];
    return [{ guarantee: 'G1', message: `${positionText(record)} has a dead letter, which its policy does not want` }];
  });
}

/** G5: unless its process was stopped or stood still. */
function isAnsweredInTime(
  { id, startedAtMs, end, ...invocation }: Invocation,
  { open, scenario }: GeneralParts,
): readonly Violation[] {
  // What waits for a record of somebody else's is invoked again and again: the story ends in the middle of it.
  if (end === undefined && open.size > 0) return [];
  if (end === undefined) return [{ guarantee: 'G5', message: `invocation ${id} never ended` }];
  const isLate =
    end.kind === 'timedOut' || end.atMs > startedAtMs + scenario.function.timeoutMs - ANSWER_RESERVE_MS + SLACK_MS;
  if (!isLate || invocation.wasStopped) return [];
  return [{ guarantee: 'G5', message: `invocation ${id} had no answer after ${end.atMs - startedAtMs} ms` }];
}

const SLACK_MS = 5;

/**
 * G6: an answer that hands records back waits until nothing more may be sent, or the mapping's attempts would be used up
 * in hours. That holds for a blocked record as well. Everything else was tried until then.
 */
function givesUpNothingEarly(invocation: Invocation, { scenario }: GeneralParts): readonly Violation[] {
  const { id, end, startedAtMs } = invocation;
  const isFailure = end?.kind === 'threw' || (end?.kind === 'answered' && unsettledIn(invocation).length > 0);
  if (!isFailure || end === undefined) return [];
  const sendUntilMs = startedAtMs + scenario.function.timeoutMs - SEND_RESERVE_MS;
  if (end.atMs < sendUntilMs - SLACK_MS) {
    return [{ guarantee: 'G6', message: `invocation ${id} handed records back after ${end.atMs - startedAtMs} ms` }];
  }
  // DocumentDB's driver waits for a server by itself, which no one else sees.
  if (scenario.sink !== 'kinesisSink' || scenario.function.onPoison === 'block') return [];
  const patientUntilMs = sendUntilMs - RETRY_DELAY_MS_MAX;
  if (invocation.wasStopped || invocation.activeAtMs >= patientUntilMs - SLACK_MS) return [];
  const idleMs = end.atMs - invocation.activeAtMs;
  return [
    { guarantee: 'G6', message: `invocation ${id} tried nothing in the ${idleMs} ms before it handed records back` },
  ];
}

/**
 * G6: what an outage held up is written once the outage is over, as long as there is time: a try takes 20 s, its pause 5 s,
 * and a doubt a few more tries. A dead letter that failed is not tried again in an invocation.
 */
function recovers(invocation: Invocation, { kafka, scenario }: GeneralParts): readonly Violation[] {
  const { id, end, startedAtMs, touchedAtMs, wasStopped } = invocation;
  if (end?.kind !== 'answered' || wasStopped || touchedAtMs === undefined) return [];
  if (scenario.sink !== 'documentdbSink' || scenario.function.onPoison === 'block') return [];
  // Each record that an index takes for another document's is tried 30 times.
  if (scenario.documentdb.hasArraysInKeys) return [];
  if (scenario.faults.some(({ kind }) => kind.startsWith('bucket.'))) return [];
  const quietMs = startedAtMs + scenario.function.timeoutMs - SEND_RESERVE_MS - touchedAtMs;
  if (quietMs < RECOVERY_MS) return [];
  const waiting = takenForAnOutage(invocation, { kafka, scenario });
  const first = unsettledIn(invocation).find((position) => !waiting.has(position));
  if (first === undefined) return [];
  return [{ guarantee: 'G6', message: `invocation ${id} names ${first}, ${quietMs} ms after the last fault` }];
}

const RECOVERY_MS = 45_000;

/** G4: a partition that no fault touched is settled, but for what waits for evidence against a record of its own. */
function partitionsAreIndependent(invocation: Invocation, { kafka, scenario }: GeneralParts): readonly Violation[] {
  const { id, end, isTouchedAll, touched } = invocation;
  if (end?.kind !== 'answered' || isTouchedAll || scenario.mapping.mode === 'onDemand') return [];
  if (scenario.function.onPoison === 'block') return [];
  const untouched = unsettledIn(invocation).filter((position) => !touched.has(topicPartitionIn(position)));
  if (untouched.length === 0) return [];
  const waiting = waitingForEvidence(invocation, { kafka, scenario });
  const named = new Set(untouched.filter((position) => !waiting.has(position)).map(topicPartitionIn));
  return [...named].map((topicPartition) => ({
    guarantee: 'G4',
    message: `invocation ${id} names records of ${topicPartition}, which no fault touched`,
  }));
}

const topicPartitionIn = (position: string): string => position.slice(0, position.lastIndexOf('@'));

/** G4: what is thrown is thrown for every partition. Pollers of one's own read the response instead. */
function throwsOnDemandAlone({ id, end }: Invocation, { scenario }: GeneralParts): readonly Violation[] {
  if (end?.kind !== 'threw' || scenario.mapping.mode === 'onDemand') return [];
  return [{ guarantee: 'G4', message: `invocation ${id} threw (${end.errorName}): all its partitions come again` }];
}

/** G1: what a rule ignores is counted by its reason. */
function whatIsIgnoredIsCounted({ lambda, kafka, scenario, target, telemetry }: GeneralParts): readonly Violation[] {
  if (scenario.function.onPoison !== 'skip' || telemetry.said.has('RecordsIgnoredPoison')) return [];
  const ignored = lambda.invocations.flatMap((invocation) => {
    if (invocation.end?.kind !== 'answered') return [];
    const unsettled = new Set(unsettledIn(invocation));
    return invocation.sent.filter((position) => {
      const record = kafka.at(position, invocation.startedAtMs);
      return record !== undefined && target.isPoison(record) && !target.holds(record) && !unsettled.has(position);
    });
  });
  return ignored
    .slice(0, 1)
    .map((position) => ({ guarantee: 'G1', message: `${position} is ignored, and not counted` }));
}

/** G3: what docs/guarantees.md leaves to a metric is in that metric. */
function whatHasToBeSaid({ target, telemetry }: GeneralParts): readonly Violation[] {
  const missing = (target.mustSay?.() ?? []).filter((name) => !telemetry.said.has(name));
  const wrong = (target.mustNotSay?.() ?? []).filter((name) => telemetry.said.has(name));
  return [
    ...missing.map((name) => ({ guarantee: 'G3', message: `${name} was not counted` }) as const),
    ...wrong.map((name) => ({ guarantee: 'G3', message: `${name} was counted, and is not so` }) as const),
  ];
}

/** G7 */
function nothingLeaks({ bucket, telemetry, lambda, scenario }: GeneralParts): readonly Violation[] {
  const said = [
    ...telemetry.said,
    ...reasonsIn(bucket, scenario.documentdb.isCollectionOfRecord === true),
    ...lambda.invocations.map(({ end }) => (end?.kind === 'threw' ? end.said : '')),
  ];
  return said
    .filter(leaks)
    .map((line) => ({ guarantee: 'G7', message: `a log line holds a payload: ${line.split(' ')[0]}` }));
}

/** Without faults nothing is sent to the function twice, unless something was handed back: see calmViolations. */
function isUneventful({ lambda, scenario }: GeneralParts): readonly Violation[] {
  if (scenario.function.onPoison === 'block') return [];
  const sent = lambda.invocations.flatMap((invocation) => invocation.sent);
  if (sent.length === new Set(sent).size || lambda.invocations.flatMap(unsettledIn).length > 0) return [];
  return [{ guarantee: 'calm', message: 'records were sent to the function twice' }];
}
