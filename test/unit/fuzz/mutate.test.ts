import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../local/seeded-random.ts';
import { mutateValue } from '../../fuzz/mutate.ts';

const VALUE = { a: [{ b: 1 }, { c: 'text' }], d: {} };
const mutated = (seed: number) => mutateValue(seededRandom(seed), VALUE);

describe('a mutated value', () => {
  it('depends on its seed alone, not on the values that were made before', () => {
    const seeds = Array.from({ length: 2_000 }, (_, seed) => seed);
    const first = seeds.map(mutated);
    expect(seeds.map(mutated)).toEqual(first);
  });

  it('leaves the value as it is', () => {
    mutated(1);
    expect(VALUE).toEqual({ a: [{ b: 1 }, { c: 'text' }], d: {} });
  });
});
