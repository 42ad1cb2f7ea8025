import type { VirtualClock } from '../../support/virtual-clock.ts';
import { overtakingViolations } from '../invariants/blocked.ts';
import { calmViolations, openRecords } from '../invariants/doubt.ts';
import { memoryViolations } from '../invariants/memory.ts';
import { namedViolations } from '../invariants/named.ts';
import { settledViolations } from '../invariants/settled.ts';
import { type WatchedTelemetry, watchTelemetry } from '../invariants/telemetry.ts';
import { endText, unsettledIn } from '../invariants/unsettled.ts';
import type { Violation } from '../invariants/violation.ts';
import { FaultInjector } from '../scenario/fault-injector.ts';
import { randomOf } from '../scenario/random.ts';
import { type FaultWindow, faultsEndMs, type Scenario, type ScenarioRecord } from '../scenario/scenario.ts';
import { createTimeline, EPOCH_MS } from '../scenario/timeline.ts';
import { Bucket } from './bucket.ts';
import { DocumentsTarget } from './documents/documents.ts';
import { KafkaLog, type ProducedRecord } from './kafka-log.ts';
import { KinesisTarget } from './kinesis/kinesis.ts';
import { type Invocation, Lambda } from './lambda.ts';
import { Mapping } from './mapping.ts';
import type { Target, TargetParts } from './target.ts';

/** Tells a line of the story of a run; `position` where it is about one record: `orders-0@7`. */
export type Tell = (text: string, position?: string) => void;

/** Everything there is in a run. */
export interface World {
  readonly scenario: Scenario;
  readonly timeline: VirtualClock;
  readonly faultInjector: FaultInjector;
  readonly kafka: KafkaLog;
  readonly bucket: Bucket;
  readonly target: Target;
  readonly lambda: Lambda;
  /** One for each topic, all of one function. */
  readonly mappings: readonly Mapping[];
  readonly telemetry: WatchedTelemetry;
  /** Found while it ran: something was called settled and was not. */
  readonly violations: Violation[];
  /** Everything is produced, and the mapping has nothing left to do. */
  isDone(): boolean;
}

/** @param told is given each line with its time, milliseconds after the story's beginning */
export function createWorld(scenario: Scenario, told: (atMs: number, text: string, position?: string) => void): World {
  const random = randomOf(scenario.seed);
  const timeline = createTimeline();
  const tell: Tell = (text, position) => told(timeline.nowMs() - EPOCH_MS, text, position);
  const faultInjector = new FaultInjector(scenario, random.fork('chaos'), timeline.nowMs, (kind) =>
    tell(`fault: ${kind}`),
  );
  const part = (label: string) => ({ scenario, timeline, faultInjector, random: random.fork(label), tell });
  const bucket = new Bucket(part('bucket'));
  const kafka = new KafkaLog(scenario.partitionCount, scenario.topicCount);
  const target = targetOf({ ...part('target'), bucket, kafka });
  const telemetry = watchTelemetry();
  const violations: Violation[] = [];
  const lambda = new Lambda({
    ...part('lambda'),
    createFunction: (environment) => target.createFunction(environment, telemetry),
    onStart: (invocation) => tellStart(invocation, tell),
    onEnd: (invocation) => {
      tellEnd(invocation, tell);
      violations.push(...settledViolations(invocation, { scenario, target, bucket, kafka }));
      violations.push(...namedViolations(invocation, { scenario, target, kafka }));
      violations.push(...overtakingViolations(invocation, { scenario, target, kafka }));
      violations.push(...memoryViolations(invocation, target));
      violations.push(...calmViolations(invocation, { scenario, target, kafka, bucket }));
    },
  });
  const mappings = kafka.topics.map((topic) => new Mapping({ ...part('mapping'), topic, lambda, bucket }));
  const patientUntilMs = EPOCH_MS + plannedMs(scenario) + PATIENCE_MS;
  const isHeldByDoubt = () =>
    !givesUp(scenario) &&
    timeline.nowMs() > patientUntilMs &&
    openRecords({ scenario, kafka, mappings, target, bucket, lambda }).length > 0;
  const isQuiet = () => mappings.every((mapping) => mapping.isQuiet());
  const isDone = () => kafka.produced.length === scenario.records.length && (isQuiet() || isHeldByDoubt());
  const world = {
    scenario,
    timeline,
    faultInjector,
    kafka,
    bucket,
    target,
    lambda,
    mappings,
    telemetry,
    violations,
    isDone,
  };
  for (const record of scenario.records) timeline.at(EPOCH_MS + record.atMs, () => produce(world, record, tell));
  for (const window of scenario.faults) timeline.at(EPOCH_MS + window.fromMs, () => comeAtItsTime(world, window));
  return world;
}

