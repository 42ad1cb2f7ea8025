import { eventText } from '../harness/event.ts';
import type { Job, Row } from '../harness/job.ts';
import { median } from '../harness/median.ts';
import type { Surroundings } from '../harness/surroundings.ts';
import { type ConnectorPeer, startConnectorPeer } from '../peers/connector-peer.ts';
import { type Contender, startContender } from '../processes/contender.ts';
import { EVENTS, FULL_EVENT, memoryOver } from '../processes/memory-over.ts';
import { firstResponseMs } from './cold-start.ts';
import { type Converter, connectorFile, withConnectorFile } from './connector-file.ts';
import { documentdbPair, kinesisPair } from './pairs.ts';

const SHAPE = { records: 4_000, partitions: 4, valueBytes: 1_000, keyFormat: 'json' as const };
const CONVERTERS: readonly Converter[] = ['JsonConverter', 'StringConverter'];
const WARM_UP_EVENTS = 12;
const EVENTS_A_ROUND = 10;
const ROUNDS = 5;
const FIRST_DOCUMENTS = 3;
const PEER = 'MongoDB connector, warm';

export const connector: Job = {
  name: 'connector',
  says: 'records per CPU second, memory and first document of documentdbSink, beside the MongoDB connector in Kafka Connect',
  async run(surroundings, progress) {
    const peer = await startConnectorPeer(surroundings, progress);
    try {
      const throughput: Row[] = [];
      for (const converter of CONVERTERS) throughput.push(await throughputOf(converter, surroundings, peer));
      const resident = await residentRows(surroundings, await peer.residentMb());
      return [...throughput, ...resident, await firstDocumentRow(surroundings, peer)];
    } finally {
      await peer.stop();
    }
  },
};

async function throughputOf(converter: Converter, surroundings: Surroundings, peer: ConnectorPeer): Promise<Row> {
  const file = connectorFile(surroundings, converter);
  const contender = await startContender({ ...(await withConnectorFile(surroundings, converter)), shape: SHAPE });
  const figures: { readonly ours: number[]; readonly theirs: number[] } = { ours: [], theirs: [] };
  try {
    await contender.run(WARM_UP_EVENTS);
    await peer.pass(file);
    for (let round = 0; round < ROUNDS; round += 1) {
      figures.ours.push(await recordsPerCpuSecond(contender));
      figures.theirs.push(await peer.pass(file));
    }
  } finally {
    contender.stop();
  }
  return {
    what: `DocumentDB, records per CPU second, ${converter}`,
    peer: PEER,
    unit: 'records/s',
    ours: median(figures.ours),
    theirs: median(figures.theirs),
    reach: { atLeast: 2 },
  };
}

const recordsPerCpuSecond = async (contender: Contender): Promise<number> =>
  (SHAPE.records * 1_000) / (await contender.run(EVENTS_A_ROUND)).cpuMs;

/** The functions after many full events, beside the worker after all passes. */
async function residentRows(surroundings: Surroundings, theirs: number): Promise<readonly Row[]> {
  const event = eventText(FULL_EVENT, 0);
  const rows: Row[] = [];
  for (const { name, ours, atMost } of [
    { ...kinesisPair(surroundings), atMost: 0.35 },
    { ...documentdbPair(surroundings), atMost: 0.4 },
  ]) {
    const { residentMb } = await memoryOver(ours, event, EVENTS);
    const what = `${name}, resident after ${EVENTS} full events`;
    rows.push({ what, peer: PEER, unit: 'MB', ours: residentMb, theirs, reach: { atMost } });
  }
  return rows;
}

async function firstDocumentRow(surroundings: Surroundings, peer: ConnectorPeer): Promise<Row> {
  const ours = await withConnectorFile(surroundings, 'JsonConverter');
  const file = connectorFile(surroundings, 'JsonConverter');
  const figures: { readonly ours: number[]; readonly theirs: number[] } = { ours: [], theirs: [] };
  for (let round = 0; round < FIRST_DOCUMENTS; round += 1) {
    figures.ours.push(await firstResponseMs(ours, 'json'));
    figures.theirs.push(await peer.firstDocumentMs(file));
  }
  return {
    what: 'DocumentDB, start of the process to the first document, JsonConverter',
    peer: 'MongoDB connector, new worker',
    unit: 'ms',
    ours: median(figures.ours),
    theirs: median(figures.theirs),
    reach: { atMost: 0.045 },
  };
}
