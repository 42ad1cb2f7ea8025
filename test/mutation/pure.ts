/** A folder whose files decide without effects, and what of it is mutated. */
export interface PureFolder {
  readonly folder: string;
  /** Globs from the project's root; `!` leaves files out. */
  readonly files: readonly string[];
}

/**
 * Globs of the tests that judge a path of the product, those of its own folder first. Few, because a run loads what its
 * tests import.
 */
export function testsOf(path: string): readonly string[] {
  const own = `test/unit/${path.replace(/\/[^/]+\.ts$/, '')}/**/*.test.ts`;
  const sink = /^functions\/([^/]+)/.exec(path)?.[1];
  if (sink === undefined)
    return [own, 'test/unit/shared/**/*.test.ts', 'test/unit/functions/kinesis-sink/**/*.test.ts'];
  const ofSink = `test/unit/functions/${sink}`;
  return [
    own,
    `${ofSink}/*.test.ts`,
    'test/unit/functions/*.test.ts',
    `${ofSink}/**/*.test.ts`,
    'test/unit/vectors/*.test.ts',
  ];
}

const whole = (folder: string): PureFolder => ({ folder, files: [`${folder}/**/*.ts`] });
const files = (folder: string, ...names: readonly string[]): PureFolder => ({
  folder,
  files: names.map((name) => `${folder}/${name}.ts`),
});

/** In the order of what a silent fault costs: records lost or reordered first, then documents, then texts. */
export const PURE: readonly PureFolder[] = [
  files('shared', 'settle', 'outcome', 'record', 'event', 'blocked-records'),
  files('shared/time', 'backoff', 'deadline', 'hold-unsettled'),
  files('shared/dead-letter', 'dead-letter', 'dead-letter-queue'),
  whole('shared/delivery'),
  whole('functions/kinesis-sink/plan'),
  whole('functions/kinesis-sink/lanes'),
  whole('functions/kinesis-sink/delivery'),
  files('functions/kinesis-sink/target', 'classify', 'put-records'),
  whole('functions/documentdb-sink/transcode'),
  whole('functions/documentdb-sink/connector/straight'),
  files('functions/documentdb-sink/target', 'statements'),
  whole('functions/documentdb-sink/guard'),
  whole('functions/documentdb-sink/update'),
  whole('functions/documentdb-sink/lanes'),
  whole('functions/documentdb-sink/delivery'),
  whole('functions/documentdb-sink/bson'),
  whole('functions/documentdb-sink/plan'),
  files('functions/documentdb-sink/target', 'classify', 'server-codes', 'unique-order', 'placeholders'),
  whole('functions/documentdb-sink/connector/id-strategies'),
  whole('functions/documentdb-sink/connector/write-models'),
  whole('functions/documentdb-sink/connector/cdc'),
  whole('functions/documentdb-sink/connector/post-processors'),
  whole('functions/documentdb-sink/json'),
  files('functions/documentdb-sink/connector', '*'),
  whole('functions/documentdb-sink/connector/converters'),
  whole('functions/documentdb-sink/connector/transforms/data'),
  whole('functions/documentdb-sink/connector/transforms/kafka'),
];
