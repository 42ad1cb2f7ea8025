import { type EventShape, eventText } from '../harness/event.ts';
import type { Job, Row } from '../harness/job.ts';
import { median } from '../harness/median.ts';
import type { Surroundings } from '../harness/surroundings.ts';
import { type LambdaOptions, startLambda } from '../processes/lambda.ts';
import { documentdbPair, kinesisPair, type Pair } from './pairs.ts';

const ROUNDS = 7;
const SHAPE: EventShape = { records: 4, partitions: 4, valueBytes: 1_000 };

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

/** From the start of a function's process to its response to four records. */
export async function firstResponseMs(options: LambdaOptions, keyFormat: 'text' | 'json' = 'text'): Promise<number> {
  const event = eventText({ ...SHAPE, keyFormat }, 0);
  const startedAtMs = performance.now();
  const lambda = await startLambda(options);
  try {
    await lambda.invoke(event);
    return performance.now() - startedAtMs;
  } finally {
    await lambda.stop();
  }
}
