import type { Command, GivenUp, InvocationResult } from '../../../local/msk-trigger/machine/commands.ts';
import { createTriggerMachine, type TriggerMachine } from '../../../local/msk-trigger/machine/machine.ts';
import { machineSettings } from '../../../local/msk-trigger/machine/settings.ts';
import type { Mapping as MappingProperties } from '../../../local/msk-trigger/mapping/mapping.ts';
import { failureLetters } from '../../../local/msk-trigger/runtime/destination.ts';
import {
  buildEvent,
  type EventRecord,
  type EventSource,
  envelopeBytes,
} from '../../../local/msk-trigger/runtime/event.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';
import type { FaultInjector } from '../scenario/fault-injector.ts';
import type { Random } from '../scenario/random.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Bucket } from './bucket.ts';
import type { InvocationEnd, Lambda } from './lambda.ts';
import type { Topic } from './topic.ts';

const CLUSTER_ARN = 'arn:aws:kafka:eu-west-1:111111111111:cluster/simulated/11111111-2222-3333-4444-555555555555-1';
const BUCKET_ARN = 'arn:aws:s3:::dead-letters';
const SOURCE: EventSource = { eventSourceArn: CLUSTER_ARN, bootstrapServers: 'simulated:9098' };
const FETCH_MS = 20;
const FETCH_RECORDS_MAX = 500;
const DELIVERY_MS = 30;

export interface MappingParts {
  readonly scenario: Scenario;
  readonly timeline: VirtualClock;
  readonly faultInjector: FaultInjector;
  readonly random: Random;
  readonly topic: Topic;
  readonly lambda: Lambda;
  readonly bucket: Bucket;
}

/** The event source mapping of one topic: the trigger's own state machine, reading a log and invoking functions in virtual time. */
export class Mapping {
  readonly #parts: MappingParts;
  #machine: TriggerMachine<EventRecord>;
  /** What is open of an earlier life means nothing to this one. */
  #life = 0;
  #cancelWake = (): void => undefined;
  #letterCount = 0;
  #isLooking = false;

  constructor(parts: MappingParts) {
    this.#parts = parts;
    this.#machine = this.#begin();
    parts.topic.onChange = this.lookSoon;
  }

  isQuiet(): boolean {
    const { topic } = this.#parts;
    const committed = this.#machine.committedOffsets();
    const isRead = [...committed].every(([partition, offset]) => offset >= topic.endOffset(partition));
    return this.#machine.isQuiet() && isRead && committed.size === topic.partitionCount;
  }

  /** The first record of each partition that is not settled yet: `<topic-partition>@<offset>`. */
  heads(): readonly string[] {
    const { topic } = this.#parts;
    return [...this.#machine.committedOffsets()]
      .filter(([partition, offset]) => offset < topic.endOffset(partition))
      .map(([partition, offset]) => `${topic.topicPartitionOf(partition)}@${offset}`);
  }

  /** The mapping's pollers are replaced: the new ones know what was committed, and nothing else. */
  restart(): void {
    this.#life += 1;
    this.#cancelWake();
    this.#machine = this.#begin();
    this.lookSoon();
  }

  #begin(): TriggerMachine<EventRecord> {
    const { scenario, topic } = this.#parts;
    const settings = machineSettings(propertiesOf(scenario, topic), {
      partialFailureRetry: scenario.mapping.partialFailureRetry,
      envelopeBytes: envelopeBytes(SOURCE),
      pollers: scenario.mapping.pollers,
    });
    return createTriggerMachine<EventRecord>(settings, topic.positions());
  }

  /** Looks for new records and partitions soon; the log calls this too. */
  readonly lookSoon = (): void => {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { timeline } = this.#parts;
    timeline.at(timeline.nowMs() + FETCH_MS, () => {
      this.#isLooking = false;
      this.#look();
    });
  };

