// The whole pipeline as `npm start` runs it: Kafka, triggers, built bundles, both targets; with an outage and a crash.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { isProcessRunning } from '../../local/engines/process/managed-process.ts';
import { type Session, startSession } from '../../local/session.ts';
import { packageOnce } from '../support/package-once.ts';

const DRAIN_MS_MAX = 180_000;

describe('the pipeline', () => {
  let folder: string;
  let session: Session;
  let stopped = false;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
    session = await startSession({
      folder: join(folder, 'run'),
      endpointsFile: join(folder, 'endpoints.json'),
      // The sessions of test/system/faults/ have both readings.
      partialFailureRetry: 'fromLowest',
      seed: 20_261_122,
      valueBytes: 1024,
      progress: () => undefined,
      packageStage: packageOnce(inject('runFolder')),
    });
  });
  afterAll(async () => {
    if (!stopped) await session.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const sink = (name: string) => {
    const found = session.pipeline.sinks.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const drainedAndChecked = async () => {
    expect(await session.drained(AbortSignal.timeout(DRAIN_MS_MAX))).toBe(true);
    return (await session.check()).filter(({ passed }) => !passed);
  };
  const pids = () => {
    const { kafka, aws, documentdb } = session.engines;
    const all = [kafka, aws, documentdb].map((engine) => engine.pid());
    return [...all, ...session.pipeline.sinks.flatMap(({ process }) => process.pids())].flatMap((pid) => pid ?? []);
  };

  it('delivers 2,000 records to both targets, exactly as they were produced', async () => {
    await session.produce(2_000);
    expect(await drainedAndChecked()).toEqual([]);
    const status = await session.status();
    expect(status.producedCount).toBe(2_000);
    expect(status.sinks).toMatchObject([
      { name: 'kinesisSink', lag: 0, deadLettered: 1 },
      { name: 'documentdbSink', lag: 0, deadLettered: 3 },
    ]);
    expect(status.documentCount).toBeGreaterThan(500);
    expect(status.shards.size).toBe(4);
  });

  it('loses nothing while DocumentDB is away for longer than a function may try, and a function crashes', async () => {
    await session.engines.documentdb.stop();
    await session.produce(500);
    await vi.waitUntil(() => sink('documentdbSink').batches.unsettled > 0, { timeout: 120_000 });
    await sink('kinesisSink').process.kill();
    await session.engines.documentdb.restart();
    await session.produce(500);
    expect(await drainedAndChecked()).toEqual([]);
  });

  it('leaves no process behind', async () => {
    const running = pids();
    expect(running.length).toBeGreaterThanOrEqual(5);
    expect(running.filter((pid) => !isProcessRunning(pid))).toEqual([]);
    stopped = true;
    await session.stop();
    expect(running.filter(isProcessRunning)).toEqual([]);
  });
});
