import type { EventShape } from '../harness/event.ts';
import { median } from '../harness/median.ts';
import type { Contender } from '../processes/contender.ts';

/** A shape of events, and the number in which it differs from the others. */
export interface Step {
  readonly at: number;
  readonly shape: EventShape;
}

/** What a record costs at each step. */
export interface Curve {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly at: number;
  /** CPU time. */
  readonly usPerRecord: number;
}

const ROUNDS = 5;
/** A measurement handles about so many records, in this many invocations. */
const RECORDS = 10_000;
const INVOCATIONS_MIN = 2;
const INVOCATIONS_MAX = 100;

/** Measures the steps in turns: the median of five. */
export async function measureCurve(contender: Contender, steps: readonly Step[]): Promise<Curve> {
  const costs = steps.map((): number[] => []);
  for (const { shape } of steps) await contender.run(INVOCATIONS_MIN, shape);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { shape }] of steps.entries()) {
      const { cpuMs } = await contender.run(invocationsOf(shape), shape);
      costs[index]?.push((cpuMs * 1_000) / shape.records);
    }
  }
  return {
    name: contender.name,
    points: steps.map(({ at }, index) => ({ at, usPerRecord: median(costs[index] ?? []) })),
  };
}

export const invocationsOf = ({ records }: EventShape): number =>
  Math.max(INVOCATIONS_MIN, Math.min(INVOCATIONS_MAX, Math.floor(RECORDS / records)));

/** The point with the highest cost, and that with the lowest. @throws Error if there is no point */
export function extremesOf({ name, points }: Curve): { readonly worst: Point; readonly best: Point } {
  const sorted = [...points].sort((one, other) => one.usPerRecord - other.usPerRecord);
  const [best, worst] = [sorted[0], sorted.at(-1)];
  if (best === undefined || worst === undefined) throw new Error(`${name} has no point`);
  return { worst, best };
}
