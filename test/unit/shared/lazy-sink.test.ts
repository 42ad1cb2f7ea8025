import { describe, expect, it } from 'vitest';
import { lazySink } from '../../../shared/lazy-sink.ts';
import { written } from '../../../shared/outcome.ts';
import { aRecord, batchesOf, deadlineIn } from '../../support/builders.ts';

describe('lazySink', () => {
  it('makes the sink at once, and only once; every write uses it', async () => {
    let madeCount = 0;
    const sink = lazySink('test', async () => {
      madeCount += 1;
      return {
        name: 'test',
        write: async (batches) => batches.flatMap(({ records }) => records.map(({ position }) => written(position))),
      };
    });
    expect(madeCount).toBe(1);
    const record = aRecord();
    for (let times = 0; times < 2; times += 1) {
      expect(await sink.write(batchesOf([record]), deadlineIn(0))).toEqual([written(record.position)]);
    }
    expect([madeCount, sink.name]).toEqual([1, 'test']);
  });

  it('throws in each write if making the sink failed', async () => {
    const sink = lazySink('test', () => Promise.reject(new Error('wrong settings')));
    for (let times = 0; times < 2; times += 1) {
      await expect(sink.write(batchesOf([aRecord()]), deadlineIn(0))).rejects.toThrow('wrong settings');
    }
  });
});
