import type { Entry } from '../../../../functions/kinesis-sink/plan/entry.ts';
import { createKinesisSink } from '../../../../functions/kinesis-sink/sink.ts';
import type { EntryReply } from '../../../../functions/kinesis-sink/target/classify.ts';
import {
  createCredentialsSource,
  type SessionCredentials,
} from '../../../../functions/kinesis-sink/target/credentials.ts';
import type { KinesisPort } from '../../../../functions/kinesis-sink/target/kinesis-port.ts';
import { createPreflight, type StreamPort } from '../../../../functions/kinesis-sink/target/preflight.ts';
import { sendWithSession } from '../../../../functions/kinesis-sink/target/session.ts';
import { identify } from '../../../../shared/errors.ts';
import type { SourceRecord } from '../../../../shared/record.ts';
import type { BatchParts } from '../../../../shared/run-batch.ts';
import type { BatchMeter, Log } from '../../../../shared/telemetry/telemetry.ts';
import { type ConsumedRecord, deaggregate } from '../../../support/kpl/deaggregate.ts';
import { Conduct } from '../../invariants/conduct.ts';
import { positionText } from '../../invariants/positions.ts';
import { Rejections } from '../../invariants/stream/rejections.ts';
import { type SentEntry, ShardManners } from '../../invariants/stream/shard-protocol.ts';
import { PARTITION_KEY_CHARACTERS_MAX, streamLaneOf, streamViolations } from '../../invariants/stream/stream.ts';
import type { Violation } from '../../invariants/violation.ts';
import type { Touched } from '../../scenario/fault-injector.ts';
import type { ScenarioRecord } from '../../scenario/scenario.ts';
import { EPOCH_MS } from '../../scenario/timeline.ts';
import { withContainers } from '../containers.ts';
import type { Environment } from '../environment.ts';
import { type ProducedRecord, SECRET, topicNameOf } from '../kafka-log.ts';
import { exchange, foreign, type NetworkFault } from '../network.ts';
import type { FinalWorld, Target, TargetParts } from '../target.ts';
import { Sessions } from './sessions.ts';
import { rangeOf, routedBy, type Shard, Stream } from './stream.ts';

/** The service's own limits, not the function's: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const REQUEST_RECORDS_MAX = 500;
const REQUEST_BYTES_MAX = 10 * 1024 * 1024;
/** What one shard takes in a second while `kinesis.shardLimit` is open; real ones take 1000. */
const SHARD_ENTRIES_PER_SECOND = 5;
/** Until the next look at the stream, while a process stands still, and while a request is on its way. */
const SWITCH_GRACE_MS = 60_000 + 90_000 + 45_000;
/** As long as a UUID. */
const RANDOM_KEY_CHARACTERS = 36;
const FULL_EVERY = 10;
/** A stream that takes larger records than this is filled by the story's own. */
const FULL_BYTES_MAX = 2_000;
/** More than an envelope adds to the value of a record of this world, and its quotes become two characters each. */
const ENVELOPE_BYTES = 1_000;
const CONSTANT_KEY = 'all';
/** That a stream cannot be described, is not active, takes small records only, or keeps no order. */
const WARNINGS_MAX = 4;

/** One PutRecords call of a function. */
interface Request {
  readonly environment: Environment;
  readonly invocation: string;
  /** In its environment. */
  readonly number: number;
  readonly entries: readonly Entry[];
  /** Of the records in each entry. */
  readonly positions: readonly (readonly string[])[];
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
  readonly #manners = new ShardManners();
  readonly #rejections = new Rejections();
  readonly #records = new Set<ProducedRecord>();
  readonly #hasRefused: boolean;

  constructor(parts: TargetParts) {
    const { random, scenario } = parts;
    this.#parts = parts;
    const { shardCount, isCountedByShard } = scenario.kinesis;
    this.#stream = new Stream(shardCount, random.fork('stream'), isCountedByShard);
    this.#sessions = new Sessions({ ...parts, random: random.fork('sessions') });
    this.#conduct = new Conduct(scenario.kinesis);
    this.#hasRefused = scenario.records.some(({ kind }) => kind === 'refused');
  }

