// `npm run cost -- --records-per-second R --bytes B --keys K`: what the functions cost, beside other ways to the same targets.
import { decodeText } from '../infra/stage-file/decode-text.ts';
import { projectSurroundings } from '../infra/stage-file/project-files.ts';
import { readStageFile } from '../infra/stage-file/read-stage-file.ts';
import { readWrittenStage } from '../infra/stage-file/written-stage.ts';
import { readMeasured } from './cost/measured.ts';
import { estimate } from './cost/model/estimate.ts';
import { DEFAULT_SINKS, type SinkSettings, sinksOf } from './cost/model/sink-settings.ts';
import { type CostOptions, parseCostOptions, USAGE } from './cost/options.ts';
import { overridePrices, PRICES, type PriceList } from './cost/prices.ts';
import { jsonOf, textOf } from './cost/report.ts';
import { outliveClosedPipe } from './terminal/closed-pipe.ts';
import { readUserFile } from './terminal/user-file.ts';
import { userPath } from './terminal/user-path.ts';

outliveClosedPipe(process.stdout, process.stderr);

function main(): string {
  const options = parseCostOptions(process.argv.slice(2));
  if (options === 'help') return USAGE;
  const { traffic, roundTrips } = options;
  const measured = readMeasured(textOfFile('bench/RESULTS.md'));
  const prices = pricesOf(options);
  const ways = estimate(sinksOfStage(options.stage), traffic, measured, roundTrips, prices);
  return (options.json ? jsonOf : textOf)({ traffic, roundTrips, measured, prices, ways });
}

function pricesOf({ pricesFile, prices }: CostOptions): PriceList {
  const own = pricesFile === undefined ? PRICES : overridePrices(PRICES, jsonObjectOf(pricesFile), pricesFile);
  return overridePrices(own, prices, '--price');
}

function jsonObjectOf(path: string): Readonly<Record<string, unknown>> {
  const text = decodeText(readUserFile(userPath(path), path, 'name another file with --prices'));
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // the message below says it
  }
  throw new Error(`${path} must be a JSON object with dollars by the name of the price, such as {"mcuHour": 0.12}`);
}

function sinksOfStage(stage: string | undefined): readonly SinkSettings[] {
  if (stage === undefined) return DEFAULT_SINKS;
  const { service, written } = readWrittenStage(stage, projectSurroundings);
  return sinksOf(readStageFile(service, stage, written));
}

function textOfFile(path: string): string {
  const text = projectSurroundings.readFile(path);
  if (text === undefined) throw new Error(`there is no file ${path}`);
  return text;
}

try {
  process.stdout.write(`${main()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
