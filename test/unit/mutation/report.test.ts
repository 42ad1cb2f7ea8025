import { describe, expect, it } from 'vitest';
import type { Mutant } from '../../mutation/instrument.ts';
import { type JournalEntry, LOADING, toLoadIn } from '../../mutation/journal.ts';
import { explain, scoreOf } from '../../mutation/report.ts';

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
const EQUIVALENT = {
  file: 'a.ts',
  line: 'if (a > 1 && b) {',
  at: 5,
  part: 'a > 1',
  into: 'a >= 1',
  because: 'a is 0 or 2',
};

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
    expect(scoreOf(mutants, SOURCES, journal)).toEqual({
      killed: 1,
      timeout: 1,
      equivalent: 0,
      loading: 0,
      survivors: [],
    });
  });

  it('says of a survivor where it is, what it changes, and whether a test runs the code', () => {
    const { survivors } = scoreOf([aMutant('1'), aMutant('2')], SOURCES, [covered('1')]);
    const survivor = {
      file: 'a.ts',
      line: 'if (a > 1 && b) {',
      at: 5,
      into: 'a >= 1',
      place: 'a.ts:2:7',
      part: 'a > 1',
    };
    expect(survivors).toEqual([
      { ...survivor, isCovered: true },
      { ...survivor, isCovered: false },
    ]);
  });

  it('says how much of it runs only while a module loads', () => {
    const score = scoreOf([aMutant('1'), aMutant('2')], SOURCES, [covered('1'), loaded('1', '2')]);
    expect(score.loading).toBe(1);
    expect(score.survivors.map(({ isCovered }) => isCovered)).toEqual([true, true]);
  });

  it('tries what runs while a module loads, unless it is decided or was tried so', () => {
    const journal: readonly JournalEntry[] = [
      covered('1'),
      loaded('1', '2', '3', '4'),
      { kind: 'equivalent', ids: ['3'] },
      { kind: 'try', id: '4', test: LOADING, withinMs: 1 },
    ];
    expect([...toLoadIn(journal)]).toEqual(['1', '2']);
  });

  it('shows a mutation of several lines in one', () => {
    const location = { start: { line: 1, column: 18 }, end: { line: 3, column: 3 } };
    const [survivor] = scoreOf([aMutant('1', { location, replacement: '{\n}' })], SOURCES, []).survivors;
    expect(survivor).toMatchObject({ line: 'if (a > 1 && b) {', part: '{ return; }', into: '{ }' });
  });

  it('counts apart what no test can catch', () => {
    const journal: readonly JournalEntry[] = [{ kind: 'equivalent', ids: ['1'] }, covered('1', '2')];
    const score = scoreOf([aMutant('1'), aMutant('2', { replacement: 'a < 1' })], SOURCES, journal);
    expect(score.equivalent).toBe(1);
    expect(score.survivors.map(({ into }) => into)).toEqual(['a < 1']);
  });
});

describe('the list of equivalents', () => {
  it('explains mutants by the text of their line, wherever the line stands', () => {
    const mutants = [aMutant('1'), aMutant('2', { replacement: 'a < 1' })];
    const sources = new Map([...SOURCES].map(([name, text]) => [name, text.replace('  if', '\t\tif')]));
    expect(explain(mutants, sources, [EQUIVALENT])).toEqual({ ids: ['1'], superfluous: [] });
  });

  it('has entries that explain nothing any more, in the files that were mutated', () => {
    const gone = [
      { ...EQUIVALENT, line: 'if (a > 2 && b) {' },
      { ...EQUIVALENT, at: 14 },
      { ...EQUIVALENT, part: 'a > 1 && b' },
      { ...EQUIVALENT, into: 'a < 1' },
    ];
    const elsewhere = { ...EQUIVALENT, file: 'b.ts' };
    expect(explain([aMutant('1')], SOURCES, [...gone, elsewhere])).toEqual({ ids: [], superfluous: gone });
  });
});