  /** Poison is a byte too large; now and then a record is exactly as large as the stream takes it. */
  valueOf(record: ScenarioRecord): Buffer | null {
    const { id, kind, bytes } = record;
    const { recordBytesMax, envelope } = this.#parts.scenario.kinesis;
    if (kind === 'tombstone') return null;
    if (bytes !== undefined) return Buffer.alloc(bytes, 'x');
    const text = (filler: string) =>
      JSON.stringify({ id, secret: `${SECRET}-${id}`, ...(kind === 'refused' && { refused: true }), filler });
    const keyBytes = this.#keyBytesOf(record);
    const isExact = keyBytes !== undefined && envelope === 'none' && recordBytesMax <= FULL_BYTES_MAX;
    const roomBytes = recordBytesMax - (keyBytes ?? 1) - text('').length;
    if (kind === 'poison') return Buffer.from(text('x'.repeat(isExact ? roomBytes + 1 : roomBytes + ENVELOPE_BYTES)));
    return Buffer.from(text('x'.repeat(kind === 'plain' && id % FULL_EVERY === 0 && isExact ? roomBytes : 0)));
  }

  /** Of the partition key; what becomes of a long key is the function's own affair: undefined. */
  #keyBytesOf(record: ScenarioRecord): number | undefined {
    const { key } = record;
    const { kinesis, topicCount } = this.#parts.scenario;
    switch (kinesis.partitionKey) {
      case 'key':
        if (key !== null && key.length > PARTITION_KEY_CHARACTERS_MAX) return undefined;
        return key?.length ?? RANDOM_KEY_CHARACTERS;
      case 'partition':
        return `${topicNameOf(record, topicCount)}-0`.length;
      case 'random':
        return RANDOM_KEY_CHARACTERS;
      case 'constant':
        return CONSTANT_KEY.length;
    }
  }

  createFunction(environment: Environment, telemetry: { readonly log: Log; readonly meter: BatchMeter }): BatchParts {
    const { scenario, bucket } = this.#parts;
    const { clock } = environment;
    const random = this.#parts.random.fork(environment.name);
    const time = { clock, random: random.next };
    const deadLetters = bucket.queueFor(environment, { ...time, meter: telemetry.meter });
    let randomKeyCount = 0;
    const port = this.#portFor(environment);
    const options = {
      ...scenario.kinesis,
      functionName: 'kinesisSink',
      streamArn: 'arn:aws:kinesis:eu-west-1:222222222222:stream/simulated',
      onPoison: scenario.function.onPoison,
      partitionKeyConstant: CONSTANT_KEY,
      randomKey: () => {
        randomKeyCount += 1;
        return `${environment.name} ${randomKeyCount}`.padEnd(RANDOM_KEY_CHARACTERS);
      },
    };
    const { made: sink, entryCount } = withContainers(() => {
      const preflightOptions = { ...scenario.kinesis, recordKiBMax: 1 };
      const preflight = createPreflight({ ...time, ...telemetry, port, options: preflightOptions });
      return createKinesisSink({ ...time, ...telemetry, port, preflight, deadLetters, options });
    });
    environment.entryCount = entryCount;
    return { sink, triggerMode: scenario.mapping.mode, ...telemetry, clock };
  }

  /** As the function's client does it, with a service of ours. */
  #portFor(environment: Environment): KinesisPort & StreamPort {
    const credentials = this.#parts.scenario.kinesis.hasRole
      ? createCredentialsSource(() => this.#sessions.assume(environment), environment.clock)
      : undefined;
    return {
      putRecords: async (entries, signal) => {
        const { invocation } = environment;
        // Perhaps it waits for a session that another call asked for.
        environment.noteActivity();
        signal.addEventListener('abort', environment.noteActivity, { once: true });
        this.#conduct.decided(invocation, environment.clock.nowMs(), { sendUntilMs: environment.sendUntilMs });
        const positions = entries.map((entry) => this.#positionsOf(entry));
        const number = this.#rejections.sent(environment.name, invocation, environment.clock.nowMs());
        const request = { environment, invocation, number, entries, positions, signal };
        const sent = entries.map((entry, index) => this.#sentEntry(entry, positions[index] ?? []));
        this.#manners.decided(invocation, sent, environment.clock.nowMs());
        try {
          const replies = await sendWithSession(credentials, async () => this.#send(request, await credentials?.get()));
          const acknowledged = acknowledgedOf(request, replies);
          this.#conduct.answered(invocation, acknowledged, environment.clock.nowMs());
          this.#rejections.answered(environment.name, request, acknowledged);
          this.#manners.answered(invocation, {
            entries: sent,
            answers: replies.map(answerIn),
            nowMs: environment.clock.nowMs(),
          });
          return replies;
        } catch (error) {
          this.#noteRefusal(request, identify(error).name);
          throw error;
        }
      },
      async ready() {
        await credentials?.get();
      },
      describeStream: (signal) =>
        sendWithSession(credentials, async () => this.#describe(environment, signal, await credentials?.get())),
    };
  }

  #sentEntry({ records }: Entry, positions: readonly string[]): SentEntry {
    const lanes = records.flatMap((record) => {
      const produced = this.#recordOf(record);
      const lane = produced && streamLaneOf(produced, this.#parts.scenario.kinesis);
      return lane === undefined ? [] : [lane];
    });
    return { lanes: [...new Set(lanes)], positions };
  }

  #describe(environment: Environment, signal: AbortSignal, session: SessionCredentials | undefined) {
    const { faultInjector, random, scenario } = this.#parts;
    return exchange(environment, this.#parts, {
      serve: () => {
        if (session !== undefined && !this.#sessions.isGood(session)) {
          return Promise.reject(foreign('ExpiredTokenException', 400));
        }
        if (!scenario.kinesis.mayDescribe) return Promise.reject(foreign('AccessDeniedException', 400));
        if (faultInjector.strikes('kinesis.describeFailed'))
          return Promise.reject(foreign('LimitExceededException', 400));
        const isAutomatic = faultInjector.strikes('kinesis.automatic', environment) || this.#isSwitched(environment);
        const distribution = isAutomatic ? 'AUTO' : 'USER_PARTITION_KEY';
        return Promise.resolve({ status: 'ACTIVE', recordKiBMax: 1024, distribution, encryption: 'KMS' });
      },
      fault: faultInjector.strikes('kinesis.describeFailed') && random.chance(0.3) ? 'requestLost' : undefined,
      broken: () => foreign('ECONNRESET'),
      aborted: () => foreign('AbortError'),
      signal,
    });
  }

  /** What comes after the caller gave up is not heard. */
  #noteRefusal(request: Request, name: string): void {
    const { environment, entries, invocation, signal } = request;
    if (signal.aborted) return;
    const nowMs = environment.clock.nowMs();
    if (name === 'InvalidArgumentException') {
      this.#conduct.answered(invocation, [], nowMs);
      const record = this.#recordOf(entries[0]?.records[0]);
      const hasLetter = record !== undefined && this.#parts.bucket.hasLetter(this.#parts.scenario.sink, record);
      const hasRefused = entries.some(this.#isRefused);
      const positions = request.positions.flat();
      this.#manners.rejected(invocation, positions);
      this.#rejections.rejected({ ...request, environment: environment.name, positions, hasRefused }, nowMs, hasLetter);
    }
    if (REFUSED_FOR_GOOD.includes(name)) this.#conduct.refusedForGood(invocation, nowMs);
  }

  #send(request: Request, session: SessionCredentials | undefined): Promise<readonly EntryReply[]> {
    const { environment, invocation, signal } = request;
    if (signal.aborted) return Promise.reject(foreign('AbortError'));
    const close = this.#conduct.opened(environment, invocation, request.positions.flat(), signal);
    return exchange(environment, this.#parts, {
      serve: () => this.#serve(request, session),
      fault: this.#networkFault(request),
      broken: () => foreign('ECONNRESET'),
      aborted: () => foreign('AbortError'),
      signal,
    }).finally(close);
  }

  #networkFault({ environment, entries }: Request): NetworkFault | undefined {
    const { faultInjector, scenario } = this.#parts;
    // With every slot taken the others wait for it.
    const isLastSlot = environment.openCount + 1 >= scenario.kinesis.requestsInFlightMax;
    const touched = isLastSlot ? 'all' : partitionsOf(entries);
    if (faultInjector.strikes('kinesis.requestLost', environment, touched)) return 'requestLost';
    if (faultInjector.strikes('kinesis.answerLost', environment, touched)) return 'answerLost';
    return faultInjector.strikes('kinesis.slow', environment, touched) ? 'slow' : undefined;
  }

  /** The request reaches the service. */
  #serve(request: Request, session: SessionCredentials | undefined): Promise<readonly EntryReply[]> {
    const { faultInjector, random } = this.#parts;
    const { environment, entries } = request;
    const touched = partitionsOf(entries);
    const refusal = this.#refusalOf(request, session, touched);
    if (refusal !== undefined) return Promise.reject(refusal);
    const isBroken = faultInjector.strikes('kinesis.serverError', environment, touched);
    if (isBroken && random.chance(0.5)) return Promise.reject(foreign('InternalFailure', 500));
    const isShort =
      !isBroken && entries.length > 1 && faultInjector.strikes('kinesis.shortAnswer', environment, touched);
    // It tells nothing of one entry: of one that was stored, or of one that was not looked at.
    if (isShort && random.chance(0.5))
      return Promise.resolve(this.#storeAll({ ...request, entries: entries.slice(0, -1) }));
    const replies = this.#storeAll(request);
    if (isBroken) return Promise.reject(foreign('InternalFailure', 500));
    return Promise.resolve(isShort ? replies.slice(1) : replies);
  }

  /** Why nothing of the request is stored; undefined: no reason. */
  #refusalOf(
    { environment, entries, invocation }: Request,
    session: SessionCredentials | undefined,
    touched: Touched,
  ): Error | undefined {
    const { faultInjector, random } = this.#parts;
    if (faultInjector.strikes('kinesis.tokenExpired', environment)) {
      if (session !== undefined) this.#sessions.revoke(session);
      return foreign('ExpiredTokenException', 400);
    }
    if (session !== undefined && !this.#sessions.isGood(session)) return foreign('ExpiredTokenException', 400);
    if (this.#rejectsAll(environment)) return foreign('InvalidArgumentException', 400);
    if (faultInjector.strikes('kinesis.accessDenied', environment)) return foreign(random.pick(DENIALS), 400);
    if (faultInjector.strikes('kinesis.kmsRefused', environment)) return foreign(random.pick(KMS_REFUSALS), 400);
    if (faultInjector.strikes('kinesis.requestThrottled', environment, touched)) {
      return foreign(random.pick(THROTTLES), 400);
    }
    const isBeyondLimits = isMalformed(entries, this.#parts.scenario.kinesis.recordBytesMax);
    if (isBeyondLimits) this.#conduct.malformed(invocation);
    if (!isBeyondLimits && !entries.some(this.#isRefused)) return undefined;
    environment.touch(touched);
    if (entries.length === 1 && (entries[0]?.records.length ?? 0) > 1)
      faultInjector.happened('kinesis.aggregateRejected');
    return foreign('InvalidArgumentException', 400);
  }

  #isRefused = ({ dataBase64 }: Entry): boolean => {
    if (!this.#hasRefused) return false;
    const data = Buffer.from(dataBase64, 'base64');
    return REFUSED.some((text) => data.includes(text));
  };

  /** For a reason of the stream's, which holds from the first such fault of a story to the end of its last. */
  #rejectsAll(environment: Environment): boolean {
    const { faultInjector, scenario, timeline } = this.#parts;
    const windows = scenario.faults.filter(({ kind }) => kind === 'kinesis.allRejected');
    const elapsedMs = timeline.nowMs() - EPOCH_MS;
    const isRejecting =
      windows.some(({ fromMs }) => fromMs <= elapsedMs) && windows.some(({ untilMs }) => elapsedMs < untilMs);
    if (isRejecting) faultInjector.happened('kinesis.allRejected', environment);
    return isRejecting;
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
    const { faultInjector, random, tell } = this.#parts;
    const entry = entries[index] as Entry;
    const touched = partitionsOf([entry]);
    const shard = this.#shardOf(entry);
    if (this.#isThrottled(shard, environment, touched)) {
      return { ...refused('ProvisionedThroughputExceededException'), shardId: shard.id };
    }
    if (faultInjector.strikes('kinesis.entryFailed', environment, touched)) return refused(random.pick(ENTRY_FAILURES));
    const isAggregate = entry.records.length > 1;
    if (isAggregate && this.#stream.isResharded) faultInjector.happened('kinesis.aggregateResharded');
    const got = consumed(entry, shard);
    const place = this.#stream.store(
      shard,
      got.map(({ partitionKey, data }, each) => ({
        record: this.#recordOf(entry.records[each]),
        position: positions[index]?.[each] ?? 'nowhere',
        partitionKey,
        hashKey: routedBy(entry),
        dataBase64: Buffer.from(data).toString('base64'),
      })),
    );
    for (const record of entry.records.slice(0, got.length)) {
      const produced = this.#recordOf(record);
      if (produced !== undefined) this.#records.add(produced);
    }
    for (const position of positions[index] ?? []) {
      tell(`stored in ${place.shardId} as number ${Number(place.sequenceNumber)}`, position);
    }
    return { ...place, errorCode: undefined };
  }

  /** A stream that distributes by itself heeds no key. */
  #shardOf(entry: Entry): Shard {
    const { faultInjector, random } = this.#parts;
    const isAutomatic = faultInjector.strikes('kinesis.automatic') || this.#isSwitchFelt();
    return isAutomatic ? random.pick(this.#stream.shards) : this.#stream.shardOf(entry);
  }

  #isSwitched = (environment: Environment): boolean =>
    this.#parts.faultInjector.strikes('kinesis.switched', environment);

  /** Environments look again in a minute: what is sent until then, or under way by then, is still heeded. */
  #isSwitchFelt(): boolean {
    const { scenario, timeline } = this.#parts;
    const elapsedMs = timeline.nowMs() - EPOCH_MS;
    return scenario.faults.some(
      ({ kind, fromMs, untilMs }) =>
        kind === 'kinesis.switched' &&
        elapsedMs >= fromMs + SWITCH_GRACE_MS + scenario.function.timeoutMs &&
        elapsedMs < untilMs,
    );
  }

  #isThrottled(shard: Shard, environment: Environment, touched: Touched): boolean {
    const { faultInjector, timeline } = this.#parts;
    const isOverLimit = this.#stream.countInSecond(shard, timeline.nowMs()) > SHARD_ENTRIES_PER_SECOND;
    return (
      faultInjector.strikes('kinesis.entryThrottled', environment, touched) ||
      (isOverLimit && faultInjector.strikes('kinesis.shardLimit', environment, touched)) ||
      (shard === this.#stream.shards[0] && faultInjector.strikes('kinesis.shardThrottled', environment, touched))
    );
  }

  #recordOf(record: SourceRecord | undefined): ProducedRecord | undefined {
    if (record === undefined) return undefined;
    const { position, timestampMs } = record;
    return this.#parts.kafka.find(position.topicPartition, position.offset, timestampMs);
  }

  #positionsOf({ records }: Entry): readonly string[] {
    return records.map((record) => {
      const { topicPartition, offset } = record.position;
      const produced = this.#recordOf(record);
      return produced === undefined ? `${topicPartition}@${offset}` : positionText(produced);
    });
  }

  /** Rejected records that it has not stored since, and what it warned of once. */
  entriesMax = (environment: string): number => this.#rejections.rememberedIn(environment) + WARNINGS_MAX;

  reshard(): void {
    this.#stream.reshard();
  }

  holds(record: ProducedRecord): boolean {
    if (record.scenario.kind === 'tombstone' && this.#parts.scenario.kinesis.tombstone === 'skip') return true;
    return this.#records.has(record);
  }

  isAcknowledged = (invocation: string, record: ProducedRecord): boolean =>
    this.#conduct.isAcknowledged(invocation, positionText(record));

  isProven = (invocation: string, record: ProducedRecord, byMs: number): boolean =>
    this.#rejections.provenBy(invocation, byMs).includes(positionText(record));

  isPoison = ({ scenario: { kind } }: ProducedRecord): boolean => kind === 'poison' || kind === 'refused';

  mayStayOpen = ({ scenario: { kind } }: ProducedRecord): boolean => kind === 'refused';

  overtakes = (): boolean => false;

  /** This service keeps the order of requests. */
  mustNotSay = (): readonly string[] => ['OrderAnomalies'];

  violations({ isCalm, lettered }: FinalWorld): readonly Violation[] {
    const { kinesis } = this.#parts.scenario;
    const { stored } = this.#stream;
    return [
      ...this.#conduct.violations,
      ...this.#manners.violations,
      ...this.#rejections.violations,
      ...streamViolations(stored, lettered, { ...kinesis, constantKey: CONSTANT_KEY }),
      ...(isCalm ? this.#repeated() : []),
    ];
  }

  /** Without faults an invocation stores a record once. */
  #repeated(): readonly Violation[] {
    const copies = Map.groupBy(this.#stream.stored, ({ position }) => position);
    return [...copies].flatMap(([position, { length }]): readonly Violation[] => {
      if (length === 1 || length <= this.#conduct.invocationCountOf(position)) return [];
      return [{ guarantee: 'calm', message: `${position} is stored ${length} times` }];
    });
  }

  digest = (): string =>
    this.#stream.stored
      .map(({ shardId, position, partitionKey }) => `${shardId} ${position} ${partitionKey}`)
      .join('\n');
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html#API_PutRecords_Errors */
const DENIALS: readonly string[] = ['AccessDeniedException', 'ResourceNotFoundException'];
const KMS_REFUSALS: readonly string[] = [
  'KMSAccessDeniedException',
  'KMSDisabledException',
  'KMSInvalidStateException',
  'KMSNotFoundException',
  'KMSOptInRequired',
];
const REFUSED_FOR_GOOD: readonly string[] = [...DENIALS, ...KMS_REFUSALS, 'ExpiredTokenException', 'CredentialsError'];
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
    ? positions.filter((_, index) => replies[index]?.sequenceNumber !== undefined).flat()
    : [];

const answerIn = ({ shardId, errorCode }: EntryReply) => ({
  shardId,
  isThrottled: errorCode === 'ProvisionedThroughputExceededException',
});

/** What a KCL consumer of that shard gets of an entry. */
const consumed = ({ partitionKey, explicitHashKey, dataBase64 }: Entry, shard: Shard): readonly ConsumedRecord[] =>
  deaggregate({ partitionKey, explicitHashKey, data: Buffer.from(dataBase64, 'base64') }, rangeOf(shard));

const partitionsOf = (entries: readonly Entry[]): readonly string[] => [
  ...new Set(entries.flatMap(({ records }) => records.map(({ position }) => position.topicPartition))),
];

const isMalformed = (entries: readonly Entry[], recordBytesMax: number): boolean =>
  entries.length === 0 ||
  entries.length > REQUEST_RECORDS_MAX ||
  entries.reduce((sum, entry) => sum + bytesOf(entry), 0) > REQUEST_BYTES_MAX ||
  entries.some(
    (entry) =>
      entry.partitionKey.length === 0 ||
      entry.partitionKey.length > PARTITION_KEY_CHARACTERS_MAX ||
      bytesOf(entry) > recordBytesMax,
  );

const bytesOf = ({ dataBase64, partitionKey }: Entry): number =>
  Buffer.byteLength(dataBase64, 'base64') + Buffer.byteLength(partitionKey);

/** Within an envelope the quotes are escaped. */
const REFUSED: readonly string[] = ['"refused":true', '\\"refused\\":true'];

const refused = (errorCode: string | undefined): EntryReply => ({
  sequenceNumber: undefined,
  shardId: undefined,
  errorCode,
});
