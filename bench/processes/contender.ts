import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { nodeArguments } from '../../local/lambda/node-arguments.ts';
import type { EventShape } from '../harness/event.ts';
import { median } from '../harness/median.ts';

/** The cost of one invocation, as the average of some. */
export interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Of the process since its start. */
  readonly peakMb: number;
}

export interface ContenderOptions {
  readonly name: string;
  /** The file that exports `handler`. */
  readonly file: string;
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly shape: EventShape;
}

/** A process that runs one handler. */
export interface Contender {
  readonly name: string;
  run(invocations: number, shape?: EventShape): Promise<Cost>;
  stop(): void;
}

const CHILD = join(import.meta.dirname, 'child.ts');

/** @throws Error if the handler cannot be loaded */
export async function startContender({ name, file, environment, shape }: ContenderOptions): Promise<Contender> {
  const child = fork(CHILD, [file, JSON.stringify(shape)], {
    env: environment,
    execArgv: [...nodeArguments(environment)],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await answerOf(child, name);
  return {
    name,
    async run(invocations, changed) {
      child.send({ invocations, shape: changed });
      const answer = (await answerOf(child, name)) as Cost & { readonly error?: string };
      if (answer.error !== undefined) throw new Error(`${name}: ${answer.error}`);
      return answer;
    },
    stop: () => void child.kill(),
  };
}

async function answerOf(child: ChildProcess, name: string): Promise<unknown> {
  const end = new AbortController();
  try {
    const exited = once(child, 'exit', { signal: end.signal }).then(([code]) => {
      throw new Error(`${name} ended with exit code ${code}`);
    });
    const [message] = (await Promise.race([once(child, 'message', { signal: end.signal }), exited])) as [unknown];
    return message;
  } finally {
    end.abort();
  }
}

export interface Rounds {
  readonly warmUp: number;
  readonly rounds: number;
  readonly invocations: number;
}

/** Enough for medians that a busy neighbour does not move much. */
export const USUAL: Rounds = { warmUp: 12, rounds: 7, invocations: 4 };

/** Runs contenders in turns, each round from another one on. @returns the medians, by name */
export async function alternate(contenders: readonly Contender[], { warmUp, rounds, invocations }: Rounds = USUAL) {
  for (const contender of contenders) await contender.run(warmUp);
  const costs = new Map(contenders.map(({ name }) => [name, [] as Cost[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const index of contenders.keys()) {
      const contender = contenders[(index + round) % contenders.length] as Contender;
      costs.get(contender.name)?.push(await contender.run(invocations));
    }
  }
  return new Map([...costs].map(([name, all]) => [name, medianOf(all)]));
}

const medianOf = (costs: readonly Cost[]): Cost => ({
  cpuMs: median(costs.map(({ cpuMs }) => cpuMs)),
  wallMs: median(costs.map(({ wallMs }) => wallMs)),
  peakMb: Math.max(...costs.map(({ peakMb }) => peakMb)),
});
