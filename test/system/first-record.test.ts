// How much of the code that a cold start loads the first record needs: V8 counts what ran.
// https://nodejs.org/docs/latest-v24.x/api/cli.html#node_v8_coveragedir
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Surroundings, startSurroundings } from '../../bench/harness/surroundings.ts';
import { PROJECT_ROOT } from '../../local/pipeline/package-template.ts';

const CHILD = join(PROJECT_ROOT, 'bench', 'processes', 'child.ts');
const ONE_RECORD = JSON.stringify({ records: 1, partitions: 1, valueBytes: 300 });

let surroundings: Surroundings;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'msk-sinks-coverage-'));
  surroundings = await startSurroundings(() => undefined);
}, 120_000);
afterAll(async () => {
  surroundings?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Measured on 2026-11-30: 175 of 347 KB, and 556 of 915.4 KB, of which the driver has 357 KB. */
const budgets = [
  { sink: 'kinesisSink', loadedBytesMax: 350_000, unneededBytesMax: 177_000 },
  { sink: 'documentdbSink', loadedBytesMax: 917_000, unneededBytesMax: 560_000 },
] as const;

describe.each(budgets)('the first record of $sink', ({ sink, loadedBytesMax, unneededBytesMax }) => {
  it(`loads at most ${loadedBytesMax} bytes of code, and leaves at most ${unneededBytesMax} of them unused`, async () => {
    const { loadedBytes, unneededBytes } = await coverageOfOneRecord(sink);
    expect(loadedBytes).toBeLessThan(loadedBytesMax);
    expect(unneededBytes).toBeLessThan(unneededBytesMax);
    // A record that ran no code of the function would leave nearly everything unused.
    expect(unneededBytes).toBeLessThan(loadedBytes * 0.7);
  }, 60_000);
});

async function coverageOfOneRecord(sink: 'kinesisSink' | 'documentdbSink') {
  const { functions, kinesisEnvironment, documentdbEnvironment } = surroundings;
  const environment = sink === 'kinesisSink' ? kinesisEnvironment() : documentdbEnvironment();
  const reports = join(folder, sink);
  const child = fork(CHILD, [functions[sink], ONE_RECORD], {
    env: { ...environment, NODE_V8_COVERAGE: reports },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  child.send({ invocations: 1 });
  const [answer] = await once(child, 'message');
  expect(answer).not.toHaveProperty('error');
  child.disconnect();
  await once(child, 'exit');
  return await coverageIn(reports, pathToFileURL(dirname(functions[sink])).href);
}

interface Report {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly Range[] }[];
  }[];
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

async function coverageIn(reports: string, url: string) {
  const [file = ''] = await readdir(reports);
  const { result } = JSON.parse(await readFile(join(reports, file), 'utf8')) as Report;
  let [loadedBytes, unneededBytes] = [0, 0];
  for (const script of result.filter((each) => each.url.startsWith(url))) {
    const { length } = await readFile(fileURLToPath(script.url), 'utf8');
    loadedBytes += length;
    unneededBytes += unusedIn(
      script.functions.flatMap(({ ranges }) => ranges),
      length,
    );
  }
  return { loadedBytes, unneededBytes };
}

/** An inner range says more than the one around it. */
function unusedIn(ranges: readonly Range[], length: number): number {
  const isUsed = new Uint8Array(length).fill(1);
  const outerFirst = ranges.toSorted((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of outerFirst) isUsed.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return isUsed.reduce((unused, used) => unused + (1 - used), 0);
}
