import type { EntryReply } from '../../../functions/kinesis-sink/classify.ts';
import { createCredentialsSource, type SessionCredentials } from '../../../functions/kinesis-sink/credentials.ts';
import type { Entry } from '../../../functions/kinesis-sink/entry.ts';
import { sendWithSession } from '../../../functions/kinesis-sink/session.ts';
import { createKinesisSink, type KinesisPort } from '../../../functions/kinesis-sink/sink.ts';
import { identify } from '../../../shared/errors.ts';
import type { BatchParts } from '../../../shared/run-batch.ts';
import type { Log, Meter } from '../../../shared/telemetry.ts';
import { Conduct } from '../checks/conduct.ts';
import { positionText } from '../checks/positions.ts';
import { PARTITION_KEY_CHARACTERS_MAX, streamViolations } from '../checks/stream.ts';
import type { Violation } from '../checks/violation.ts';
import type { Touched } from '../model/chaos.ts';
import type { StoryRecord } from '../model/story.ts';
import type { Environment } from './environment.ts';
import { type ProducedRecord, SECRET } from './kafka-log.ts';
import { exchange, foreign, type NetworkFault } from './network.ts';
import { Sessions } from './sessions.ts';
import { Stream } from './stream.ts';
import type { FinalWorld, Target, TargetParts } from './target.ts';

/** The service's own limits, not the function's: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const REQUEST_RECORDS_MAX = 500;
const REQUEST_BYTES_MAX = 10 * 1024 * 1024;
/** Of this stream: small, so that a record beyond it is cheap. */
const RECORD_BYTES_MAX = 2_000;
/** What one shard takes in a second while `kinesis.shardLimit` is open; real ones take 1000. */
const SHARD_ENTRIES_PER_SECOND = 5;
/** As long as a UUID. */
const RANDOM_KEY_CHARACTERS = 36;
const FULL_EVERY = 10;

/** One PutRecords call of a function. */
interface Request {
  readonly environment: Environment;
  readonly invocation: string;
  readonly entries: readonly Entry[];
  readonly positions: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * A stream behind a service that throttles, refuses entries or requests, loses answers, serves requests after their
 * caller gave up, and stores the entries of one request in no certain order.
 */
export class KinesisTarget implements Target {
  readonly #parts: TargetParts;
  readonly #stream: Stream;
  readonly #sessions: Sessions;
  readonly #conduct: Conduct;
  readonly #records = new Set<ProducedRecord>();

  constructor(parts: TargetParts) {
    const { random, story } = parts;
    this.#parts = parts;
    this.#stream = new Stream(story.kinesis.shardCount, random.fork('stream'));
    this.#sessions = new Sessions({ ...parts, random: random.fork('sessions') });
    this.#conduct = new Conduct(story.kinesis);
  }

  /** Poison is one byte too large; now and then a record is exactly as large as the stream takes it. */
  valueOf({ id, key, kind }: StoryRecord): Buffer | null {
    if (kind === 'tombstone') return null;
    const text = (filler: string) =>
      JSON.stringify({ id, secret: `${SECRET}-${id}`, ...(kind === 'refused' && { refused: true }), filler });
    // The partition key counts as well. What becomes of a long key is the function's own affair: two bytes at least.
    const isLong = key !== null && key.length > PARTITION_KEY_CHARACTERS_MAX;
    const keyBytes = isLong ? 1 : (key?.length ?? RANDOM_KEY_CHARACTERS);
    const roomBytes = RECORD_BYTES_MAX - keyBytes - text('').length;
    const isFull = kind === 'plain' && id % FULL_EVERY === 0 && !isLong;
    return Buffer.from(text('x'.repeat(kind === 'poison' ? roomBytes + 1 : isFull ? roomBytes : 0)));
  }

  createFunction(environment: Environment, telemetry: { readonly log: Log; readonly meter: Meter }): BatchParts {
    const { story, bucket } = this.#parts;
    const { clock } = environment;
    const random = this.#parts.random.fork(environment.name);
    const time = { clock, random: random.next };
    const deadLetters = bucket.queueFor(environment, { ...time, meter: telemetry.meter });
    let randomKeyCount = 0;
    const sink = createKinesisSink({
      ...time,
      port: this.#portFor(environment),
      deadLetters,
      meter: telemetry.meter,
      options: {
        functionName: 'kinesisSink',
        streamArn: 'arn:aws:kinesis:eu-west-1:222222222222:stream/simulated',
        onPoison: story.function.onPoison,
        tombstone: story.kinesis.tombstone,
        recordBytesMax: RECORD_BYTES_MAX,
        requestsInFlightMax: story.kinesis.requestsInFlightMax,
        requestTimeoutMs: story.kinesis.requestTimeoutMs,
        randomKey: () => {
          randomKeyCount += 1;
          return `${environment.name} ${randomKeyCount}`.padEnd(RANDOM_KEY_CHARACTERS);
        },
      },
    });
    return { sink, triggerMode: story.mapping.mode, ...telemetry, clock };
  }

