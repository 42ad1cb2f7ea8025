import type { Entry } from '../../../../functions/kinesis-sink/plan/entry.ts';
import type { EntryReply } from '../../../../functions/kinesis-sink/target/classify.ts';
import type { SessionCredentials } from '../../../../functions/kinesis-sink/target/credentials.ts';
import type { StreamSummary } from '../../../../functions/kinesis-sink/target/preflight.ts';
import type { SourceRecord } from '../../../../shared/record.ts';
import { type ConsumedRecord, deaggregate } from '../../../support/kpl/deaggregate.ts';
import { PARTITION_KEY_CHARACTERS_MAX } from '../../invariants/stream/stream.ts';
import type { Touched } from '../../scenario/fault-injector.ts';
import { EPOCH_MS } from '../../scenario/timeline.ts';
import type { Environment } from '../environment.ts';
import type { ProducedRecord } from '../kafka-log.ts';
import { foreign } from '../network.ts';
import type { TargetParts } from '../target.ts';
import { Sessions } from './sessions.ts';
import { rangeOf, routedBy, type Shard, Stream } from './stream.ts';

/** The service's own limits, not the function's: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const REQUEST_RECORDS_MAX = 500;
const REQUEST_BYTES_MAX = 10 * 1024 * 1024;
/** What one shard takes in a second while `kinesis.shardLimit` is open; real ones take 1000. */
const SHARD_ENTRIES_PER_SECOND = 5;
/** Until the next look at the stream, while a process stands still, and while a request is on its way. */
const SWITCH_GRACE_MS = 60_000 + 90_000 + 45_000;

/** One PutRecords call of a function. */
export interface Request {
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
 * The service of one stream: throttles, refuses entries or requests, serves requests after their caller gave up, and stores the
 * entries of one request in no certain order.
 */
export class KinesisService {
  readonly sessions: Sessions;
  readonly #parts: TargetParts;
  readonly #stream: Stream;
  readonly #records = new Set<ProducedRecord>();
  readonly #hasRefused: boolean;
  readonly #onMalformed: (invocation: string) => void;

  /** @param onMalformed told of each request beyond the limits of the service */
  constructor(parts: TargetParts, onMalformed: (invocation: string) => void) {
    const { random, scenario } = parts;
    this.#parts = parts;
    this.#onMalformed = onMalformed;
    const { shardCount, isCountedByShard } = scenario.kinesis;
    this.#stream = new Stream(shardCount, random.fork('stream'), isCountedByShard);
    this.sessions = new Sessions({ ...parts, random: random.fork('sessions') });
    this.#hasRefused = scenario.records.some(({ kind }) => kind === 'refused');
  }

  get stored(): Stream['stored'] {
    return this.#stream.stored;
  }

  holds(record: ProducedRecord): boolean {
    return this.#records.has(record);
  }

  reshard(): void {
    this.#stream.reshard();
  }

  /** The record as it was produced. */
  recordOf(record: SourceRecord | undefined): ProducedRecord | undefined {
    if (record === undefined) return undefined;
    const { position, timestampMs } = record;
    return this.#parts.kafka.find(position.topicPartition, position.offset, timestampMs);
  }

  /** DescribeStreamSummary reaches the service. */
  describe(environment: Environment, session: SessionCredentials | undefined): Promise<StreamSummary> {
    const { faultInjector, scenario } = this.#parts;
    if (session !== undefined && !this.sessions.isGood(session)) {
      return Promise.reject(foreign('ExpiredTokenException', 400));
    }
    if (!scenario.kinesis.mayDescribe) return Promise.reject(foreign('AccessDeniedException', 400));
    if (faultInjector.strikes('kinesis.describeFailed')) return Promise.reject(foreign('LimitExceededException', 400));
    const isAutomatic = faultInjector.strikes('kinesis.automatic', environment) || this.#isSwitched(environment);
    const distribution = isAutomatic ? 'AUTO' : 'USER_PARTITION_KEY';
    return Promise.resolve({ status: 'ACTIVE', recordKiBMax: 1024, distribution, encryption: 'KMS' });
  }

  /** PutRecords reaches the service. */
  serve(request: Request, session: SessionCredentials | undefined): Promise<readonly EntryReply[]> {
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
      if (session !== undefined) this.sessions.revoke(session);
      return foreign('ExpiredTokenException', 400);
    }
    if (session !== undefined && !this.sessions.isGood(session)) return foreign('ExpiredTokenException', 400);
    if (this.#rejectsAll(environment)) return foreign('InvalidArgumentException', 400);
    if (faultInjector.strikes('kinesis.accessDenied', environment)) return foreign(random.pick(DENIALS), 400);
    if (faultInjector.strikes('kinesis.kmsRefused', environment)) return foreign(random.pick(KMS_REFUSALS), 400);
    if (faultInjector.strikes('kinesis.requestThrottled', environment, touched)) {
      return foreign(random.pick(THROTTLES), 400);
    }
    const isBeyondLimits = isMalformed(entries, this.#parts.scenario.kinesis.recordBytesMax);
    if (isBeyondLimits) this.#onMalformed(invocation);
    if (!isBeyondLimits && !entries.some(this.isRefused)) return undefined;
    environment.touch(touched);
    if (entries.length === 1 && (entries[0]?.records.length ?? 0) > 1)
      faultInjector.happened('kinesis.aggregateRejected');
    return foreign('InvalidArgumentException', 400);
  }

  isRefused = ({ dataBase64 }: Entry): boolean => {
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
        record: this.recordOf(entry.records[each]),
        position: positions[index]?.[each] ?? 'nowhere',
        partitionKey,
        hashKey: routedBy(entry),
        dataBase64: Buffer.from(data).toString('base64'),
      })),
    );
    for (const record of entry.records.slice(0, got.length)) {
      const produced = this.recordOf(record);
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
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html#API_PutRecords_Errors */
export const DENIALS: readonly string[] = ['AccessDeniedException', 'ResourceNotFoundException'];
export const KMS_REFUSALS: readonly string[] = [
  'KMSAccessDeniedException',
  'KMSDisabledException',
  'KMSInvalidStateException',
  'KMSNotFoundException',
  'KMSOptInRequired',
];
const THROTTLES: readonly string[] = [
  'ProvisionedThroughputExceededException',
  'LimitExceededException',
  'KMSThrottlingException',
];
/** Also one that nobody has heard of, and a reply that says neither that the entry is stored nor that it is not. */
const ENTRY_FAILURES: readonly (string | undefined)[] = ['InternalFailure', 'SomethingNew', undefined];

/** What a KCL consumer of that shard gets of an entry. */
const consumed = ({ partitionKey, explicitHashKey, dataBase64 }: Entry, shard: Shard): readonly ConsumedRecord[] =>
  deaggregate({ partitionKey, explicitHashKey, data: Buffer.from(dataBase64, 'base64') }, rangeOf(shard));

export const partitionsOf = (entries: readonly Entry[]): readonly string[] => [
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
