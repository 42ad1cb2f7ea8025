import type { SinkName } from '../../../infra/sinks.ts';

/**
 * Versions of the story generator. A seed names a story of one version: what an older version makes of a seed never
 * changes, so that a seed that was written down stays the same story. New kinds of faults and records go into the latest.
 */
export const GENERATORS = [1, 2, 3] as const;

export type Generator = (typeof GENERATORS)[number];

export const GENERATOR_DEFAULT: Generator = 3;

/** A seed, and what is asked of its story. */
export interface SeedOptions {
  readonly seed: number;
  readonly generator: Generator;
  /** Undefined: even seeds are Kinesis', odd ones DocumentDB's. */
  readonly sink?: SinkName | undefined;
}