  /** As the function's client does it, with a service of ours. */
  #portFor(environment: Environment): KinesisPort {
    const credentials = this.#parts.story.kinesis.hasRole
      ? createCredentialsSource(() => this.#sessions.assume(environment), environment.clock)
      : undefined;
    return {
      putRecords: async (entries, signal) => {
        const { invocation } = environment;
        // Perhaps it waits for a session that another call asked for.
        environment.noteActivity();
        signal.addEventListener('abort', environment.noteActivity, { once: true });
        this.#conduct.decided(invocation, environment.clock.nowMs(), environment.sendUntilMs);
        const positions = entries.map((entry) => this.#positionOf(entry));
        const request = { environment, invocation, entries, positions, signal };
        try {
          const replies = await sendWithSession(credentials, async () => this.#send(request, await credentials?.get()));
          this.#conduct.answered(invocation, acknowledgedOf(request, replies), environment.clock.nowMs());
          return replies;
        } catch (error) {
          this.#noteRefusal(request, identify(error).name);
          throw error;
        }
      },
    };
  }

  /** What comes after the caller gave up is not heard. */
  #noteRefusal({ environment, invocation, signal }: Request, name: string): void {
    if (signal.aborted) return;
    const nowMs = environment.clock.nowMs();
    if (name === 'InvalidArgumentException') this.#conduct.answered(invocation, [], nowMs);
    if (REFUSED_FOR_GOOD.includes(name)) this.#conduct.refusedForGood(invocation, nowMs);
  }

  #send(request: Request, session: SessionCredentials | undefined): Promise<readonly EntryReply[]> {
    const { environment, invocation, signal } = request;
    if (signal.aborted) return Promise.reject(foreign('AbortError'));
    const close = this.#conduct.opened(environment, invocation, request.positions, signal);
    return exchange(environment, this.#parts, {
      serve: () => this.#serve(request, session),
      fault: this.#networkFault(request),
      broken: () => foreign('ECONNRESET'),
      aborted: () => foreign('AbortError'),
      signal,
    }).finally(close);
  }

