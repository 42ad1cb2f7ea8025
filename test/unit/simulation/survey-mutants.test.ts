import { describe, expect, it } from 'vitest';
import type { Mutant } from '../../simulation/mutants/mutant.ts';
import { summaryOf } from '../../simulation/mutants/survey-mutants.ts';

const inside = { id: 'inside' } as Mutant;
const outside = { id: 'outside', caughtBy: ['a.test.ts'] } as unknown as Mutant;

describe('the summary of a survey', () => {
  it('counts each instrument alone, and names what both miss', () => {
    const lines = summaryOf([
      { mutant: inside, seed: 3, test: undefined },
      { mutant: inside, seed: undefined, test: 'a > b' },
      { mutant: outside, seed: undefined, test: undefined },
    ]);
    expect(lines.slice(1)).toEqual([
      '3 mutants, 2 of them inside the simulated world',
      '300 seeds alone catch 1 of 2 (50 %)',
      'unit tests alone catch 1 of 3',
      'both miss 1: outside',
    ]);
  });
});
