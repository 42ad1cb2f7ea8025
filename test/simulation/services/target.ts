import type { BatchParts } from '../../../shared/run-batch.ts';
import type { BatchMeter, Log } from '../../../shared/telemetry/telemetry.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';
import type { Violation } from '../invariants/violation.ts';
import type { FaultInjector } from '../scenario/fault-injector.ts';
import type { Random } from '../scenario/random.ts';
import type { Scenario, ScenarioRecord } from '../scenario/scenario.ts';
import type { Bucket } from './bucket.ts';
import type { Environment } from './environment.ts';
import type { KafkaLog, ProducedRecord } from './kafka-log.ts';
import type { Topic } from './topic.ts';

/** What every target's world is made of. */
export interface TargetParts {
  readonly scenario: Scenario;
  readonly timeline: VirtualClock;
  readonly faultInjector: FaultInjector;
  readonly random: Random;
  readonly bucket: Bucket;
  readonly kafka: KafkaLog;
  /** One line of the story of a run; `position` where it is about one record: `orders-0@7`. */
  readonly tell: (line: string, position?: string) => void;
}

/** Kinesis or DocumentDB: what the real sink writes to, and what can be read back. */
export interface Target {
  /** The value a record of this kind has on the topic. */
  valueOf(record: ScenarioRecord): Buffer | null;
  /** The key of this record; default: its text. */
  keyOf?(record: ScenarioRecord): Buffer | null;
  /** The real sink in a new environment. `log` and `meter` are watched. */
  createFunction(environment: Environment, telemetry: { readonly log: Log; readonly meter: BatchMeter }): BatchParts;
  /** Whether the effect of a record stands right now: stored, or overtaken by a newer one, or ignored by a rule. */
  holds(record: ProducedRecord): boolean;
  /** Whether the process of that invocation was told that the record is stored. */
  isAcknowledged?(invocation: string, record: ProducedRecord): boolean;
  /** Whether the process of that invocation knew by then, on its own clock, that the record can never be written. */
  isProven?(invocation: string, record: ProducedRecord, byMs: number): boolean;
  /** Whether a newer record makes an older one meaningless, so that the older is not missed where the newer was given up. */
  overtakes(newer: ProducedRecord, older: ProducedRecord): boolean;
  /** Whether this record can never be written: a dead letter of it is right. */
  isPoison(record: ProducedRecord): boolean;
  /** Whether poison is known for it before it is sent; default: all is. What is not may be folded into a newer version. */
  isKnownPoison?(record: ProducedRecord): boolean;
  /** Whether it is poison of which nobody can say where it would go: it may belong before any later record. */
  isPoisonWithoutPlace?(record: ProducedRecord): boolean;
  /** What the functions have to have said of themselves by the end, by the names of metrics. */
  mustSay?(): readonly string[];
  /** What they may not have said. */
  mustNotSay?(): readonly string[];
  /** Whether such a record may stay unsettled: that it can never be written shows only once others are taken after it. */
  mayStayOpen?(record: ProducedRecord): boolean;
  /** What went wrong while it was written to, and what is wrong with what is stored in the end. */
  violations(final: FinalWorld): readonly Violation[];
  /** Everything is delivered once more, without faults. What is wrong then; time has to go on meanwhile. */
  replay?(final: FinalWorld): Promise<readonly Violation[]>;
  /** The topic was made anew. */
  recreated?(topic: Topic): void;
  /** The entries that an environment may keep between invocations, in maps and sets. */
  entriesMax(environment: string): number;
  /** What is stored, as text, for the world's hash. */
  digest(): string;
  /** A fault of the story that comes at a time, not at a call. */
  reshard(): void;
}

/** What the checks of a target may know at the end. */
export interface FinalWorld {
  readonly produced: readonly ProducedRecord[];
  /** Records of which a dead letter of the function, or the mapping's failure record, is in the bucket. */
  readonly lettered: ReadonlySet<ProducedRecord>;
  readonly isCalm: boolean;
}
