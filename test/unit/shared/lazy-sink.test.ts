import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lazySink } from '../../../shared/lazy-sink.ts';
import { written } from '../../../shared/outcome.ts';
import type { Sink } from '../../../shared/sink-contract.ts';
import { aRecord, batchesOf, deadlineIn } from '../../support/builders.ts';

const nothingWritten = () => Promise.resolve([]);

describe('lazySink', () => {
  it('makes the sink at once, and only once; every write uses it', async () => {
    let madeCount = 0;
    const sink = lazySink(async () => {
      madeCount += 1;
      return {
        write: async (batches) => batches.flatMap(({ records }) => records.map(({ position }) => written(position))),
      };
    });
    expect(madeCount).toBe(1);
    const record = aRecord();
    for (let times = 0; times < 2; times += 1) {
      expect(await sink.write(batchesOf([record]), deadlineIn(0))).toEqual([written(record.position)]);
    }
    expect(madeCount).toBe(1);
  });

  it('throws in each write if making the sink failed', async () => {
    const sink = lazySink(() => Promise.reject(new Error('wrong settings')));
    for (let times = 0; times < 2; times += 1) {
      await expect(sink.write(batchesOf([aRecord()]), deadlineIn(0))).rejects.toThrow('wrong settings');
    }
  });

  it('does not end the environment before the first write if making the sink failed', async () => {
    const unhandled: unknown[] = [];
    const keep = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', keep);
    onTestFinished(() => void process.off('unhandledRejection', keep));
    lazySink(() => Promise.reject(new Error('wrong settings')));
    await setImmediate();
    expect(unhandled).toEqual([]);
  });

  it('hands a redrive on to the sink', async () => {
    const seen: unknown[] = [];
    const write: Sink['write'] = async (...parts) => {
      seen.push(...parts);
      return [];
    };
    const given = [batchesOf([aRecord()]), deadlineIn(0), { put: () => Promise.resolve(true) }] as const;
    await lazySink(() => Promise.resolve({ write })).write(...given);
    expect(seen).toEqual(given);
  });

  it('answers a probe with what the sink sees, and with nothing where the sink has no probe', async () => {
    const finding = { title: 'stream', status: 'ok', found: 'ACTIVE' } as const;
    const probe = (signal: AbortSignal) => Promise.resolve(signal.aborted ? [finding] : []);
    const seeing = lazySink(() => Promise.resolve({ write: nothingWritten, probe }));
    expect(await seeing.probe?.(AbortSignal.abort())).toEqual([finding]);
    const blind = lazySink(() => Promise.resolve({ write: nothingWritten }));
    expect(await blind.probe?.(AbortSignal.abort())).toEqual([]);
  });
});
