// An event as large as Lambda hands over, through the built bundles in processes of their own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { writeEndpoints } from '../../local/engines/endpoints.ts';
import { startFunction } from '../../local/lambda/function-process.ts';
import type { PackagedTemplate } from '../../local/pipeline/package-template.ts';
import { INVOCATION_BYTES_MAX } from '../../shared/limits.ts';
import { endpointsOf } from '../support/engines-of-run.ts';
import { packageOnce } from '../support/package-once.ts';

const MEMORY_MB_MAX = 400;
/** This test is about memory: the engine may take its time. On a busy machine an event that is stored already took 57 s. */
const TIMEOUT_MS = 200_000;

let folder: string;
let packaged: PackagedTemplate;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
  const endpointsFile = join(folder, 'endpoints.json');
  await writeEndpoints(endpointsFile, await endpointsOf(inject('runFolder')));
  packaged = await packageOnce(inject('runFolder'))({ stage: 'local', folder: join(folder, 'package'), endpointsFile });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Just under 6 MB of orders of 1 KB, each with a key of its own. */
function aLargeEvent(): { readonly event: string; readonly count: number } {
  const envelope = JSON.stringify({ eventSource: 'aws:kafka', records: { 'large-0': [] } });
  const records: string[] = [];
  let byteLength = envelope.length;
  for (let offset = 0; ; offset += 1) {
    const value = { orderId: `large-${offset}`, total: offset / 4, note: 'x'.repeat(950) };
    const record = JSON.stringify({
      ...{ topic: 'large', partition: 0, offset, timestamp: 1_795_340_000_000, timestampType: 'CREATE_TIME' },
      key: Buffer.from(`large-${offset}`).toString('base64'),
      value: Buffer.from(JSON.stringify(value)).toString('base64'),
      headers: [],
    });
    if (byteLength + record.length + 1 > INVOCATION_BYTES_MAX) break;
    byteLength += record.length + 1;
    records.push(record);
  }
  return { event: envelope.replace('[]', () => `[${records.join(',')}]`), count: records.length };
}

describe.each(['kinesisSink', 'documentdbSink'])('%s', (name) => {
  it(`settles an event of 6 MB in less than ${MEMORY_MB_MAX} MB of memory`, async () => {
    const found = packaged.functions.find((each) => each.name.endsWith(name));
    if (found === undefined) throw new Error(`${name} is not in the template`);
    const { codeFolder, handler, environment, memoryMb } = found;
    const process = await startFunction({
      ...{ name: found.name, environment, timeoutMs: TIMEOUT_MS, memoryMb },
      ...{ codeFolder, handler },
      logFile: join(folder, `${name}.log`),
    });
    try {
      const { event, count } = aLargeEvent();
      expect(count).toBeGreaterThan(3_500);
      const first = await process.invoke(event);
      expect(first).toMatchObject({ kind: 'answered', payload: '{"batchItemFailures":[]}' });
      const again = await process.invoke(event);
      expect(again).toMatchObject({ kind: 'answered', payload: '{"batchItemFailures":[]}' });
      console.log(
        `${name}: ${count} records, ${first.durationMs} ms, then ${again.durationMs} ms, ${process.memoryPeakMb()} MB`,
      );
      expect(process.memoryPeakMb()).toBeLessThan(MEMORY_MB_MAX);
    } finally {
      await process.stop();
    }
  }, 480_000);
});
