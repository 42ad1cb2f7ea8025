// `npm run mutate`: changes the pure folders in small ways, and prints each change that no unit test notices.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { instrument, writeInstrumented } from './instrument.ts';
import { idsIn, type JournalEntry } from './journal.ts';
import { PURE, testsOf } from './pure.ts';
import { type Equivalent, explain, type Score, type Survivor, scoreOf } from './report.ts';
import { runTests } from './run.ts';

const USAGE = `npm run mutate -- [--loading] [FOLDER | FILE ..]

  FOLDER   one of these (default: all, one after another):
           ${PURE.map(({ folder }) => folder).join('\n           ')}
  FILE     a TypeScript file of the product
  --loading  only what runs while a module loads: tables, defaults, limits

Exit codes: 0 every mutant is caught or explained, 1 a mutant survives that test/mutation/equivalent.yml does not explain, 2 the command could
not work. See docs/mutation.md.
`;

const write = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', default: false }, loading: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (values.help) {
    write(USAGE);
    return true;
  }
  const equivalents = readEquivalents();
  const rows: string[] = [];
  let isGood = true;
  for (const name of positionals.length > 0 ? positionals : PURE.map(({ folder }) => folder)) {
    const score = await mutate(name, equivalents, values.loading);
    isGood &&= score.survivors.length === 0;
    rows.push(rowOf(name, score));
    write(rows.at(-1) ?? '');
  }
  write('\n| folder | mutants | killed | timeout | equivalent | survived | no coverage | of these, while loading |');
  write('|---|---|---|---|---|---|---|---|');
  for (const row of rows) write(row);
  return isGood;
}

async function mutate(name: string, equivalents: readonly Equivalent[], onlyLoading: boolean): Promise<Score> {
  const files = globSync(PURE.find(({ folder }) => folder === name)?.files ?? [name]).toSorted();
  if (files.length === 0) throw new Error(`${name}: there is no such file`);
  const instrumented = await instrument(files);
  await writeInstrumented(instrumented);
  const { mutants } = instrumented;
  const sources = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  const { ids, superfluous } = explain(mutants, sources, equivalents);
  write(`\n${name}: ${mutants.length} mutants`);
  const journal = await runTests({ files, tests: testsOf(name), equivalent: ids, onlyLoading });
  const loaded = idsIn(journal, 'loaded');
  const score = scoreOf(onlyLoading ? mutants.filter(({ id }) => loaded.has(id)) : mutants, sources, journal);
  for (const text of unfitIn(journal)) write(text);
  for (const survivor of score.survivors) write(describe(survivor));
  for (const { file, line, at, into } of superfluous) {
    write(`equivalent.yml explains nothing any more: ${file}: ${line} (${at}) -> ${into}`);
  }
  return score;
}

const readEquivalents = (): readonly Equivalent[] =>
  parse(readFileSync(join(import.meta.dirname, 'equivalent.yml'), 'utf8')) as readonly Equivalent[];

const unfitIn = (journal: readonly JournalEntry[]): readonly string[] =>
  journal.flatMap((entry) => (entry.kind === 'unfit' ? [`judges no more mutants (${entry.why}): ${entry.test}`] : []));

/** As an entry of `equivalent.yml` that lacks its reason. */
const describe = ({ place, isCovered, ...entry }: Survivor): string =>
  `# ${place}${isCovered ? '' : ': no test runs this code'}\n${stringify([entry], { lineWidth: 0 }).trim()}`;

function rowOf(name: string, { killed, timeout, equivalent, loading, survivors }: Score): string {
  const covered = survivors.filter(({ isCovered }) => isCovered).length;
  const all = killed + timeout + equivalent + survivors.length;
  const counts = [all, killed, timeout, equivalent, covered, survivors.length - covered, loading];
  return `| \`${name}\` | ${counts.join(' | ')} |`;
}

main().then(
  (isGood) => {
    process.exitCode = isGood ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n(npm run mutate -- --help)\n`);
    process.exitCode = 2;
  },
);
