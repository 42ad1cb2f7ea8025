import { describe, expect, it } from 'vitest';
import { parseOrExplain } from '../../../../cli/terminal/parse-or-explain.ts';

const parse = (...args: readonly string[]) =>
  parseOrExplain(
    { args: [...args], options: { rate: { type: 'string' }, json: { type: 'boolean' } } },
    'how to call it',
  ).values;

describe('the options of a command', () => {
  it.each([
    [['--rate', '-1'], '--rate is followed by -1: write a value, and one that begins with a dash as --rate=-1'],
    [
      ['--rate', '--json'],
      '--rate is followed by --json: write a value, and one that begins with a dash as --rate=--json',
    ],
  ])('that are followed by a dash are named with both remedies: %j', (args, problem) => {
    expect(() => parse(...args)).toThrow(new Error(`${problem}\nhow to call it`));
  });

  it.each([
    [['--rat', '1'], "Unknown option '--rat'"],
    [['--json=1'], "Option '--json' does not take an argument"],
    [['one'], "Unexpected argument 'one'"],
  ])('that are wrong otherwise are named as Node names them: %j', (args, problem) => {
    expect(() => parse(...args)).toThrow(new Error(`${problem}\nhow to call it`));
  });

  it('that are right are returned', () => {
    expect(parse('--rate=-1', '--json')).toEqual({ rate: '-1', json: true });
  });
});
