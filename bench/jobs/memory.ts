import { eventText } from '../harness/event.ts';
import type { Job, Row } from '../harness/job.ts';
import { type LambdaOptions, startLambda } from '../harness/lambda.ts';
import { median } from '../harness/median.ts';
import { documentdbPair, kinesisPair, type Pair } from './pairs.ts';

/** 5.8 MB: Lambda's event source mapping makes events of at most 6 MB. */
const FULL = { records: 3_900, partitions: 4, valueBytes: 1_000 };
const EVENTS = 200;
const FIRST_EVENTS = 5;
/** Lambda gives the heap about nine tenths of the function's memory. */
const HEAP_PART = 0.9;

export const memory: Job = {
  name: 'memory',
  says: `resident memory of both functions after one and after ${EVENTS} full events (6 MB, heap limit as Lambda sets it), beside the floors`,
  async run(surroundings) {
    const event = eventText(FULL, 0);
    const rows: Row[] = [];
    for (const pair of [kinesisPair(surroundings), documentdbPair(surroundings)]) {
      rows.push(...(await rowsOf(pair, event)));
    }
    return rows;
  },
};

async function rowsOf(pair: Pair, event: string): Promise<readonly Row[]> {
  const ours = withHeapOf(pair.memoryMb, pair.ours);
  const floor = withHeapOf(pair.memoryMb, pair.floor);
  const firstOurs: number[] = [];
  const firstFloor: number[] = [];
  for (let round = 0; round < FIRST_EVENTS; round += 1) {
    firstOurs.push((await memoryOver(ours, event, 1)).aboveIdleMb);
    firstFloor.push((await memoryOver(floor, event, 1)).aboveIdleMb);
  }
  const common = { peer: floor.name, unit: 'MB' as const };
  return [
    {
      ...common,
      what: `${pair.name}, first full event, peak above idle`,
      ours: median(firstOurs),
      theirs: median(firstFloor),
      reach: { atMost: 1.3 },
    },
    {
      ...common,
      what: `${pair.name}, resident after ${EVENTS} full events`,
      ours: (await memoryOver(ours, event, EVENTS)).residentMb,
      theirs: (await memoryOver(floor, event, EVENTS)).residentMb,
    },
  ];
}

function withHeapOf(memoryMb: number, options: LambdaOptions): LambdaOptions {
  const heap = `--max-old-space-size=${Math.round(memoryMb * HEAP_PART)}`;
  const { NODE_OPTIONS = '' } = options.environment;
  return { ...options, environment: { ...options.environment, NODE_OPTIONS: `${NODE_OPTIONS} ${heap}`.trim() } };
}

/** Of a new process that handles the event some times. */
async function memoryOver(options: LambdaOptions, event: string, times: number) {
  const lambda = await startLambda(options);
  try {
    await lambda.ready();
    const idle = await lambda.memory();
    for (let index = 0; index < times; index += 1) await lambda.invoke(event);
    const { residentMb, peakMb } = await lambda.memory();
    return { residentMb, aboveIdleMb: peakMb - idle.residentMb };
  } finally {
    await lambda.stop();
  }
}