  #look(): void {
    const { topic } = this.#parts;
    const known = this.#machine.committedOffsets();
    for (const [partition, offset] of topic.positions()) {
      if (!known.has(partition)) this.#machine.partitionAdded(partition, offset);
    }
    for (const { partition, offset } of this.#machine.fetchable()) {
      const records = topic.read(partition, offset, FETCH_RECORDS_MAX);
      if (records.length > 0) {
        this.#advance((machine, nowMs) => machine.recordsArrived({ partition, records }, nowMs));
      }
    }
  }

  #advance(transition: (machine: TriggerMachine<EventRecord>, nowMs: number) => readonly Command<EventRecord>[]): void {
    const { timeline } = this.#parts;
    for (const command of transition(this.#machine, timeline.nowMs())) this.#execute(command);
    this.#cancelWake();
    const { topic } = this.#parts;
    if (this.#machine.fetchable().some(({ partition, offset }) => offset < topic.endOffset(partition))) this.lookSoon();
    const wakeAtMs = this.#machine.wakeAtMs();
    if (wakeAtMs === Number.POSITIVE_INFINITY) return;
    this.#cancelWake = timeline.at(wakeAtMs, () => this.#advance((machine, nowMs) => machine.timePassed(nowMs)));
  }

  #execute(command: Command<EventRecord>): void {
    const { faultInjector, lambda, timeline, topic } = this.#parts;
    const life = this.#life;
    switch (command.kind) {
      case 'commit':
        // A later commit makes up for it; a restart before that reads again.
        if (!faultInjector.strikes('mapping.commitLost')) topic.commit(command.partition, command.offset);
        return;
      case 'invoke':
        lambda.invoke(buildEvent(SOURCE, command.batch), command.batch, (end) => {
          if (life !== this.#life) return;
          this.#advance((machine, nowMs) => machine.invocationEnded(command.id, resultOf(end), nowMs));
        });
        return;
      case 'deliverFailure':
        timeline.at(timeline.nowMs() + DELIVERY_MS, () => {
          if (life !== this.#life) return;
          const isDelivered = this.#deliver(command.failure);
          this.#advance((machine, nowMs) => machine.failureDelivered(command.id, isDelivered, nowMs));
        });
    }
  }

  #deliver(failure: GivenUp<EventRecord>): boolean {
    const { bucket, faultInjector, timeline, topic } = this.#parts;
    if (faultInjector.strikes('bucket.refused')) return false;
    faultInjector.happened('mapping.gaveUp');
    this.#letterCount += 1;
    const letters = failureLetters(
      {
        destination: { kind: 's3', bucketArn: BUCKET_ARN },
        source: SOURCE,
        functionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:simulated',
        mappingId: `mapping-${topic.name}`,
        requestId: String(this.#letterCount),
        atMs: timeline.nowMs(),
      },
      failure,
    );
    for (const { name, body } of letters) bucket.keep(name ?? '', body);
    return true;
  }
}

function resultOf(end: InvocationEnd): InvocationResult {
  switch (end.kind) {
    case 'answered':
      return { kind: 'answered', payload: end.payload };
    case 'threw':
      return { kind: 'failed', errorType: end.errorName };
    case 'timedOut':
      return { kind: 'failed', errorType: 'Function.Timeout' };
    case 'killed':
      return { kind: 'failed', errorType: 'Runtime.ExitError' };
  }
}

function propertiesOf({ mapping }: Scenario, { name }: Topic): MappingProperties {
  const isProvisioned = mapping.mode === 'provisioned';
  return {
    logicalId: 'Mapping',
    functionLogicalId: 'Function',
    isEnabled: true,
    eventSourceArn: CLUSTER_ARN,
    topic: name,
    consumerGroupId: `simulated-${name}`,
    startingPosition: { kind: 'TRIM_HORIZON' },
    filters: [],
    batchRecordsMax: mapping.batchRecordsMax,
    windowMs: mapping.windowMs,
    pollers: isProvisioned ? { min: mapping.pollers, max: mapping.pollers } : undefined,
    reportsItemFailures: isProvisioned,
    retriesMax: isProvisioned ? mapping.retriesMax : Number.POSITIVE_INFINITY,
    recordAgeMaxMs: isProvisioned ? mapping.recordAgeMaxMs : Number.POSITIVE_INFINITY,
    bisects: isProvisioned && mapping.bisects,
    destination: { kind: 's3', bucketArn: BUCKET_ARN },
  };
}
