import { Evidence } from '../../functions/documentdb-sink/lanes/evidence.ts';
import { Lane, type Step } from '../../functions/documentdb-sink/lanes/lane.ts';
import type { Moment, WriteResult } from '../../functions/documentdb-sink/lanes/write-result.ts';
import type { WriteModel } from '../../functions/documentdb-sink/plan/write-model.ts';
import { poison } from '../../shared/outcome.ts';
import { aRecord } from './builders.ts';
import { writeOf } from './write-models.ts';

/** A record in a lane: one that writes these models one after another, or poison. */
export type Content = readonly WriteModel[] | 'poison';

/** A lane of one document, of records with ascending offsets from 0 on. */
export function aLane(contents: readonly Content[]): Lane {
  const lane = new Lane({ topicPartition: 'orders-0', identity: 'any', target: 'shop.orders' });
  for (const [index, content] of contents.entries()) {
    const record = aRecord({ offset: index });
    if (content === 'poison') {
      const failure = poison('payload_invalid', 'it is no JSON');
      lane.enter({ index, record, isLast: true, task: { kind: 'poison', failure } });
      continue;
    }
    for (const [step, model] of content.entries()) {
      const write = writeOf(model, { offset: index, step });
      lane.enter({ index, record, isLast: step === content.length - 1, task: { kind: 'write', write } });
    }
  }
  return lane;
}

export const aMoment = (parts: Partial<Moment> = {}): Moment => ({
  nowMs: 1_000,
  retryAtMs: 2_000,
  evidence: new Evidence(),
  areEarlierSettled: () => true,
  writtenCount: 0,
  missingIndex: 'write',
  onNoMatch: 'ignore',
  ...parts,
});

export function nextStep(lane: Lane): Step {
  const step = lane.step();
  if (step === undefined) throw new Error('the head is no write');
  return step;
}

/** A command of so many writes took too long, with the head in it. */
export function slowDown(lane: Lane, commandSize: number): void {
  const failure = { code: 'target_unreachable', retryable: true, mayBeWritten: true, detail: 'too slow' } as const;
  const result: WriteResult = { kind: 'retry', failure, isTooSlow: true, commandSize };
  lane.apply({ step: nextStep(lane), result }, aMoment());
}