  #networkFault({ environment, entries }: Request): NetworkFault | undefined {
    const { chaos } = this.#parts;
    const touched = partitionsOf(entries);
    if (chaos.strikes('kinesis.requestLost', environment, touched)) return 'requestLost';
    if (chaos.strikes('kinesis.answerLost', environment, touched)) return 'answerLost';
    return chaos.strikes('kinesis.slow', environment, touched) ? 'slow' : undefined;
  }

  /** The request reaches the service. */
  #serve(request: Request, session: SessionCredentials | undefined): Promise<readonly EntryReply[]> {
    const { chaos, random } = this.#parts;
    const { environment, entries } = request;
    const touched = partitionsOf(entries);
    const refusal = this.#refusalOf(request, session, touched);
    if (refusal !== undefined) return Promise.reject(refusal);
    const isBroken = chaos.strikes('kinesis.serverError', environment, touched);
    if (isBroken && random.chance(0.5)) return Promise.reject(foreign('InternalFailure', 500));
    const replies = this.#storeAll(request);
    if (isBroken) return Promise.reject(foreign('InternalFailure', 500));
    const isShort = entries.length > 1 && chaos.strikes('kinesis.shortAnswer', environment, touched);
    return Promise.resolve(isShort ? replies.slice(1) : replies);
  }

  /** Why nothing of the request is stored; undefined: no reason. */
  #refusalOf(
    { environment, entries, invocation }: Request,
    session: SessionCredentials | undefined,
    touched: Touched,
  ): Error | undefined {
    const { chaos, random } = this.#parts;
    if (chaos.strikes('kinesis.tokenExpired', environment)) {
      if (session !== undefined) this.#sessions.revoke(session);
      return foreign('ExpiredTokenException', 400);
    }
    if (session !== undefined && !this.#sessions.isGood(session)) return foreign('ExpiredTokenException', 400);
    if (chaos.strikes('kinesis.accessDenied', environment)) return foreign(random.pick(DENIALS), 400);
    if (chaos.strikes('kinesis.requestThrottled', environment, touched)) {
      return foreign(random.pick(THROTTLES), 400);
    }
    if (isMalformed(entries)) this.#conduct.malformed(invocation);
    return isMalformed(entries) || entries.some(isRefused) ? foreign('InvalidArgumentException', 400) : undefined;
  }

  /** "PutRecords doesn't guarantee the ordering of records": the replies are in order, what they tell of need not be. */
  #storeAll(request: Request): readonly EntryReply[] {
    const { random } = this.#parts;
    const places = request.entries.map((_, index) => ({ index, order: random.next() }));
    const replies: EntryReply[] = [];
    for (const { index } of places.toSorted((a, b) => a.order - b.order)) replies[index] = this.#store(request, index);
    return replies;
  }

  #store({ environment, entries, positions }: Request, index: number): EntryReply {
    const { chaos, random, tell, timeline } = this.#parts;
    const entry = entries[index] as Entry;
    const position = positions[index] as string;
    const touched = [entry.record.position.topicPartition];
    const { partitionKey, dataBase64 } = entry;
    const shard = this.#stream.shardOf(partitionKey);
    const isOverLimit = this.#stream.countInSecond(shard, timeline.nowMs()) > SHARD_ENTRIES_PER_SECOND;
    if (
      chaos.strikes('kinesis.entryThrottled', environment, touched) ||
      (isOverLimit && chaos.strikes('kinesis.shardLimit', environment, touched))
    ) {
      return refused('ProvisionedThroughputExceededException');
    }
    if (chaos.strikes('kinesis.entryFailed', environment, touched)) return refused(random.pick(ENTRY_FAILURES));
    const record = this.#recordOf(entry);
    const place = this.#stream.store({ record, position, partitionKey, dataBase64 });
    if (record !== undefined) this.#records.add(record);
    tell(`stored in ${place.shardId} as number ${Number(place.sequenceNumber)}`, position);
    return { ...place, errorCode: undefined };
  }

  #recordOf({ record: { position, timestampMs } }: Entry): ProducedRecord | undefined {
    return this.#parts.kafka.find(position.topicPartition, position.offset, timestampMs);
  }

  #positionOf(entry: Entry): string {
    const { topicPartition, offset } = entry.record.position;
    const record = this.#recordOf(entry);
    return record === undefined ? `${topicPartition}@${offset}` : positionText(record);
  }

  reshard(): void {
    this.#stream.reshard();
  }

  holds(record: ProducedRecord): boolean {
    if (record.story.kind === 'tombstone' && this.#parts.story.kinesis.tombstone === 'skip') return true;
    return this.#records.has(record);
  }

  isAcknowledged = (invocation: string, record: ProducedRecord): boolean =>
    this.#conduct.isAcknowledged(invocation, positionText(record));

  isPoison = ({ story: { kind } }: ProducedRecord): boolean => kind === 'poison' || kind === 'refused';

  overtakes = (): boolean => false;

  violations({ isCalm, lettered }: FinalWorld): readonly Violation[] {
    const { onPoison } = this.#parts.story.function;
    const { stored } = this.#stream;
    return [
      ...this.#conduct.violations,
      ...streamViolations(stored, lettered),
      ...(isCalm && onPoison !== 'block' && stored.length > this.#records.size
        ? [{ guarantee: 'calm', message: 'a record is stored twice' } as const]
        : []),
    ];
  }

  digest = (): string =>
    this.#stream.stored
      .map(({ shardId, position, partitionKey }) => `${shardId} ${position} ${partitionKey}`)
      .join('\n');
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html#API_PutRecords_Errors */
const DENIALS: readonly string[] = ['AccessDeniedException', 'ResourceNotFoundException', 'KMSDisabledException'];
const REFUSED_FOR_GOOD: readonly string[] = [...DENIALS, 'ExpiredTokenException', 'CredentialsError'];
const THROTTLES: readonly string[] = [
  'ProvisionedThroughputExceededException',
  'LimitExceededException',
  'KMSThrottlingException',
];
/** Also one that nobody has heard of, and a reply that says neither that the entry is stored nor that it is not. */
const ENTRY_FAILURES: readonly (string | undefined)[] = ['InternalFailure', 'SomethingNew', undefined];

/** A short answer tells nothing of any entry: nobody knows which are missing. */
const acknowledgedOf = ({ positions }: Request, replies: readonly EntryReply[]): readonly string[] =>
  replies.length === positions.length
    ? positions.filter((_, index) => replies[index]?.sequenceNumber !== undefined)
    : [];

const partitionsOf = (entries: readonly Entry[]): readonly string[] => [
  ...new Set(entries.map(({ record }) => record.position.topicPartition)),
];

const isMalformed = (entries: readonly Entry[]): boolean =>
  entries.length === 0 ||
  entries.length > REQUEST_RECORDS_MAX ||
  entries.reduce((sum, entry) => sum + bytesOf(entry), 0) > REQUEST_BYTES_MAX ||
  entries.some(
    (entry) =>
      entry.partitionKey.length === 0 ||
      entry.partitionKey.length > PARTITION_KEY_CHARACTERS_MAX ||
      bytesOf(entry) > RECORD_BYTES_MAX,
  );

const bytesOf = ({ dataBase64, partitionKey }: Entry): number =>
  Buffer.byteLength(dataBase64, 'base64') + Buffer.byteLength(partitionKey);

const isRefused = ({ dataBase64 }: Entry): boolean => Buffer.from(dataBase64, 'base64').includes('"refused":true');

const refused = (errorCode: string | undefined): EntryReply => ({
  sequenceNumber: undefined,
  shardId: undefined,
  errorCode,
});
