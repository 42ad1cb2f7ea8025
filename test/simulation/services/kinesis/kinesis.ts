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
import type { BatchParts } from '../../../../shared/run-batch.ts';
import type { BatchMeter, Log } from '../../../../shared/telemetry/telemetry.ts';
import { Conduct } from '../../invariants/conduct.ts';
import { positionText } from '../../invariants/positions.ts';
import { Rejections } from '../../invariants/stream/rejections.ts';
import { type SentEntry, ShardManners } from '../../invariants/stream/shard-protocol.ts';
import { PARTITION_KEY_CHARACTERS_MAX, streamLaneOf, streamViolations } from '../../invariants/stream/stream.ts';
import type { Violation } from '../../invariants/violation.ts';
import type { ScenarioRecord } from '../../scenario/scenario.ts';
import { withContainers } from '../containers.ts';
import type { Environment } from '../environment.ts';
import { type ProducedRecord, SECRET, topicNameOf } from '../kafka-log.ts';
import { exchange, foreign, type NetworkFault } from '../network.ts';
import type { FinalWorld, Target, TargetParts } from '../target.ts';
import { DENIALS, KinesisService, KMS_REFUSALS, partitionsOf, type Request } from './service.ts';

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

/** The function's client before a service of ours, and what is checked of what it sends and hears. */
export class KinesisTarget implements Target {
  readonly #parts: TargetParts;
  readonly #service: KinesisService;
  readonly #conduct: Conduct;
  readonly #manners = new ShardManners();
  readonly #rejections = new Rejections();

  constructor(parts: TargetParts) {
    this.#parts = parts;
    this.#conduct = new Conduct(parts.scenario.kinesis);
    this.#service = new KinesisService(parts, (invocation) => this.#conduct.malformed(invocation));
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
      ? createCredentialsSource(() => this.#service.sessions.assume(environment), environment.clock)
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
      const produced = this.#service.recordOf(record);
      const lane = produced && streamLaneOf(produced, this.#parts.scenario.kinesis);
      return lane === undefined ? [] : [lane];
    });
    return { lanes: [...new Set(lanes)], positions };
  }

  #describe(environment: Environment, signal: AbortSignal, session: SessionCredentials | undefined) {
    const { faultInjector, random } = this.#parts;
    return exchange(environment, this.#parts, {
      serve: () => this.#service.describe(environment, session),
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
      const record = this.#service.recordOf(entries[0]?.records[0]);
      const hasLetter = record !== undefined && this.#parts.bucket.hasLetter(this.#parts.scenario.sink, record);
      const hasRefused = entries.some(this.#service.isRefused);
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
      serve: () => this.#service.serve(request, session),
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

  #positionsOf({ records }: Entry): readonly string[] {
    return records.map((record) => {
      const { topicPartition, offset } = record.position;
      const produced = this.#service.recordOf(record);
      return produced === undefined ? `${topicPartition}@${offset}` : positionText(produced);
    });
  }

  /** Rejected records that it has not stored since, and what it warned of once. */
  entriesMax = (environment: string): number => this.#rejections.rememberedIn(environment) + WARNINGS_MAX;

  reshard(): void {
    this.#service.reshard();
  }

  holds(record: ProducedRecord): boolean {
    if (record.scenario.kind === 'tombstone' && this.#parts.scenario.kinesis.tombstone === 'skip') return true;
    return this.#service.holds(record);
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
    const { stored } = this.#service;
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
    const copies = Map.groupBy(this.#service.stored, ({ position }) => position);
    return [...copies].flatMap(([position, { length }]): readonly Violation[] => {
      if (length === 1 || length <= this.#conduct.invocationCountOf(position)) return [];
      return [{ guarantee: 'calm', message: `${position} is stored ${length} times` }];
    });
  }

  digest = (): string =>
    this.#service.stored
      .map(({ shardId, position, partitionKey }) => `${shardId} ${position} ${partitionKey}`)
      .join('\n');
}

const REFUSED_FOR_GOOD: readonly string[] = [...DENIALS, ...KMS_REFUSALS, 'ExpiredTokenException', 'CredentialsError'];
/** A short answer tells nothing of any entry: nobody knows which are missing. */
const acknowledgedOf = ({ positions }: Request, replies: readonly EntryReply[]): readonly string[] =>
  replies.length === positions.length
    ? positions.filter((_, index) => replies[index]?.sequenceNumber !== undefined).flat()
    : [];

const answerIn = ({ shardId, errorCode }: EntryReply) => ({
  shardId,
  isThrottled: errorCode === 'ProvisionedThroughputExceededException',
});
