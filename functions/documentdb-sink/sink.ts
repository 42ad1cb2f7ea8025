import { createSemaphore } from '../../shared/concurrency/semaphore.ts';
import type { DeadLetterQueue } from '../../shared/dead-letter/dead-letter-queue.ts';
import { OutcomeCollector } from '../../shared/delivery/outcome-collector.ts';
import { PoisonHandler } from '../../shared/delivery/poison-handler.ts';
import { RecordMemory } from '../../shared/delivery/record-memory.ts';
import { PROVEN_POISON_MS_MAX } from '../../shared/limits.ts';
import type { RecordOutcome } from '../../shared/outcome.ts';
import type { PartitionBatch } from '../../shared/record.ts';
import type { PoisonPolicy } from '../../shared/settings/common-settings.ts';
import type { Sink } from '../../shared/sink-contract.ts';
import type { Log, Meter } from '../../shared/telemetry/telemetry.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { abortAt, type Deadline } from '../../shared/time/deadline.ts';
import { holdUnsettled } from '../../shared/time/hold-unsettled.ts';
import { Breakers } from './delivery/collection-breakers.ts';
import { CollectionDelivery, type DeliveryParts } from './delivery/collection-delivery.ts';
import { CredentialsRetry } from './delivery/credentials-retry.ts';
import { deliverParts } from './delivery/deliver-parts.ts';
import { keepProvenApart } from './delivery/proven-again.ts';
import type { PlanSettings } from './guard/plan.ts';
import { Evidence, type ProvenPoison } from './lanes/evidence.ts';
import { type LanesByNamespace, lanesOf, layLanes } from './lanes/lay-lanes.ts';
import { DocumentsOut } from './lanes/wave-bounds.ts';
import type { MissingIndex } from './lanes/write-result.ts';
import type { Preparation } from './plan/preparation.ts';
import type { RecordMapper } from './plan/record-mapper.ts';
import { createCollections } from './target/collections.ts';
import type { DocumentStore } from './target/document-store.ts';
import { createUniqueOrder } from './target/unique-order.ts';

export interface DocumentdbSinkSettings extends PlanSettings {
  readonly tombstoneTtlSeconds: number;
  readonly onPoison: PoisonPolicy;
  /** The field `deadLetterTopic` of every dead letter. */
  readonly deadLetterTopic?: string | undefined;
  /** What happens to a write that cannot be guarded. Default: the write is sent without the guard. */
  readonly missingIndex?: MissingIndex | undefined;
  /** What happens to an update that matches no document and does not upsert. */
  readonly onNoMatch: 'ignore' | 'deadLetter';
  readonly poolSizeMax: number;
}

export interface DocumentdbSinkParts {
  readonly settings: DocumentdbSinkSettings;
  /** Turns a record into a write plan, according to the configuration. */
  readonly mapper: RecordMapper;
  /** What the mapper needs before it plans a record. */
  readonly preparation?: Preparation | undefined;
  readonly store: DocumentStore;
  readonly deadLetters: DeadLetterQueue;
  readonly clock: Clock;
  /** 0 <= random() < 1 */
  readonly random: () => number;
  readonly log: Log;
  readonly meter: Meter;
}

type Shared = Pick<DeliveryParts, 'breakers' | 'credentials' | 'evidence' | 'semaphore'>;

/** The function's name in its dead letters and their keys. */
const FUNCTION_NAME = 'documentdbSink';

/** Writes documents so that a replay never overwrites a newer version (G3). */
export function createDocumentdbSink(parts: DocumentdbSinkParts): Sink {
  const { settings, clock, meter, deadLetters, preparation } = parts;
  const collections = createCollections({ ...parts, ...settings });
  const uniqueOrder = createUniqueOrder(parts.store);
  const documentsOut = new DocumentsOut();
  const provenPoison = new RecordMemory<ProvenPoison>(PROVEN_POISON_MS_MAX);

  /** What the writes of one invocation share: a batch is written in parts where records wait for their schemas. */
  const shared = new WeakMap<Deadline, Shared>();
  function sharedBy(deadline: Deadline): Shared {
    const known = shared.get(deadline) ?? {
      breakers: new Breakers(),
      credentials: new CredentialsRetry(),
      evidence: new Evidence(),
      semaphore: createSemaphore(settings.poolSizeMax),
    };
    shared.set(deadline, known);
    return known;
  }

  async function write(
    batches: readonly PartitionBatch[],
    deadline: Deadline,
    redriven?: DeadLetterQueue,
  ): Promise<readonly RecordOutcome[]> {
    const layout = layLanes(batches, parts.mapper, settings, clock.wallTimeMs());
    if (layout.planningFailureCount > 0) meter.count('PlanningFailures', layout.planningFailureCount);
    const abort = abortAt(clock, deadline.answerByMs);
    const outcomes = new OutcomeCollector(batches);
    for (const [index, outcome] of layout.decidedAt) outcomes.record({ index, outcome });
    const { onPoison, deadLetterTopic, onNoMatch, missingIndex = 'write' } = settings;
    const record = outcomes.record.bind(outcomes);
    const ways = { functionName: FUNCTION_NAME, onPoison, deadLetterTopic, deadLetters, redriven };
    const session = {
      ...parts,
      ...sharedBy(deadline),
      collections,
      uniqueOrder,
      deadline,
      outcomes,
      poison: new PoisonHandler({ ...ways, deadline, clock, record }),
      documentsOut,
      provenPoison,
      signal: abort.signal,
      maySend: () => clock.nowMs() < deadline.sendUntilMs,
      missingIndex,
      onNoMatch,
    };
    const lanes = lanesOf(layout);
    keepProvenApart(lanes, provenPoison, clock.nowMs());
    const deliver = async (own: LanesByNamespace) => {
      const runs = [...own].map(([namespace, each]) => new CollectionDelivery(each, { ...session, namespace }).run());
      await Promise.all(runs);
    };
    try {
      await deliverParts(layout.parts, outcomes, deliver);
      await collections.finish(deadline.sendUntilMs, abort.signal);
    } finally {
      abort.release();
      collections.trim();
      uniqueOrder.trim();
    }
    return outcomes.close(lanes);
  }

  const sink = { write };
  return held(preparation === undefined ? sink : preparation.before(sink, parts), clock);
}

/** The whole batch is held: a record of one partition that can never be written keeps no other partition waiting (G4). */
const held = ({ write }: Sink, clock: Clock): Sink => ({
  async write(batches, deadline, redriven) {
    const outcomes = await write(batches, deadline, redriven);
    await holdUnsettled(outcomes, clock, deadline);
    return outcomes;
  },
});
