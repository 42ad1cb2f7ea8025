import { describe, expect, it } from 'vitest';
import { constantNumbers } from '../../mutation/numbers.ts';

const NUMBER = { type: 'NumericLiteral', value: 500 };
const mutantsOf = (
  node: { type: string; value?: unknown },
  parent: { type: string; key?: unknown },
  isOutside = true,
) => [...constantNumbers.mutate({ node, parent, getFunctionParent: () => (isOutside ? null : {}) })];

describe('the numbers of constants', () => {
  it.each([
    [0, 1],
    [9, 10],
    [10, 100],
    [16_000, 160_000],
  ])('%i becomes %i', (value, mutated) => {
    expect(mutantsOf({ ...NUMBER, value }, { type: 'VariableDeclarator' })).toEqual([{ ...NUMBER, value: mutated }]);
  });

  it('stay as they are in functions, as names of properties, and where they are no numbers', () => {
    expect(mutantsOf(NUMBER, { type: 'VariableDeclarator' }, false)).toEqual([]);
    expect(mutantsOf(NUMBER, { type: 'ObjectProperty', key: NUMBER })).toEqual([]);
    expect(mutantsOf({ type: 'StringLiteral', value: '500' }, { type: 'VariableDeclarator' })).toEqual([]);
  });
});
