import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const TESTS = join(import.meta.dirname, '../..');
const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.test.ts'));

/** Biome's format leaves the first column to top-level code. */
const BARE_TEST = /^(?:it|test)\b/m;

describe('a test', () => {
  it('stands in a `describe` that names its subject, so that its name is a sentence', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((path) => BARE_TEST.test(readFileSync(join(TESTS, path), 'utf8')))).toEqual([]);
  });

  it.each(["it('works', () => {});", "const a = 1;\nit.each([1])('%d', () => {});"])(
    'outside of a `describe` is found: %j',
    (text) => {
      expect(BARE_TEST.test(text)).toBe(true);
      expect(BARE_TEST.test(`describe('a', () => {\n  ${text}\n});`.replaceAll('\n', '\n  '))).toBe(false);
    },
  );
});
