import { describe, expect, it } from 'vitest';
import { nodeArguments } from '../../../../local/lambda/node-arguments.ts';

const ALWAYS = ['--expose-gc', '--max-http-header-size=81920'];

describe("the arguments of a function's Node", () => {
  it.each([
    ['512', 25, 461],
    ['1024', 51, 922],
    ['128', 6, 116],
  ])('with %s MB give halves of the young generation of %d MB, and %d MB to the old one', (memory, semi, old) => {
    expect(nodeArguments({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory, NODE_OPTIONS: '--enable-source-maps' })).toEqual([
      ...ALWAYS,
      `--max-semi-space-size=${semi}`,
      `--max-old-space-size=${old}`,
    ]);
  });

  it.each(['--max-semi-space-size=8', '--max_old_space_size=300', '--no-warnings --max-old-space-size=300'])(
    'leave the heap to a function that says %s',
    (options) => {
      expect(nodeArguments({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512', NODE_OPTIONS: options })).toEqual(ALWAYS);
    },
  );

  it('say nothing of the heap where no memory is given', () => {
    expect(nodeArguments({})).toEqual(ALWAYS);
  });
});
