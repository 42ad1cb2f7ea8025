import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const page = readFileSync('docs/msk-trigger.md', 'utf8');
/** Each part begins with the file of its tests; the tests are the last cells of the rows. */
const parts = page.split(/^(?=Rules of `)/m).slice(1);
const fileOf = (part: string): string => /^Rules of `([^`]+)`/.exec(part)?.[1] ?? '';
const testsOf = (part: string): readonly string[] =>
  [...part.matchAll(/^\|.*\| `([^`]+)` \|$/gm)].map(([, name = '']) => name);
/** The titles that the file gives to its tests, without the page of AWS at their end. */
const titlesOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:\bit\(|\]\)\(|^ {4})\s*(['`])((?:(?!\1).)+)\1/gm)].map(
    ([, , title = '']) => title.replace(/ \(\$\{DOCS\}.*$/, ''),
  );

describe('docs/msk-trigger.md', () => {
  it.each(parts.map((part) => [fileOf(part), part] as const))('names tests that exist in %s', (file, part) => {
    expect(existsSync(file)).toBe(true);
    expect(testsOf(part).length).toBeGreaterThan(5);
    const titles = new Set(titlesOf(file));
    expect(testsOf(part).filter((name) => !titles.has(name))).toEqual([]);
  });

  it('names every rule of lambda-rules.test.ts that has a test of its own', () => {
    const [rules = ''] = parts;
    const own = [...readFileSync(fileOf(rules), 'utf8').matchAll(/^ {2}it\(\s*(['`])((?:(?!\1).)+)\1/gm)].map(
      ([, , title = '']) => title.replace(/ \(\$\{DOCS\}.*$/, ''),
    );
    expect(own.filter((title) => !testsOf(rules).includes(title))).toEqual([]);
  });
});
