import type { Instrumented, Mutant } from './instrument.ts';
import { decidedIn, type JournalEntry } from './journal.ts';

/** A mutant that no test can catch, because nothing that the code promises differs. */
export interface Equivalent {
  readonly file: string;
  /** The line that the mutant changes (its first one), without the space around it. */
  readonly line: string;
  /** What becomes of the mutated part, as `npm run mutate` prints it. */
  readonly into: string;
  readonly because: string;
}

/** A mutant that no test noticed. */
export interface Survivor extends Omit<Equivalent, 'because'> {
  readonly place: string;
  readonly mutated: string;
  /** Whether some test runs the code. */
  readonly isCovered: boolean;
}

export interface Score {
  readonly killed: number;
  readonly timeout: number;
  readonly equivalent: number;
  /** Mutants of what runs while a module loads: not tried. */
  readonly loading: number;
  readonly survivors: readonly Survivor[];
  /** Entries of the list that explain nothing in these files. */
  readonly superfluous: readonly Equivalent[];
}

/**
 * Counts what became of the mutants, and separates survivors from those that the list explains.
 * @param sources the texts of the files before the mutants, by name
 */
export function scoreOf(
  mutants: Instrumented['mutants'],
  journal: readonly JournalEntry[],
  sources: ReadonlyMap<string, string>,
  equivalents: readonly Equivalent[],
): Score {
  const decided = decidedIn(journal);
  const timeouts = new Set(journal.flatMap((entry) => (entry.kind === 'timeout' ? [entry.id] : [])));
  const covered = idsOf(journal, 'covered');
  const loaded = idsOf(journal, 'loaded');
  const undecided = mutants.filter(({ id, status }) => status !== 'Ignored' && !decided.has(id));
  const isLoading = ({ id }: Mutant) => !covered.has(id) && loaded.has(id);
  const alive = undecided
    .filter((mutant) => !isLoading(mutant))
    .map((mutant) => survivorOf(mutant, sources.get(mutant.fileName) ?? '', covered.has(mutant.id)));
  const survivors = alive.filter((survivor) => !equivalents.some((each) => explains(each, survivor)));
  return {
    killed: decided.size - timeouts.size,
    timeout: timeouts.size,
    equivalent: alive.length - survivors.length,
    loading: undecided.filter(isLoading).length,
    survivors,
    superfluous: equivalents.filter(
      (each) => sources.has(each.file) && !alive.some((survivor) => explains(each, survivor)),
    ),
  };
}

const idsOf = (journal: readonly JournalEntry[], kind: 'covered' | 'loaded'): ReadonlySet<string> =>
  new Set(journal.flatMap((entry) => (entry.kind === kind ? entry.ids : [])));

const explains = ({ file, line, into }: Equivalent, survivor: Survivor): boolean =>
  survivor.file === file && survivor.line === line && survivor.into === into;

function survivorOf({ fileName, location, replacement }: Mutant, source: string, isCovered: boolean): Survivor {
  const { start, end } = location;
  const lines = source.split('\n');
  const text = lines.slice(start.line, end.line + 1).join('\n');
  const behind = (lines[end.line] ?? '').length - end.column;
  return {
    file: fileName,
    line: (lines[start.line] ?? '').trim(),
    into: oneLine(replacement),
    place: `${fileName}:${start.line + 1}:${start.column + 1}`,
    mutated: oneLine(text.slice(start.column, text.length - behind)),
    isCovered,
  };
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
