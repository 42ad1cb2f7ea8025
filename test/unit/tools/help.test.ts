import { describe, expect, it } from 'vitest';
import { insteadOfWork } from '../../../tools/help.ts';

describe('a tool without options', () => {
  it('works without arguments, and prints its help', () => {
    expect(insteadOfWork('npm run x', [])).toBeUndefined();
    expect(insteadOfWork('npm run x', ['--help'])).toEqual({ output: 'npm run x\n', exitCode: 0 });
  });

  it.each(['--output', 'file', ''])('refuses %j, which it would ignore', (argument) => {
    expect(insteadOfWork('npm run x', [argument])).toEqual({
      output: `"${argument}" is no option of this command\nnpm run x\n`,
      exitCode: 2,
    });
  });
});
