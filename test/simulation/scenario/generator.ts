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
  /** Undefined: the sink whose turn it is, see {@link sinkOf}. */
  readonly sink?: SinkName | undefined;
}

/** One in so many seeds is Kinesis'. The world of documents is the wider one, so that the latest version has more stories of it. */
const STREAM_EVERY = { 1: 2, 2: 2, 3: 3 } as const;

/** The sink that the story of a seed is about. */
export const sinkOf = ({ seed, generator, sink }: SeedOptions): SinkName =>
  sink ?? (seed % STREAM_EVERY[generator] === 0 ? 'kinesisSink' : 'documentdbSink');

/** How many seeds of the same sink come before this one, in the latest version. */
export function turnOf(options: SeedOptions): number {
  const streams = Math.floor(options.seed / STREAM_EVERY[GENERATOR_DEFAULT]);
  return sinkOf(options) === 'kinesisSink' ? streams : options.seed - streams;
}
