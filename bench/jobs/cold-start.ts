import { eventText } from '../harness/event.ts';
import type { Job, Row } from '../harness/job.ts';
import { type LambdaOptions, startLambda } from '../harness/lambda.ts';
import { median } from '../harness/median.ts';
import type { Surroundings } from '../harness/surroundings.ts';
import { documentdbPair, kinesisPair, type Pair } from './pairs.ts';

const ROUNDS = 7;
const EVENT = eventText({ records: 4, partitions: 4, valueBytes: 1_000 }, 0);

export const coldStart: Job = {
  name: 'cold-start',
  says: 'time from the start of the process to the first response of both functions (4 records), beside the floors',
  async run(surroundings: Surroundings) {
    const rows: Row[] = [];
    for (const pair of [kinesisPair(surroundings), documentdbPair(surroundings)]) rows.push(await rowOf(pair));
    return rows;
  },
};

async function rowOf({ name, ours, floor }: Pair): Promise<Row> {
  const oursMs: number[] = [];
  const floorMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    oursMs.push(await firstResponseMs(ours));
    floorMs.push(await firstResponseMs(floor));
  }
  return {
    what: `${name}, start of the process to the first response`,
    peer: floor.name,
    unit: 'ms',
    ours: median(oursMs),
    theirs: median(floorMs),
  };
}

async function firstResponseMs(options: LambdaOptions): Promise<number> {
  const startedAtMs = performance.now();
  const lambda = await startLambda(options);
  try {
    await lambda.invoke(EVENT);
    return performance.now() - startedAtMs;
  } finally {
    await lambda.stop();
  }
}
