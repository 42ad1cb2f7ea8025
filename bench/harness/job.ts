import type { Surroundings } from './surroundings.ts';

/** One figure of ours beside that of a peer. */
export interface Row {
  /** What was measured: `Kinesis, CPU of an invocation`. */
  readonly what: string;
  readonly peer: string;
  readonly unit: 'ms' | 'us/record' | 'records/s' | 'MB';
  readonly ours: number;
  readonly theirs: number;
  /** The ratio `ours / theirs` that is to be reached; undefined: the row only informs. */
  readonly reach?: { readonly atMost: number } | { readonly atLeast: number };
}

/** A group of rows that are measured in one run, so that a noisy machine moves all of them. */
export interface Job {
  /** As in `npm run bench -- NAME`. */
  readonly name: string;
  readonly says: string;
  run(surroundings: Surroundings, progress: (line: string) => void): Promise<readonly Row[]>;
}
