// The whole pipeline as `npm start` runs it: Kafka, triggers, built bundles, both targets; with an outage and a crash.
import { describe, expect, inject, it, vi } from 'vitest';
import { isProcessRunning } from '../../local/engines/process/managed-process.ts';
import { packageOnce } from '../support/package-once.ts';
import { useSession } from '../support/use-session.ts';

const DRAIN_MS_MAX = 180_000;

describe('the pipeline', () => {
  const session = useSession({
    // The sessions of test/system/faults/ and test/long/ have both readings.
    partialFailureRetry: 'fromLowest',
    seed: 20_261_122,
    packageStage: packageOnce(inject('runFolder')),
  });

  const sink = (name: string) => {
    const found = session().pipeline.sinks.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const drainedAndChecked = async () => {
    expect(await session().drained(AbortSignal.timeout(DRAIN_MS_MAX))).toBe(true);
    return (await session().check()).filter(({ passed }) => !passed);
  };
  const pids = () => {
    const { kafka, aws, documentdb } = session().engines;
    const all = [kafka, aws, documentdb].map((engine) => engine.pid());
    return [...all, ...session().pipeline.sinks.flatMap(({ process }) => process.pids())].flatMap((pid) => pid ?? []);
  };

  it('delivers 2,000 records to both targets, exactly as they were produced', async () => {
    await session().produce(2_000);
    expect(await drainedAndChecked()).toEqual([]);
    const status = await session().status();
    expect(status.producedCount).toBe(2_000);
    expect(status.sinks).toMatchObject([
      { name: 'kinesisSink', lag: 0, deadLettered: 1 },
      { name: 'documentdbSink', lag: 0, deadLettered: 3 },
    ]);
    expect(status.documentCount).toBeGreaterThan(500);
    expect(status.shards.size).toBe(4);
  });

  it('loses nothing while DocumentDB is away for longer than a function may try, and a function crashes', async () => {
    await session().engines.documentdb.stop();
    await session().produce(500);
    await vi.waitUntil(() => sink('documentdbSink').batches.unsettled > 0, { timeout: 120_000 });
    await sink('kinesisSink').process.kill();
    await session().engines.documentdb.restart();
    await session().produce(500);
    expect(await drainedAndChecked()).toEqual([]);
  });

  it('leaves no process behind', async () => {
    const running = pids();
    expect(running.length).toBeGreaterThanOrEqual(5);
    expect(running.filter((pid) => !isProcessRunning(pid))).toEqual([]);
    await session().stop();
    expect(running.filter(isProcessRunning)).toEqual([]);
  });
});
