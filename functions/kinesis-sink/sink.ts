import type { DeadLetterQueue } from '../../shared/dead-letter/dead-letter-queue.ts';
import { OutcomeCollector } from '../../shared/delivery/outcome-collector.ts';
import { PoisonHandler } from '../../shared/delivery/poison-handler.ts';
import { ignored } from '../../shared/outcome.ts';
import type { PoisonPolicy } from '../../shared/settings/common-settings.ts';
import type { Sink } from '../../shared/sink-contract.ts';
import { holdUnsettled } from '../../shared/time/hold-unsettled.ts';
import { StreamDelivery, type StreamDeliveryParts } from './delivery/stream-delivery.ts';
import { Evidence } from './lanes/evidence.ts';
import { layLanes } from './lanes/lay-lanes.ts';
import { type PlanOptions, plan } from './plan/plan.ts';

export interface KinesisSinkParts
  extends Omit<StreamDeliveryParts, 'deadline' | 'evidence' | 'outcomes' | 'poison' | 'options'> {
  readonly deadLetters: DeadLetterQueue;
  readonly options: StreamDeliveryParts['options'] &
    PlanOptions & { readonly functionName: string; readonly onPoison: PoisonPolicy };
}

/**
 * The first copies of the records of one lane reach the stream in the order of their Kafka partition:
 * a lane has at most one entry in flight.
 */
export function createKinesisSink(parts: KinesisSinkParts): Sink {
  const { clock, deadLetters, options } = parts;
  const evidence = new Evidence();
  return {
    async write(batches, deadline, redriven) {
      const plans = batches.map(({ records }) => records.map((record) => plan(record, options)));
      const { lanes, tombstones } = layLanes(plans);
      const outcomes = new OutcomeCollector(batches);
      for (const [index, { position }] of tombstones)
        outcomes.record({ index, outcome: ignored(position, 'tombstone') });
      const record = outcomes.record.bind(outcomes);
      const poison = new PoisonHandler({ ...options, deadLetters, redriven, deadline, clock, record });
      await new StreamDelivery(lanes, { ...parts, deadline, evidence, outcomes, poison }).run();
      const closed = outcomes.close(lanes);
      await holdUnsettled(closed, clock, deadline);
      return closed;
    },
  };
}
