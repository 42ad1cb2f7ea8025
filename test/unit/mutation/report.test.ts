import { describe, expect, it } from 'vitest';
import type { Mutant } from '../../mutation/instrument.ts';
import type { JournalEntry } from '../../mutation/journal.ts';
import { scoreOf } from '../../mutation/report.ts';

const SOURCES = new Map([['a.ts', 'const a = 1;\n  if (a > 1 && b) {\n    return;\n  }\n']]);

const aMutant = (id: string, part: Partial<Mutant> = {}): Mutant => ({
  id,
  fileName: 'a.ts',
  replacement: 'a >= 1',
  location: { start: { line: 1, column: 6 }, end: { line: 1, column: 11 } },
  ...part,
});
const covered = (...ids: readonly string[]): JournalEntry => ({ kind: 'covered', ids });
const loaded = (...ids: readonly string[]): JournalEntry => ({ kind: 'loaded', ids });
const EQUIVALENT = { file: 'a.ts', line: 'if (a > 1 && b) {', into: 'a >= 1', because: 'a is 0 or 2' };

describe('the score of a mutation run', () => {
  it('counts what tests noticed, and leaves out what is ignored', () => {
    const mutants = [aMutant('1'), aMutant('2'), aMutant('3', { status: 'Ignored' })];
    const journal: readonly JournalEntry[] = [
      covered('1', '2', '3'),
      { kind: 'try', id: '1', test: 'a', withinMs: 1 },
      { kind: 'killed', id: '1' },
      { kind: 'try', id: '2', test: 'a', withinMs: 1 },
      { kind: 'timeout', id: '2' },
    ];
    expect(scoreOf(mutants, journal, SOURCES, [])).toEqual({
      killed: 1,
      timeout: 1,
      equivalent: 0,
      loading: 0,
      survivors: [],
      superfluous: [],
    });
  });

  it('says of a survivor where it is, what it changes, and whether a test runs the code', () => {
    const { survivors } = scoreOf([aMutant('1'), aMutant('2')], [covered('1')], SOURCES, []);
    const survivor = {
      file: 'a.ts',
      line: 'if (a > 1 && b) {',
      into: 'a >= 1',
      place: 'a.ts:2:7',
      mutated: 'a > 1',
    };
    expect(survivors).toEqual([
      { ...survivor, isCovered: true },
      { ...survivor, isCovered: false },
    ]);
  });

  it('counts code apart that runs only while a module loads', () => {
    const score = scoreOf([aMutant('1'), aMutant('2')], [covered('1'), loaded('1', '2')], SOURCES, []);
    expect(score.loading).toBe(1);
    expect(score.survivors).toHaveLength(1);
  });

  it('shows a mutation of several lines in one', () => {
    const location = { start: { line: 1, column: 18 }, end: { line: 3, column: 3 } };
    const [survivor] = scoreOf([aMutant('1', { location, replacement: '{\n}' })], [], SOURCES, []).survivors;
    expect(survivor).toMatchObject({ line: 'if (a > 1 && b) {', mutated: '{ return; }', into: '{ }' });
  });

  it('takes no survivor for one that the list explains', () => {
    const mutants = [aMutant('1'), aMutant('2', { replacement: 'a < 1' })];
    const score = scoreOf(mutants, [covered('1', '2')], SOURCES, [EQUIVALENT]);
    expect(score.equivalent).toBe(1);
    expect(score.survivors.map(({ into }) => into)).toEqual(['a < 1']);
    expect(score.superfluous).toEqual([]);
  });

  it('names entries of the list that explain nothing any more, in the files that were mutated', () => {
    const elsewhere = { ...EQUIVALENT, file: 'b.ts' };
    const journal: readonly JournalEntry[] = [covered('1'), { kind: 'killed', id: '1' }];
    expect(scoreOf([aMutant('1')], journal, SOURCES, [EQUIVALENT, elsewhere]).superfluous).toEqual([EQUIVALENT]);
  });
});
