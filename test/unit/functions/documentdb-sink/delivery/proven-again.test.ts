import { describe, expect, it } from 'vitest';
import { resultAfterProbe, sortRefusals } from '../../../../../functions/documentdb-sink/delivery/proven-again.ts';
import { Evidence, type ProvenPoison } from '../../../../../functions/documentdb-sink/lanes/evidence.ts';
import type { Step } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import type { Refused } from '../../../../../functions/documentdb-sink/lanes/refusal.ts';
import { NEIGHBOUR_MS } from '../../../../../functions/documentdb-sink/limits.ts';
import { RecordMemory } from '../../../../../shared/delivery/record-memory.ts';
import { poison } from '../../../../../shared/outcome.ts';
import { aLane, aMoment, nextStep } from '../../../../support/a-lane.ts';
import { updateOf } from '../../../../support/write-models.ts';

const CODE = 16_755;
const NOW_MS = 1_000;
const refused: Refused = {
  kind: 'refused',
  failure: poison('rejected_by_target', ''),
  code: CODE,
  isNamed: true,
  evidence: 'probe',
  commandSize: 1,
};

const set = (n: number) => [updateOf({ _id: 'a' }, { $set: { n } })];
/** Of a lane of two records. */
const aStep = (count = 1): Step => ({ ...nextStep(aLane([set(1), set(2)])), count });
const knowing = ({ lane, from }: Step, fact: ProvenPoison): RecordMemory<ProvenPoison> => {
  const memory = new RecordMemory<ProvenPoison>(60_000);
  const item = lane.items[from];
  if (item !== undefined) memory.remember(item.record, fact, NOW_MS);
  return memory;
};

/** A step whose lane holds a deferred record, which is sent with it. */
function aStepWithDeferred(): Step {
  const lane = aLane([set(1), set(2), set(3)]);
  for (let time = 0; time < 2; time += 1) {
    lane.apply({ step: nextStep(lane), result: { kind: 'collision' } }, aMoment());
  }
  return nextStep(lane);
}

describe('a refusal', () => {
  const isAgain = (step: Step, result: Refused, fact: ProvenPoison = { code: CODE }) =>
    sortRefusals([{ step, result }], knowing(step, fact), NOW_MS).refusedAgain.length === 1;

  it.each([
    [true, 'names the record', {}],
    [true, 'is of a command of its own', { isNamed: false }],
    [true, 'names the record among others', { commandSize: 2 }],
    [false, 'is of a command of several records', { isNamed: false, commandSize: 2 }],
    [false, 'has another code', { code: CODE + 1 }],
    [false, 'has no code', { code: undefined }],
  ] as const)('is again that of a known record: %s if it %s', (expected, _, parts) => {
    expect(isAgain(aStep(), { ...refused, ...parts })).toBe(expected);
  });

  it('concerns no record alone where several are sent as one write', () => {
    expect(isAgain(aStep(2), refused)).toBe(false);
    expect(aStepWithDeferred().lane.deferred).toHaveLength(1);
    expect(isAgain(aStepWithDeferred(), refused)).toBe(false);
  });

  it('without a code is no second one of a record that is not known', () => {
    const step = aStep();
    const results = [{ step, result: { ...refused, code: undefined } }];
    expect(sortRefusals(results, new RecordMemory(60_000), NOW_MS)).toEqual({ refusedAgain: [], others: results });
    expect(isAgain(step, { ...refused, code: undefined }, { code: undefined })).toBe(true);
  });
});

describe('a record that was refused again before a probe passed', () => {
  const step = aStep();
  const { target } = step.lane;

  it('is poison, and is proven anew', () => {
    const { result } = resultAfterProbe({ step, result: refused }, new Evidence(), NOW_MS);
    expect(result).toEqual({ kind: 'poison', failure: refused.failure, proven: { code: CODE } });
  });

  it.each([
    ['refused', 0],
    ['poison', 1],
  ] as const)('with a code that may mean throttled writes is %s: another write counts for a while only', (kind, ms) => {
    const refusedAtMs = NOW_MS + NEIGHBOUR_MS;
    const evidence = new Evidence();
    evidence.noteTaken(target, NOW_MS - 1 + ms);
    const again = { step, result: { ...refused, evidence: 'write' } } as const;
    expect(resultAfterProbe(again, evidence, refusedAtMs).result.kind).toBe(kind);
  });
});
