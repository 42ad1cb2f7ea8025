import { deadLetterOf } from '../../../shared/dead-letter/dead-letter.ts';
import { deadLettered, ignored } from '../../../shared/outcome.ts';
import type { PoisonedHead } from '../lanes/lane.ts';
import type { Run } from './run.ts';

/**
 * Keeps the lane claimed until the dead letter is durable: records behind the head must not overtake a record that may
 * be delivered again.
 */
export async function settlePoison(run: Run, plannedEntry: PoisonedHead): Promise<void> {
  const { clock, deadLetters, meter, options } = run.parts;
  const { lane, record, failure, attempts } = plannedEntry;
  lane.lastFailure = failure;
  if (failure.code === 'planning_failed') meter.count('PlanningFailures');
  if (options.onPoison === 'block') return run.lanes.block(lane, failure);
  if (options.onPoison === 'skip') {
    run.outcomes.record(ignored(record.position, 'poison'));
    return run.lanes.settle(lane, 1);
  }
  const deadLetter = deadLetterOf(record, failure, {
    functionName: options.functionName,
    target: options.streamArn,
    stage: attempts === 0 ? 'converting' : 'writing',
    attempts,
    atMs: clock.wallTimeMs(),
  });
  const durable = await deadLetters.put(deadLetter, run.deadline);
  if (!durable) {
    const detail = `the record is poison, and its dead letter could not be written to the dead-letter bucket; the record is poison because ${failure.detail}`;
    return run.lanes.block(lane, { ...failure, code: 'dead_letter_failed', retryable: true, detail });
  }
  meter.count('DeadLetters');
  run.outcomes.record(deadLettered(record.position, failure.code));
  run.lanes.settle(lane, 1);
}
