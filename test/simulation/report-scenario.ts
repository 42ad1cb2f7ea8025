import { runScenario, type StoryResult, type TraceLine } from './run-scenario.ts';
import { generateStory } from './scenario/generate/generate.ts';
import { takesFreeValuesOnly } from './scenario/generate/unique-values.ts';
import type { SeedOptions } from './scenario/generator.ts';
import type { Scenario } from './scenario/scenario.ts';
import { shrink } from './scenario/shrink.ts';

export interface TellOptions extends SeedOptions {
  /** `orders-0@7`: the story of that record; `all`: of everything; undefined: of the first record with a violation. */
  readonly trace: string | undefined;
  readonly write: (line: string) => void;
}

/** Replays one seed; if it fails, the shortest story that still fails is found and told. */
export async function reportScenario({ trace, write, ...seedOptions }: TellOptions): Promise<boolean> {
  const scenario = generateStory(seedOptions);
  const first = await traced(scenario);
  write(`seed ${seedOptions.seed}: ${describe(scenario)}`);
  write(`hash ${first.result.hash}`);
  const [violation] = first.result.violations;
  if (violation === undefined) {
    write('every guarantee held');
    if (trace !== undefined) tell(first.lines, trace, write);
    return true;
  }
  for (const { guarantee, message } of first.result.violations.slice(0, VIOLATIONS_MAX))
    write(`${guarantee}: ${message}`);
  // Without the record that freed a value the next one that takes it would rightly fail.
  const isSame = async (smaller: Scenario) =>
    takesFreeValuesOnly(smaller.records) &&
    (await runScenario(smaller)).violations.some(({ guarantee }) => guarantee === violation.guarantee);
  const shortest = await shrink(scenario, isSame);
  const last = await traced(shortest);
  write(`\nthe shortest story found that still fails: ${describe(shortest)}`);
  write(JSON.stringify(shortest, null, 1));
  for (const { guarantee, message } of last.result.violations.slice(0, VIOLATIONS_MAX))
    write(`${guarantee}: ${message}`);
  tell(last.lines, trace ?? positionIn(last.result) ?? 'all', write);
  return false;
}

const VIOLATIONS_MAX = 10;

async function traced(
  scenario: Scenario,
): Promise<{ readonly result: StoryResult; readonly lines: readonly TraceLine[] }> {
  const lines: TraceLine[] = [];
  const result = await runScenario(scenario, (line) => lines.push(line));
  return { result, lines };
}

const describe = ({ sink, mapping, records, faults, partitionCount, topicCount = 1 }: Scenario): string =>
  `${sink}, ${mapping.mode}, reading ${mapping.partialFailureRetry}, ${records.length} records on ${partitionCount} partition(s) of ${topicCount} topic(s), ${faults.length} fault(s)`;

const positionIn = ({ violations }: StoryResult): string | undefined =>
  /[\w.-]+-\d+@\d+/.exec(violations[0]?.message ?? '')?.[0];

function tell(lines: readonly TraceLine[], trace: string, write: (line: string) => void): void {
  for (const { atMs, text, position } of lines) {
    const isTold = trace === 'all' || position === trace || position === undefined;
    if (isTold)
      write(`${String(atMs).padStart(9)} ms  ${position === undefined ? '' : `${position}: `}${text.slice(0, 200)}`);
  }
}
