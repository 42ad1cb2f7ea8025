import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lane } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import type { Effect, WriteResult } from '../../../../../functions/documentdb-sink/lanes/write-result.ts';
import { deadLettered, ignored, isSettled, poison } from '../../../../../shared/outcome.ts';
import { aLane, aMoment, type Content } from '../../../../support/a-lane.ts';
import { randomRuns } from '../../../../support/random-runs.ts';
import { deleteOf, insertOf, replaceOf, updateOf } from '../../../../support/write-models.ts';

const content = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Content>([replaceOf({ _id: 1 }, { _id: 1, a: 1 })]) },
  { weight: 3, arbitrary: fc.constant<Content>([updateOf({ _id: 1 }, { $inc: { n: 1 } })]) },
  { weight: 2, arbitrary: fc.constant<Content>([deleteOf({ _id: 1 })]) },
  { weight: 1, arbitrary: fc.constant<Content>([insertOf({ _id: 1 })]) },
  { weight: 1, arbitrary: fc.constant<Content>('poison') },
  {
    weight: 1,
    arbitrary: fc.constant<Content>([
      updateOf({ _id: 1 }, { $inc: { n: 1 } }),
      updateOf({ _id: 1 }, { $set: { a: 1 } }),
    ]),
  },
);

const failure = { code: 'target_failed', retryable: true, mayBeWritten: false, detail: '' } as const;
const bad = poison('rejected_by_target', 'bad');
const result = fc.constantFrom<WriteResult>(
  { kind: 'written' },
  { kind: 'written' },
  { kind: 'stale', timestampMs: undefined },
  { kind: 'applied' },
  { kind: 'noMatch' },
  { kind: 'duplicate' },
  { kind: 'poison', failure: bad },
  { kind: 'conflict', isFound: false },
  { kind: 'conflict', isFound: true },
  { kind: 'unguarded' },
  { kind: 'collision' },
  { kind: 'collision' },
  { kind: 'retry', failure, commandSize: 4, isTooSlow: true },
  { kind: 'fatal', scope: 'target', failure, commandSize: 1 },
  { kind: 'refused', failure: bad, code: 8, isNamed: true, evidence: 'probe', commandSize: 2 },
  { kind: 'refused', failure: bad, code: 8, isNamed: false, evidence: 'write', commandSize: 1 },
);

interface Turn {
  readonly result: WriteResult;
  readonly areEarlierSettled: boolean;
  /** What becomes of a record that is found to be poison. */
  readonly fate: 'buried' | 'skipped' | 'stopped' | 'under way';
}

const turn: fc.Arbitrary<Turn> = fc.record({
  result,
  areEarlierSettled: fc.boolean(),
  fate: fc.constantFrom('buried', 'buried', 'skipped', 'stopped', 'under way'),
});

/** Settled indexes, in order. */
class Told {
  readonly settled: number[] = [];
  readonly #lane: Lane;

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  perform(effects: readonly Effect[], fate: Turn['fate']): void {
    for (const effect of effects) {
      if (effect.kind === 'settle' && isSettled(effect.outcome)) this.settled.push(effect.index);
      if (effect.kind === 'bury') this.bury(effect, fate);
    }
  }

  bury({ entry, failure: why }: Pick<Effect & { kind: 'bury' }, 'entry' | 'failure'>, fate: Turn['fate']): void {
    if (fate === 'stopped') this.#lane.stop(entry, why);
    if (fate === 'buried' || fate === 'under way') this.#lane.lock(why);
    if (fate === 'stopped' || fate === 'under way') return;
    const outcomeOf = fate === 'buried' ? deadLettered : ignored;
    this.settled.push(this.#lane.settleRecord(entry, ({ position }) => outcomeOf(position, 'poison' as never)).index);
  }
}

/** Tells a lane one thing after another, until it is done or its head is decided for good. */
function told(lane: Lane, turns: readonly Turn[]) {
  const story = new Told(lane);
  const deferred = new Set<number>();
  for (const [at, { result: each, areEarlierSettled, fate }] of turns.entries()) {
    const { head, next } = lane;
    const step = lane.step();
    if (lane.state !== 'open' || head === undefined) break;
    const moment = aMoment({
      nowMs: 1_000 * at,
      areEarlierSettled: () => areEarlierSettled,
      missingIndex: 'deadLetter',
    });
    if (head.task.kind === 'poison') story.bury({ entry: head, failure: head.task.failure }, fate);
    else if (step !== undefined) story.perform(lane.apply({ step, result: each }, moment), fate);
    else for (const entry of lane.deferred.slice(0, 1)) story.bury({ entry, failure: bad }, fate);
    expect(lane.next).toBeGreaterThanOrEqual(next);
    for (const { index } of lane.deferred) deferred.add(index);
  }
  return { settled: story.settled, deferred };
}

const ascending = (numbers: Iterable<number>) => [...numbers].toSorted((a, b) => a - b);

describe('a lane', () => {
  it('settles every record once, in order unless it is deferred, whatever it is told, and names all others at the end', () => {
    const contents = fc.array(content, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(contents, fc.array(turn, { maxLength: 40 }), (all, turns) => {
        const lane = aLane(all);
        const { settled, deferred } = told(lane, turns);
        const unsettled = new Set(lane.unsettled().map(({ index }) => index));
        expect(ascending([...settled, ...unsettled])).toEqual([...all.keys()]);
        const inOrder = settled.filter((index) => !deferred.has(index));
        expect(inOrder).toEqual(ascending(inOrder));
        expect(settled).toHaveLength(new Set(settled).size);
      }),
      { numRuns: randomRuns(1_000) },
    );
  });
});