/** Lambda's default for provisioned mappings: at half a minute an attempt, days. */
const RETRIES_WITHOUT_END = 10_000;

/** Whether the mapping ends a doubt by itself: after a few retries, or at the age of a record. */
const givesUp = ({ mapping: { mode, retriesMax, recordAgeMaxMs } }: Scenario): boolean =>
  mode === 'provisioned' && (retriesMax < RETRIES_WITHOUT_END || Number.isFinite(recordAgeMaxMs));

/** So long after the last fault a record that nobody else's record clears up may stay unsettled. */
const PATIENCE_MS = 10 * 60_000;

/** Until then something is planned. */
export const plannedMs = (scenario: Scenario): number =>
  Math.max(faultsEndMs(scenario), scenario.records.at(-1)?.atMs ?? 0);

const targetOf = (parts: TargetParts): Target =>
  parts.scenario.sink === 'kinesisSink' ? new KinesisTarget(parts) : new DocumentsTarget(parts);

function produce({ kafka, target }: World, record: ScenarioRecord, tell: Tell): void {
  const { topicPartition, offset }: ProducedRecord = kafka.produce(
    record,
    target.valueOf(record),
    target.keyOf?.(record),
  );
  tell(`produced: record ${record.id}, ${record.kind}`, `${topicPartition}@${offset}`);
}

const SET_BACK_MS = 1_800_000;

/** Faults that come once, at a time; the others strike wherever a call gives them the chance. */
function comeAtItsTime(world: World, { kind }: FaultWindow): void {
  const { faultInjector, kafka, mappings, target, timeline } = world;
  if (kind === 'kafka.topicRecreated') recreateOnceRead(world);
  else if (kind === 'mapping.restarted') for (const mapping of mappings) mapping.restart();
  else if (kind === 'kafka.partitionsRaised') for (const topic of kafka.topics) topic.raisePartitions();
  else if (kind === 'kinesis.resharded') target.reshard();
  else if (kind === 'lambda.clockSetBack') timeline.setWallBack(SET_BACK_MS);
  else return;
  if (kind !== 'kafka.topicRecreated') faultInjector.happened(kind);
}

/** Whoever deletes a topic waits until it is read. Of several topics one is made anew: the last. */
const RECREATION_CHECK_MS = 1_000;

function recreateOnceRead(world: World): void {
  const { faultInjector, kafka, mappings, target, timeline } = world;
  const [topic, mapping] = [kafka.topics.at(-1), mappings.at(-1)];
  if (topic === undefined || mapping === undefined) throw new Error('every world has a topic and its mapping');
  if (!mapping.isQuiet()) {
    timeline.at(timeline.nowMs() + RECREATION_CHECK_MS, () => recreateOnceRead(world));
    return;
  }
  topic.recreate();
  target.recreated?.(topic);
  mapping.restart();
  faultInjector.happened('kafka.topicRecreated');
}

function tellStart({ id, environment, sent }: Invocation, tell: Tell): void {
  tell(`invocation ${id} begins in ${environment}: ${sent.length} records`);
  for (const position of sent) tell(`sent to invocation ${id}`, position);
}

function tellEnd(invocation: Invocation, tell: Tell): void {
  tell(`invocation ${invocation.id} ends: ${endText(invocation)}`);
  for (const position of unsettledIn(invocation)) tell(`invocation ${invocation.id} names it as unsettled`, position);
}
