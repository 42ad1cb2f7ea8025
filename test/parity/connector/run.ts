import { SettingsError } from '../../../shared/errors.ts';
import type { ParityCase } from './case.ts';
import type { ConnectorJudge } from './judge/start-judge.ts';
import { askConnector, compareWith } from './judge-case.ts';
import type { Server } from './server.ts';
import type { Split } from './splits.ts';
import type { Watch } from './watch.ts';

export interface RunParts {
  readonly judge: ConnectorJudge;
  readonly server: Server;
  readonly splits: readonly Split[];
  readonly watch: Watch;
  readonly write: (line: string) => void;
}

/** Runs the cases one after the other, and says of each whether both sides agree; returns the names of those that differ. */
export async function runCases(cases: readonly ParityCase[], parts: RunParts): Promise<readonly string[]> {
  const failedCases: string[] = [];
  for (const each of cases) {
    const problems = await problemsOf(each, parts);
    const onPurpose = each.expected.length > 0 ? `, ${each.expected.length} differences on purpose` : '';
    parts.write(
      `${problems.length === 0 ? 'agrees' : 'DIFFERS'} ${each.name}: ${each.records.length} records${onPurpose}`,
    );
    for (const problem of problems) parts.write(`  ${problem}`);
    if (problems.length > 0) failedCases.push(each.name);
  }
  return failedCases;
}

async function problemsOf(each: ParityCase, { judge, server, splits, watch }: RunParts): Promise<readonly string[]> {
  try {
    const judgement = await watch.during(`${each.name}: the connector`, () => askConnector(each, judge, server));
    const problems: string[] = [];
    for (const split of splits) {
      const work = `${each.name}: our function, --split ${split}`;
      const differences = await watch.during(work, () => compareWith(judgement, each, { server, split }));
      problems.push(...unexpected(differences, each, split).map((line) => `${split}: ${line}`));
    }
    return problems;
  } catch (error) {
    if (error instanceof SettingsError)
      return error.problems.map((problem) => `packaging refuses the file: ${problem}`);
    throw error;
  }
}

/** Differences that nobody expects, and expected ones that are not there. */
function unexpected(
  differences: readonly string[],
  { expected, isMutated = false }: ParityCase,
  split: Split,
): readonly string[] {
  const left = expected.filter((each) => each.split === undefined || each.split === split);
  const others = differences.filter((line) => {
    const index = left.findIndex(({ difference }) => line.startsWith(difference));
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  return isMutated ? others : [...others, ...left.map(({ difference }) => `expected, but not there: ${difference}`)];
}
