/** A folder whose files decide without effects, and what of it is mutated. */
export interface PureFolder {
  readonly folder: string;
  /** Globs from the project's root; `!` leaves files out. */
  readonly files: readonly string[];
}

/** Fails where docs/settings.md states another default or bound. */
const SETTINGS_DOCS = 'test/unit/tools/settings-docs.test.ts';

/**
 * Globs of the tests that judge a path of the product, those of its own folder first. Few, because a run loads what its
 * tests import.
 */
export function testsOf(path: string): readonly string[] {
  const own = `test/unit/${path.replace(/\/[^/]+\.ts$/, '')}/**/*.test.ts`;
  const ofSettings = path.includes('settings') ? ['test/unit/infra/config.test.ts', SETTINGS_DOCS] : [];
  if (path.startsWith('infra/')) return [own, 'test/unit/infra/**/*.test.ts'];
  const sink = /^functions\/([^/]+)/.exec(path)?.[1];
  if (sink === undefined)
    return [own, 'test/unit/shared/**/*.test.ts', 'test/unit/functions/kinesis-sink/**/*.test.ts', ...ofSettings];
  const ofSink = `test/unit/functions/${sink}`;
  return [
    own,
    `${ofSink}/*.test.ts`,
    'test/unit/functions/*.test.ts',
    `${ofSink}/**/*.test.ts`,
    'test/unit/vectors/*.test.ts',
    ...ofSettings,
  ];
}

/** Random tests, and those of the largest batches and of many invocations: what a short test catches needs no longer one. */
export const LONG = /\.property\.test\.ts$|hostile|sink-events|connector-cases|defaults-budget|text-memory/;

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
  files('shared', 'limits', 'errors', 'forget-oldest'),
  whole('shared/settings'),
  whole('functions/kinesis-sink/settings'),
  files('functions/kinesis-sink', 'limits'),
  whole('functions/kinesis-sink/plan'),
  whole('functions/kinesis-sink/lanes'),
  whole('functions/kinesis-sink/delivery'),
  files('functions/kinesis-sink/target', 'classify', 'put-records', 'preflight', 'credentials', 'session', 'probe'),
  files('functions/documentdb-sink', 'settings', 'limits', 'configuration'),
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
  whole('functions/documentdb-sink/connector/transforms/confluent'),
  whole('functions/documentdb-sink/connector/transforms/debezium'),
  whole('functions/documentdb-sink/connector/file'),
  whole('functions/documentdb-sink/connector/registry'),
  whole('functions/documentdb-sink/connector/custom'),
  whole('infra/template'),
  whole('infra/operations'),
  whole('infra/stage-file'),
  whole('infra/connector-file'),
  whole('infra/deploy'),
];
