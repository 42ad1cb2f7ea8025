import { type ExpectedMapping, type ListedMapping, type MappingState, mappingStateOf } from './mapping-states.ts';

export interface Waiting {
  readonly expected: readonly ExpectedMapping[];
  /** All mappings of a function. */
  readonly list: (functionName: string) => Promise<readonly ListedMapping[]>;
  readonly nowMs: () => number;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** Gets a line whenever a mapping's answer has changed. */
  readonly print: (line: string) => void;
}

const POLL_MS = 5_000;
/** A mapping takes several minutes to start. https://docs.aws.amazon.com/lambda/latest/dg/kafka-starting-positions.html */
const START_MS_MAX = 10 * 60_000;
/** An updated mapping keeps its old result for a while: Lambda stops and starts its pollers for up to 90 s. */
const FAILING_MS_MAX = 2 * 60_000;

/** Waits until every mapping reads or is paused. @returns the mappings that do not, when the time is up */
export async function waitForMappings(waiting: Waiting): Promise<readonly MappingState[]> {
  const startedMs = waiting.nowMs();
  const printed = new Map<string, string>();
  let failingSinceMs: number | undefined;
  for (;;) {
    const states = await statesOf(waiting);
    const open = states.filter(({ kind }) => kind === 'pending' || kind === 'failing');
    if (open.length === 0) return [];
    for (const { logicalId, answer } of open) {
      if (printed.get(logicalId) !== answer) waiting.print(`${logicalId}: ${answer}`);
      printed.set(logicalId, answer);
    }
    const nowMs = waiting.nowMs();
    const isPending = open.some(({ kind }) => kind === 'pending');
    failingSinceMs = isPending ? undefined : (failingSinceMs ?? nowMs);
    const isSettled = failingSinceMs !== undefined && nowMs - failingSinceMs >= FAILING_MS_MAX;
    if (isSettled || nowMs - startedMs >= START_MS_MAX) return open;
    await waiting.sleep(POLL_MS);
  }
}

async function statesOf({ expected, list }: Waiting): Promise<readonly MappingState[]> {
  const names = [...new Set(expected.map(({ functionName }) => functionName))];
  const listed = new Map(await Promise.all(names.map(async (name) => [name, await list(name)] as const)));
  return expected.map((mapping) => mappingStateOf(mapping, listed.get(mapping.functionName) ?? []));
}

/** What a deployment says of mappings that do not read. */
export const notReading = (stage: string, open: readonly MappingState[]): string =>
  [
    `config/${stage}.yml is deployed, but ${open.length === 1 ? 'a mapping does' : `${open.length} mappings do`} not read. Lambda says:`,
    ...open.map(({ logicalId, answer }) => `  - ${logicalId}: ${answer}`),
    'docs/first-deploy.md, section 9, has the causes. Records stay in Kafka meanwhile.',
  ].join('\n');
