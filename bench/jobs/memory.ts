import { eventText } from '../harness/event.ts';
import type { Job, Row } from '../harness/job.ts';
import { median } from '../harness/median.ts';
import { EVENTS, FULL_EVENT, memoryOver } from '../processes/memory-over.ts';
import { documentdbPair, kinesisPair, type Pair } from './pairs.ts';

const FIRST_EVENTS = 5;

export const memory: Job = {
  name: 'memory',
  says: `resident memory of both functions after one and after ${EVENTS} full events (6 MB, heap limit as Lambda sets it), beside the floors`,
  async run(surroundings) {
    const event = eventText(FULL_EVENT, 0);
    const rows: Row[] = [];
    for (const pair of [kinesisPair(surroundings), documentdbPair(surroundings)]) {
      rows.push(...(await rowsOf(pair, event)));
    }
    return rows;
  },
};

async function rowsOf({ name, ours, floor }: Pair, event: string): Promise<readonly Row[]> {
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
      what: `${name}, first full event, peak above idle`,
      ours: median(firstOurs),
      theirs: median(firstFloor),
      reach: { atMost: 1.3 },
    },
    {
      ...common,
      what: `${name}, resident after ${EVENTS} full events`,
      ours: (await memoryOver(ours, event, EVENTS)).residentMb,
      theirs: (await memoryOver(floor, event, EVENTS)).residentMb,
    },
  ];
}
