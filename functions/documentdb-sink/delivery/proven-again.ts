import type { RecordMemory } from '../../../shared/delivery/record-memory.ts';
import type { StepResult } from '../lanes/commands.ts';
import type { LaneEntry } from '../lanes/entry.ts';
import type { EvidenceView, ProvenPoison } from '../lanes/evidence.ts';
import type { Lane, Step } from '../lanes/lane.ts';
import type { Refused } from '../lanes/refusal.ts';

/** A refusal of a record that an earlier batch of the environment proved to be poison, with the same code. */
export interface RefusedAgain {
  readonly step: Step;
  readonly result: Refused;
}

export interface Sorted {
  readonly refusedAgain: readonly RefusedAgain[];
  readonly others: readonly StepResult[];
}

/** A fold with a record that will be refused again would be taken apart anew. Call before anything is sent. */
export function keepProvenApart(lanes: readonly Lane[], provenPoison: RecordMemory<ProvenPoison>, nowMs: number): void {
  if (provenPoison.isEmpty) return;
  for (const lane of lanes) lane.keepApart((record) => provenPoison.factOf(record, nowMs) !== undefined);
}

/** Finds the refusals that concern one record alone, of which that is known. */
export function sortRefusals(
  results: readonly StepResult[],
  provenPoison: RecordMemory<ProvenPoison>,
  nowMs: number,
): Sorted {
  const refusedAgain: RefusedAgain[] = [];
  const others: StepResult[] = [];
  for (const each of results) {
    const { step, result } = each;
    const isAgain = result.kind === 'refused' && isOfOneRecord(step, result) && codeOf(step) === result.code;
    if (isAgain) refusedAgain.push({ step, result });
    else others.push(each);
  }
  return { refusedAgain, others };

  function codeOf({ lane, from }: Step): number | undefined | typeof UNKNOWN {
    const { record } = lane.items[from] as LaneEntry;
    const known = provenPoison.factOf(record, nowMs);
    return known === undefined ? UNKNOWN : known.code;
  }
}

const UNKNOWN = 'unknown';

const isOfOneRecord = ({ lane, count }: Step, { isNamed, commandSize }: Refused): boolean =>
  (isNamed || commandSize === 1) && count === 1 && lane.deferred.length === 0;

/**
 * The result of a record that was refused again before a probe passed: the record is to blame, unless the code is known to be an
 * outage, or may mean that the server throttles real writes.
 */
export function resultAfterProbe(
  { step, result }: RefusedAgain,
  evidence: EvidenceView,
  refusedAtMs: number,
): StepResult {
  const { code, failure } = result;
  const isToBlame = evidence.blames(step.lane.target, { code, sinceMs: refusedAtMs }, result.evidence);
  return { step, result: isToBlame ? { kind: 'poison', failure, proven: { code } } : result };
}
