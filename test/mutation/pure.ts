import { matchesGlob, resolve } from 'node:path';

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
  const own = foldersAround(path).map((folder) => `test/unit/${folder}/**/*.test.ts`);
  const sink = /^functions\/([^/]+)/.exec(path)?.[1];
  return [
    ...own,
    ...(/^(functions|shared)\//.test(path) ? ['test/unit/functions/*.test.ts'] : []),
    ...(sink === undefined ? [] : ['test/unit/vectors/*.test.ts']),
    ...(path.startsWith('shared/') ? ['test/unit/functions/kinesis-sink/**/*.test.ts'] : []),
    ...(path.includes('settings') ? ['test/unit/infra/config.test.ts', SETTINGS_DOCS] : []),
  ];
}

/** The folder of a file and those above, from the nearest to `infra`, `shared`, the sink, the trigger or the command. */
function foldersAround(path: string): readonly string[] {
  const names = path.replace(/\/[^/]+\.ts$/, '').split('/');
  const depthMin = names[0] === 'infra' || names[0] === 'shared' ? 1 : 2;
  const depths = Array.from({ length: Math.max(1, names.length - depthMin + 1) }, (_, index) => names.length - index);
  return depths.map((depth) => names.slice(0, depth).join('/'));
}

/** The place of a test file among the globs; long ones are behind all. */
export const rankOf = (file: string, globs: readonly string[]): number =>
  LONG.test(file) ? globs.length : globs.findIndex((glob) => matchesGlob(file, resolve(glob)));

/** Random tests, and those of the largest batches and of many invocations: what a short test catches needs no longer one. */
const LONG = /\.property\.test\.ts$|hostile|sink-events|connector-cases|defaults-budget|text-memory/;

const whole = (folder: string): PureFolder => ({ folder, files: [`${folder}/**/*.ts`] });
const files = (folder: string, ...names: readonly string[]): PureFolder => ({
  folder,
  files: names.map((name) => `${folder}/${name}.ts`),
});

/** In the order of what a silent fault costs: records lost or reordered first, then documents, then texts. */
export const PURE: readonly PureFolder[] = [
  files('shared', 'settle', 'outcome', 'record', 'event', 'blocked-records', 'run-batch', 'lambda', 'lazy-sink'),
  whole('shared/time'),
  whole('shared/dead-letter'),
  whole('shared/concurrency'),
  whole('shared/delivery'),
  whole('shared/telemetry'),
  whole('shared/probe'),
  files('shared', 'limits', 'errors', 'forget-oldest'),
  whole('shared/settings'),
  whole('functions/kinesis-sink/settings'),
  files('functions/kinesis-sink', 'limits', 'sink'),
  whole('functions/kinesis-sink/plan'),
  whole('functions/kinesis-sink/lanes'),
  whole('functions/kinesis-sink/delivery'),
  files(
    'functions/kinesis-sink/target',
    'classify',
    'put-records',
    'preflight',
    'credentials',
    'session',
    'probe',
    'client',
  ),
  files('functions/documentdb-sink', 'settings', 'limits', 'configuration', 'load-configuration', 'sink'),
  whole('functions/documentdb-sink/transcode'),
  whole('functions/documentdb-sink/connector/straight'),
  whole('functions/documentdb-sink/guard'),
  whole('functions/documentdb-sink/update'),
  whole('functions/documentdb-sink/lanes'),
  whole('functions/documentdb-sink/delivery'),
  whole('functions/documentdb-sink/bson'),
  whole('functions/documentdb-sink/plan'),
  files('functions/documentdb-sink/target', '*'),
  whole('functions/documentdb-sink/target/connection'),
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
  files('functions/documentdb-sink/connector/transforms', '*', 'predicates/*'),
  whole('functions/documentdb-sink/java/text'),
  whole('functions/documentdb-sink/java/regex'),
  whole('functions/documentdb-sink/java/simple-date'),
  whole('functions/documentdb-sink/java/dates'),
  whole('functions/documentdb-sink/connector/file'),
  whole('functions/documentdb-sink/connector/registry'),
  whole('functions/documentdb-sink/connector/custom'),
  whole('infra/template'),
  whole('infra/operations'),
  whole('infra/stage-file'),
  whole('infra/connector-file'),
  whole('infra/deploy'),
  whole('infra/topics'),
  whole('local/msk-trigger/machine'),
  whole('local/msk-trigger/mapping'),
  whole('local/msk-trigger/filter'),
  whole('cli/dead-letters/redrive'),
  whole('cli/dead-letters/bucket'),
  whole('cli/handover'),
  whole('cli/cost'),
  whole('cli/doctor'),
  whole('cli/import-connector'),
  whole('cli/topics'),
  whole('cli/trigger'),
];
