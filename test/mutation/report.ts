import { isDeepStrictEqual } from 'node:util';
import type { Mutant } from './instrument.ts';
import { decidedIn, idsIn, type JournalEntry, loadingIn } from './journal.ts';

/** A mutant that no test can catch, because nothing that the code promises differs. */
export interface Equivalent {
  readonly file: string;
  /** The line that the mutant changes (its first one), without the space around it. */
  readonly line: string;
  /** The place in that line where the change begins, counted from 1. */
  readonly at: number;
  /** The part of the code that changes. */
  readonly part: string;
  /** What becomes of the mutated part, as `npm run mutate` prints it. */
  readonly into: string;
  readonly because: string;
}

/** A mutant that no test noticed. */
export interface Survivor extends Omit<Equivalent, 'because'> {
  readonly place: string;
  /** Whether some test runs the code. */
  readonly isCovered: boolean;
}

export interface Score {
  readonly killed: number;
  readonly timeout: number;
  readonly equivalent: number;
  /** How many of all these change what runs while a module loads. */
  readonly loading: number;
  readonly survivors: readonly Survivor[];
}

/** The texts of the files before the mutants, by name. */
export type Sources = ReadonlyMap<string, string>;

/** Finds the mutants that the list explains, and the entries of the list that explain nothing in these files any more. */
export function explain(
  mutants: readonly Mutant[],
  sources: Sources,
  equivalents: readonly Equivalent[],
): { readonly ids: readonly string[]; readonly superfluous: readonly Equivalent[] } {
  const described = mutants.map((mutant) => ({ id: mutant.id, survivor: survivorOf(mutant, sources, true) }));
  const explains = ({ because, ...entry }: Equivalent, { place, isCovered, ...mutant }: Survivor): boolean =>
    isDeepStrictEqual(entry, mutant);
  return {
    ids: described.filter(({ survivor }) => equivalents.some((each) => explains(each, survivor))).map(({ id }) => id),
    superfluous: equivalents.filter(
      (each) => sources.has(each.file) && !described.some(({ survivor }) => explains(each, survivor)),
    ),
  };
}

/** Counts what became of the mutants, and describes those that no test noticed. */
export function scoreOf(mutants: readonly Mutant[], sources: Sources, journal: readonly JournalEntry[]): Score {
  const [killed, timeout, equivalent] = (['killed', 'timeout', 'equivalent'] as const).map((kind) =>
    idsIn(journal, kind),
  ) as [ReadonlySet<string>, ReadonlySet<string>, ReadonlySet<string>];
  const decided = decidedIn(journal);
  const covered = idsIn(journal, 'covered');
  const loading = loadingIn(journal);
  const undecided = mutants.filter(({ id, status }) => status !== 'Ignored' && !decided.has(id));
  return {
    killed: killed.size,
    timeout: timeout.size,
    equivalent: equivalent.size,
    loading: loading.size,
    survivors: undecided.map((mutant) => survivorOf(mutant, sources, covered.has(mutant.id) || loading.has(mutant.id))),
  };
}

function survivorOf({ fileName, location, replacement }: Mutant, sources: Sources, isCovered: boolean): Survivor {
  const { start, end } = location;
  const lines = (sources.get(fileName) ?? '').split('\n');
  const text = lines.slice(start.line, end.line + 1).join('\n');
  const behind = (lines[end.line] ?? '').length - end.column;
  const line = (lines[start.line] ?? '').trim();
  return {
    file: fileName,
    line,
    at: start.column - (lines[start.line] ?? '').indexOf(line) + 1,
    into: oneLine(replacement),
    place: `${fileName}:${start.line + 1}:${start.column + 1}`,
    part: oneLine(text.slice(start.column, text.length - behind)),
    isCovered,
  };
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
