// `npm run simulate`: lives stories of faults through in virtual time and says whether every guarantee held.
import { parseArgs } from 'node:util';
import { SINKS, type SinkName } from '../../infra/sinks.ts';
import type { Campaign } from './campaign.ts';
import { loadInstead } from './mutants/load-hook.ts';
import { mutantWith, mutatedSources } from './mutants/mutant.ts';
import { runMutants } from './mutants/run-mutants.ts';
import { GENERATOR_DEFAULT, GENERATORS, type Generator } from './scenario/generator.ts';

const USAGE = `npm run simulate -- [options]

  --seeds N        the stories of so many seeds, from seed 1 on (default 200)
  --from S         from that seed on
  --generator V    by that version of the story generator (default ${GENERATOR_DEFAULT}); a seed means a story of one version
  --sink NAME      of that sink alone: ${SINKS.join(', ')} (default: each seed the second, and every third one the first as well)
  --stop           stop at the first that fails
  --seed S         one story again, step by step the same; a failing one is shrunk to the shortest that still fails
  --trace RECORD   with --seed: the story of one record (orders-0@7), or of all
  --mutants        put each deliberate mistake of test/simulation/mutants/ in place, and say what catches it: 300 seeds alone, or a unit test
  --quick          with --mutants: the story that caught each before and the named unit tests first, so that it is sooner known whether each is caught
  --mutant ID      that one alone; with --seed: one story with that mistake in place

Exit codes: 0 no violation (with --mutants: each is caught), 1 otherwise, 2 the command could not work.
`;

const write = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '200' },
      from: { type: 'string', default: '1' },
      generator: { type: 'string', default: String(GENERATOR_DEFAULT) },
      sink: { type: 'string' },
      stop: { type: 'boolean', default: false },
      seed: { type: 'string' },
      trace: { type: 'string' },
      mutants: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      mutant: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    write(USAGE);
    return true;
  }
  const { mutant, seed, trace } = values;
  if (values.mutants || (mutant !== undefined && seed === undefined)) {
    return await runMutants({ id: mutant, isQuick: values.quick }, write);
  }
  const sink = sinkOf(values.sink);
  const generator = generatorOf(values.generator);
  if (seed !== undefined) {
    if (mutant !== undefined) loadInstead(mutatedSources(mutantWith(mutant)));
    // Not before: these modules load the product.
    const { reportScenario } = await import('./report-scenario.ts');
    return await reportScenario({ seed: wholeNumber('--seed', seed), generator, sink, trace, write });
  }
  const { runCampaign } = await import('./campaign.ts');
  const from = wholeNumber('--from', values.from);
  const count = wholeNumber('--seeds', values.seeds);
  const startedAtMs = performance.now();
  const campaign = await runCampaign({
    seeds: Array.from({ length: count }, (_, index) => from + index),
    generator,
    sink,
    stopAtFirst: values.stop,
    onProgress: (done) => {
      if (done % 500 === 0) write(`${done} stories ..`);
    },
  });
  return report({ campaign, generator, elapsedMs: performance.now() - startedAtMs });
}

/** Faults that never happened, and modes that nothing was lived through in. */
const absentIn = ({ faults, modes, kinds }: Campaign): readonly string[] =>
  Object.entries({ ...faults, ...modes, ...kinds })
    .filter(([, count]) => count === 0)
    .map(([name]) => name);

/** From so many stories on, a fault or a mode that never happened is a mistake of the simulation. */
const STORIES_THAT_HAVE_ALL = 2_000;
const FAILURES_TOLD = 20;

interface Report {
  readonly campaign: Campaign;
  readonly generator: Generator;
  readonly elapsedMs: number;
}

function report({ campaign, generator, elapsedMs }: Report): boolean {
  const { storyCount, invocationCount, recordCount, failures } = campaign;
  const perSecond = Math.round(invocationCount / (elapsedMs / 1_000));
  write(
    `${storyCount} stories, ${recordCount} records, ${invocationCount} invocations in ${(elapsedMs / 1_000).toFixed(1)} s (${perSecond} a second)`,
  );
  write(`invocations ended: ${pairs(campaign.endings)}`);
  write(`faults: ${pairs(campaign.faults)}`);
  write(`invocations in each mode: ${pairs(campaign.modes)}`);
  write(`kinds of records: ${pairs(campaign.kinds)}`);
  const absent = absentIn(campaign);
  const isAbsenceAFailure = storyCount >= STORIES_THAT_HAVE_ALL && absent.length > 0;
  if (absent.length > 0) write(`never happened: ${absent.join(', ')}`);
  for (const { seed, sink, violations } of failures.slice(0, FAILURES_TOLD)) {
    write(
      `seed ${seed}: ${violations[0]?.guarantee}: ${violations[0]?.message} (npm run simulate -- --generator ${generator} --seed ${seed} --sink ${sink})`,
    );
  }
  write(`hash of all final worlds: ${campaign.hash}`);
  write(`${failures.length} stories with violations`);
  return failures.length === 0 && !isAbsenceAFailure;
}

const pairs = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${option} takes a whole number, got ${JSON.stringify(text)}`);
  return Number(text);
}

function generatorOf(text: string): Generator {
  const generator = GENERATORS.find((each) => String(each) === text);
  if (generator === undefined) throw new Error(`--generator takes one of ${GENERATORS.join(', ')}`);
  return generator;
}

function sinkOf(text: string | undefined): SinkName | undefined {
  const sink = SINKS.find((each) => each === text);
  if (text !== undefined && sink === undefined) throw new Error(`--sink takes one of ${SINKS.join(', ')}`);
  return sink;
}

process.exitCode = await main().then(
  (isGood) => (isGood ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 2;
  },
);
