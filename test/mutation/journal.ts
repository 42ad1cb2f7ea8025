import { appendFileSync, readFileSync } from 'node:fs';
import { JOURNAL_FILE } from './instrument.ts';

/** What happened during a run, in order. A run that hangs is ended and goes on in another process. */
export type JournalEntry =
  /** These are not tried, because no test can catch them. */
  | { readonly kind: 'equivalent'; readonly ids: readonly string[] }
  | { readonly kind: 'covered'; readonly ids: readonly string[] }
  /** A test begins with the mutant in place; it may take so long. */
  | { readonly kind: 'try'; readonly id: string; readonly test: string; readonly withinMs: number }
  | { readonly kind: 'killed'; readonly id: string }
  /** The test did not end in time, or the mutated code ran far too often. */
  | { readonly kind: 'timeout'; readonly id: string }
  /** The test fails when it runs twice, or without any mutant: it judges none. */
  | { readonly kind: 'unfit'; readonly test: string; readonly why: string }
  /** These mutants' code ran outside of tests: while a module loaded, or while tests were collected. */
  | { readonly kind: 'loaded'; readonly ids: readonly string[] };

export const note = (entry: JournalEntry): void => appendFileSync(JOURNAL_FILE, `${JSON.stringify(entry)}\n`);

/** A line that is not complete yet is left out. */
export const readJournal = (): readonly JournalEntry[] =>
  readFileSync(JOURNAL_FILE, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JournalEntry);

/** The mutants that need no other test. */
export const decidedIn = (journal: readonly JournalEntry[]): ReadonlySet<string> =>
  new Set([...idsIn(journal, 'killed'), ...idsIn(journal, 'timeout'), ...idsIn(journal, 'equivalent')]);

/** The mutants of which the journal says this. */
export const idsIn = (journal: readonly JournalEntry[], kind: JournalEntry['kind']): ReadonlySet<string> =>
  new Set(
    journal.flatMap((entry) => {
      if (entry.kind !== kind || entry.kind === 'unfit') return [];
      return 'ids' in entry ? entry.ids : [entry.id];
    }),
  );

/** Mutants with the tests that ran with them. */
export const triedIn = (journal: readonly JournalEntry[]): ReadonlySet<string> =>
  new Set(journal.flatMap((entry) => (entry.kind === 'try' ? [`${entry.id} ${entry.test}`] : [])));

/** Stands for the tests of a mutant that is in place while the modules load. */
export const LOADING = 'while loading';

/** The mutants that need a worker of their own: their code runs while a module loads, and they are neither decided nor tried so. */
export function toLoadIn(journal: readonly JournalEntry[]): ReadonlySet<string> {
  const tried = triedIn(journal);
  const decided = decidedIn(journal);
  return new Set([...idsIn(journal, 'loaded')].filter((id) => !decided.has(id) && !tried.has(`${id} ${LOADING}`)));
}

/** The mutants whose code runs while a module loads, and in no test. */
export function loadingIn(journal: readonly JournalEntry[]): ReadonlySet<string> {
  const covered = idsIn(journal, 'covered');
  return new Set([...idsIn(journal, 'loaded')].filter((id) => !covered.has(id)));
}
