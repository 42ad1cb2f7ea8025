import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createScreen, type Output } from '../../../../local/terminal/screen.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function anOutput(columns?: number): { readonly output: Output; readonly written: () => string } {
  const stream = new PassThrough({ encoding: 'utf8' });
  const output = Object.assign(stream, columns === undefined ? {} : { isTTY: true, columns });
  return { output, written: () => stream.read() ?? '' };
}

const UP = (lines: number) => `\u001b[${lines}A\u001b[J`;

describe('on a terminal', () => {
  it('a block is written over the one before', () => {
    const { output, written } = anOutput(80);
    const screen = createScreen(output);
    screen.show('a\nb\nc');
    screen.show('d');
    screen.show('e');
    expect(written()).toBe(`a\nb\nc\n${UP(3)}d\n${UP(1)}e\n`);
  });

  it('a line stays, above the block', () => {
    const { output, written } = anOutput(80);
    const screen = createScreen(output);
    screen.line('first');
    screen.show('block');
    screen.line('second');
    screen.show('later');
    expect(written()).toBe(`first\nblock\n${UP(1)}second\nblock\n${UP(1)}later\n`);
  });

  it('a block is cut to the width, or it could not be written over', () => {
    const { output, written } = anOutput(5);
    const screen = createScreen(output);
    screen.show('1234567\n12');
    screen.show('x');
    expect(written()).toBe(`12345\n12\n${UP(2)}x\n`);
  });
});

describe('a terminal without a known width', () => {
  it('gets whole lines', () => {
    const { output, written } = anOutput(0);
    createScreen(output).show('1234567');
    expect(written()).toBe('1234567\n');
  });
});

describe('in a file', () => {
  it('a block is appended every five seconds, without control characters', () => {
    const { output, written } = anOutput();
    const screen = createScreen(output);
    screen.show('first');
    screen.show('second');
    vi.setSystemTime(Date.now() + 5_000);
    screen.show('third');
    expect(written()).toBe('first\n\nthird\n\n');
  });

  it('a line is a line', () => {
    const { output, written } = anOutput();
    const screen = createScreen(output);
    screen.show('block');
    screen.line('stays');
    expect(written()).toBe('block\n\nstays\n');
  });
});
