import type { OutcomeCollector } from '../../../shared/delivery/outcome-collector.ts';
import { assertNever } from '../../../shared/errors.ts';
import type { Meter } from '../../../shared/telemetry.ts';
import type { Effect, MissingIndex, Moment } from '../lanes/effect.ts';
import type { Evidence } from '../lanes/evidence.ts';
import type { Lane } from '../lanes/lane.ts';
import type { StepResult } from '../lanes/step-result.ts';
import type { Deferrals } from './deferrals.ts';
import type { PoisonHandler } from './poison.ts';

export interface WriteResultApplierParts {
  readonly outcomes: OutcomeCollector;
  readonly deferrals: Deferrals;
  readonly poison: PoisonHandler;
  readonly meter: Meter;
  readonly evidence: Evidence;
  readonly missingIndex: MissingIndex;
  readonly onNoMatch: Moment['onNoMatch'];
}

/** Applies the result of each step to its lane, and does what the lane asks for. */
export class WriteResultApplier {
  readonly #parts: WriteResultApplierParts;

  constructor(parts: WriteResultApplierParts) {
    this.#parts = parts;
  }

  /**
   * Applies all results of a round. Evidence from this round counts from the next round on, because evidence must be
   * older than a refusal.
   */
  applyRound(results: readonly StepResult[], times: Pick<Moment, 'nowMs' | 'retryAtMs'>): void {
    const { deferrals, evidence, outcomes, missingIndex, onNoMatch } = this.#parts;
    const areEarlierSettled = deferrals.areEarlierSettled.bind(deferrals);
    for (const each of results) {
      const { lane } = each.step;
      const { settledCount } = outcomes;
      const moment = { ...times, evidence, areEarlierSettled, settledCount, missingIndex, onNoMatch };
      for (const effect of lane.apply(each, moment)) this.#perform(effect, lane);
    }
    for (const { step, result } of results) {
      if (result.kind === 'written') evidence.noteTaken(step.lane.target, times.nowMs);
    }
  }

  #perform(effect: Effect, lane: Lane): void {
    const { deferrals, evidence, meter, outcomes, poison } = this.#parts;
    switch (effect.kind) {
      case 'settle':
        outcomes.record(effect);
        break;
      case 'bury':
        poison.settle(lane, effect.entry, effect.failure, { stage: 'writing', policy: effect.policy });
        break;
      case 'defer':
        deferrals.add(effect.index);
        break;
      case 'count':
        meter.count(effect.metric, effect.by);
        break;
      case 'notePassed':
        evidence.notePassed(lane.target, effect.doubt);
        break;
      case 'requestProbe':
        evidence.requestProbe(lane.target);
        break;
      default:
        assertNever(effect);
    }
  }
}
