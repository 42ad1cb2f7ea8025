import { describe, expect, it } from 'vitest';
import type { Mutant } from '../../simulation/mutants/mutant.ts';
import { summaryOf } from '../../simulation/mutants/run-mutants.ts';

const mutantCalled = (id: string, outside?: string) => ({ id, outside }) as Mutant;

describe('the summary of mutants', () => {
  it('counts what stories alone catch of those inside the simulated world, and names the others', () => {
    const { lines, missed, share } = summaryOf([
      { mutant: mutantCalled('a'), instrument: 'simulation', says: '' },
      { mutant: mutantCalled('b'), instrument: 'unit', says: '' },
      { mutant: mutantCalled('c'), instrument: undefined, says: '' },
      { mutant: mutantCalled('d', 'below the port'), instrument: 'unit', says: '' },
    ]);
    expect({ missed, share }).toEqual({ missed: 1, share: 1 / 3 });
    expect(lines).toEqual(
      expect.arrayContaining([
        '| inside the simulated world | 3 |',
        '| caught by 300 seeds alone | 1 (33 %) |',
        '| outside, and caught by unit tests | 1 |',
        'inside, and missed by 300 seeds: b, c',
        '3 caught, 1 not caught',
      ]),
    );
  });
});
