import type { Entry } from '../../../functions/kinesis-sink/plan/entry.ts';
import type { Aggregation, Ordering } from '../../../functions/kinesis-sink/plan/plan.ts';
import type { EntryReply } from '../../../functions/kinesis-sink/target/classify.ts';
import type { KinesisPort } from '../../../functions/kinesis-sink/target/kinesis-port.ts';
import { seededRandom } from '../../../local/seeded-random.ts';
import { isSettled, type RecordOutcome } from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import { aKinesisSink } from '../../support/a-kinesis-sink.ts';
import { aRecord, batchesOf, deadlineIn } from '../../support/builders.ts';
import { fakeDeadLetters } from '../../support/fake-dead-letters.ts';
import { below, pick, type Random } from '../mutate.ts';
import { CANARY, expectThat, type FuzzTarget, type SeedInput } from '../target.ts';

const ENTRY_CODES = [
  'ProvisionedThroughputExceededException',
  'InternalFailure',
  'KMSThrottlingException',
  'KMSDisabledException',
  'SomethingNew',
  '',
  `${CANARY} quoted`,
];
const ERROR_NAMES = [
  'AccessDeniedException',
  'ResourceNotFoundException',
  'InvalidArgumentException',
  'ValidationException',
  'LimitExceededException',
  'ExpiredTokenException',
  'KMSAccessDeniedException',
  'TimeoutError',
  'AbortError',
  'SomethingNew',
  'CredentialsProviderError',
  `${CANARY} quoted`,
];
const MODES: readonly { readonly ordering: Ordering; readonly aggregation: Aggregation }[] = [
  { ordering: 'key', aggregation: 'off' },
  { ordering: 'key', aggregation: 'key' },
  { ordering: 'key', aggregation: 'bucket' },
  { ordering: 'partition', aggregation: 'off' },
  { ordering: 'partition', aggregation: 'bucket' },
  { ordering: 'none', aggregation: 'off' },
  { ordering: 'none', aggregation: 'bucket' },
];

/** Whatever Kinesis answers, each record has one outcome, and only what Kinesis acknowledged counts as written. */
export const kinesisAnswers: FuzzTarget<SeedInput> = {
  name: 'kinesis-answers',
  generate: (random) => ({ seed: below(random, 2 ** 31) }),
  async check({ seed }) {
    const random = seededRandom(seed);
    const seen: Seen = { acknowledged: new Set(), rejected: new Set(), isOver: false };
    const sink = aKinesisSink({
      ...pick(random, MODES),
      onPoison: pick(random, ['deadLetter', 'skip', 'block'] as const),
      requestsInFlightMax: 1 + below(random, 4),
      random,
      deadLetters: fakeDeadLetters(() => random() < 0.8).queue,
      port: unreliablePort(random, seen),
    });
    const records = someRecords(random);
    const deadline = deadlineIn(sink.clock.nowMs(), pick(random, [6_000, 20_000, 60_000]));
    const outcomes = await sink.write(records, deadline);
    seen.isOver = true;
    expectThat(sink.clock.nowMs() <= deadline.answerByMs, 'answered too late');
    checkOutcomes(
      batchesOf(records).flatMap((batch) => batch.records),
      outcomes,
      seen,
    );
    const said = JSON.stringify([sink.telemetry.lines, sink.telemetry.metrics(), outcomes]);
    expectThat(!said.includes(CANARY), 'a line or an outcome quotes a record or an answer');
  },
};

/** What Kinesis said of records, by name. */
interface Seen {
  readonly acknowledged: Set<string>;
  /** Records of requests that were refused as a whole. */
  readonly rejected: Set<string>;
  isOver: boolean;
}

const unreliablePort = (random: Random, seen: Seen): KinesisPort => ({
  async putRecords(entries, signal) {
    expectThat(!seen.isOver, 'a request after the answer');
    await Promise.resolve();
    if (random() < 0.25) {
      for (const name of entries.flatMap(namesOf)) seen.rejected.add(name);
      throw await requestError(random, signal);
    }
    const isCalm = random() < 0.5;
    const replies = entries.map(() => (isCalm ? aReply : replyOf(random)));
    const accepted = entries.filter((_entry, index) => isAcceptance(replies[index]));
    for (const name of accepted.flatMap(namesOf)) seen.acknowledged.add(name);
    return random() < 0.1 ? replies.slice(below(random, 3)) : replies;
  },
});

function checkOutcomes(sent: readonly SourceRecord[], outcomes: readonly RecordOutcome[], seen: Seen): void {
  expectThat(outcomes.length === sent.length, 'one outcome for each record');
  for (const [index, outcome] of outcomes.entries()) {
    const name = nameOf(sent[index] as SourceRecord);
    expectThat(nameOf(outcome) === name, 'outcomes in the order of the records');
    const isAcknowledged = seen.acknowledged.has(name);
    expectThat(outcome.kind !== 'written' || isAcknowledged, `${name} counts as written unacknowledged`);
    const isDead = outcome.kind === 'deadLettered' || (outcome.kind === 'ignored' && outcome.reason === 'poison');
    expectThat(!isDead || seen.rejected.has(name), `${name} counts as poison, and Kinesis never rejected its request`);
    expectThat(!isSettled(outcome) || isAcknowledged || isDead, `${name} is settled without a reason`);
  }
}

const isAcceptance = (reply: EntryReply | undefined): boolean =>
  reply?.sequenceNumber !== undefined && reply.errorCode === undefined;

const aReply: EntryReply = { sequenceNumber: '49', shardId: 'shardId-000000000000', errorCode: undefined };

const replyOf = (random: Random): EntryReply => ({
  sequenceNumber: random() < 0.5 ? '49' : undefined,
  shardId: pick(random, ['shardId-000000000000', 'shardId-000000000001', undefined]),
  errorCode: random() < 0.6 ? pick(random, ENTRY_CODES) : undefined,
});

/** Rejects with an error of the SDK, at once or when the request is aborted; undefined: the request is answered. */
async function requestError(random: Random, signal: AbortSignal): Promise<unknown> {
  if (random() < 0.2) {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    return Object.assign(new Error(CANARY), { name: 'AbortError' });
  }
  const status = pick(random, [undefined, 0, 400, 403, 413, 429, 500, 503]);
  const fields = {
    name: pick(random, ERROR_NAMES),
    ...(status !== undefined && { $metadata: { httpStatusCode: status } }),
  };
  return pick(random, [Object.assign(new Error(CANARY), fields), CANARY, null, fields, new TypeError(CANARY)]) ?? null;
}

const someRecords = (random: Random): readonly SourceRecord[] =>
  Array.from({ length: 1 + below(random, 30) }, (_, offset) =>
    aRecord({
      offset,
      partition: below(random, 3),
      key: pick(random, ['a', 'b', CANARY, null]),
      value: random() < 0.1 ? null : `{"${CANARY}":${offset}}`,
    }),
  );

const namesOf = ({ records }: Entry): readonly string[] => records.map(nameOf);

const nameOf = ({ position }: Pick<SourceRecord, 'position'>): string =>
  `${position.topicPartition}@${position.offset}`;
