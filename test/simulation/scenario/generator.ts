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
  /** Undefined: the sink of the seed's first story, see {@link storiesOf}. */
  readonly sink?: SinkName | undefined;
}

/** One in so many seeds of the latest version tells a story of the stream as well. */
const STREAM_EVERY = 3;

/**
 * The stories of a seed. In the latest version each seed tells a story of documents, whose world is the wider one, and every
 * third one a story of the stream as well. In the older ones even seeds are Kinesis', and odd ones DocumentDB's.
 */
export const storiesOf = (options: SeedOptions): readonly SeedOptions[] =>
  options.sink === undefined ? sinksOf(options).map((sink) => ({ ...options, sink })) : [options];

function sinksOf({ seed, generator }: SeedOptions): readonly [SinkName, ...SinkName[]] {
  if (generator !== GENERATOR_DEFAULT) return [seed % 2 === 0 ? 'kinesisSink' : 'documentdbSink'];
  return seed % STREAM_EVERY === 0 ? ['documentdbSink', 'kinesisSink'] : ['documentdbSink'];
}

export const sinkOf = (options: SeedOptions): SinkName => options.sink ?? sinksOf(options)[0];

/** How many stories of the same sink are told before this one, in the latest version. */
export const turnOf = (options: SeedOptions): number =>
  sinkOf(options) === 'kinesisSink' ? Math.floor(options.seed / STREAM_EVERY) : options.seed;
