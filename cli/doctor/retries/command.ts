import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import type { Deployment } from '../../../infra/template/deployment.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { connectionTo } from '../../kafka/connection.ts';
import type { Brokers } from '../../kafka/options.ts';
import type { Ask } from '../ask.ts';
import { scratchKafka } from './kafka.ts';
import { findRetries, planOf } from './run.ts';
import { scratchOf } from './scratch.ts';
import type { Reading } from './scratch-function.ts';

const FOLDER = 'test/fixtures/captured';
const ID_BYTES = 4;

const WORDS: Readonly<Record<Reading, string>> = {
  listedOnly: 'Lambda repeats only the records that a response names (listedOnly)',
  fromLowest: 'Lambda repeats every record from the lowest one that a response names (fromLowest)',
  neither:
    'Lambda repeated other records than either reading of its documents says: please open an issue with the file',
};

export interface RetriesOptions {
  readonly dryRun: boolean;
  readonly brokers: Brokers | undefined;
}

/** `--retries`. Rejects with an Error that says what to do. */
export async function runRetries(
  { dryRun, brokers }: RetriesOptions,
  deployment: Deployment,
  ask: Ask,
  print: (line: string) => void,
): Promise<void> {
  const scratch = scratchOf(deployment, randomBytes(ID_BYTES).toString('hex'));
  if (dryRun) return planOf(scratch).forEach(print);
  if (brokers === undefined)
    throw new Error('--retries needs --bootstrap: the scratch topic is created and filled from here');
  const kafka = scratchKafka(connectionTo(brokers, deployment.file.region));
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  try {
    const parts = { scratch, ask, kafka, clock: systemClock, print, stop: stopping.signal };
    const { reading, fixture } = await findRetries(parts);
    const file = `${FOLDER}/${reading}-${deployment.file.region}.json`;
    await mkdir(FOLDER, { recursive: true });
    await writeFile(file, fixture);
    print(`${WORDS[reading]}. The events are in ${file}.`);
  } finally {
    await kafka.close();
  }
}
