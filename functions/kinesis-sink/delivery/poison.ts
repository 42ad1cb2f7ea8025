import type { DeadLetterStage } from '../../../shared/dead-letter/dead-letter.ts';
import type { RecordFailure } from '../../../shared/outcome.ts';
import type { Item, Lane } from '../lanes/lane.ts';
import type { Run } from './run.ts';

export interface PoisonedHead {
  readonly lane: Lane;
  readonly item: Item;
  readonly failure: RecordFailure;
  readonly stage: DeadLetterStage;
}

/** Applies the poison policy to the head of a claimed lane. The lane is released once the head is settled. */
export function buryHead(run: Run, poisoned: PoisonedHead): void {
  const { meter, options } = run.parts;
  const { lane, failure } = poisoned;
  if (failure.code === 'planning_failed') meter.count('PlanningFailures');
  const letter = run.poison.bury({ ...poisoned, target: options.streamArn });
  const release = () => run.lanes.place(lane);
  if (letter === undefined) release();
  else run.deadLetterTasks.start(letter.then(release));
}
