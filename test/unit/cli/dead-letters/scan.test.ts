import { describe, expect, it } from 'vitest';
import type { Bucket } from '../../../../cli/dead-letters/bucket/bucket.ts';
import { openRecordsOf } from '../../../../cli/dead-letters/bucket/entry.ts';
import { receiptKey, receiptText } from '../../../../cli/dead-letters/bucket/receipt.ts';
import { type ScanOptions, scan } from '../../../../cli/dead-letters/bucket/scan.ts';
import { aStage, batchObject, letterObject, type StoredText } from '../../../support/a-dead-letter-bucket.ts';
import { aRecord } from '../../../support/builders.ts';

const NOW_MS = 1_700_000_000_000;
const NO_FILTER = {
  ...{ sink: undefined, topic: undefined, code: undefined },
  ...{ sinceMs: undefined, untilMs: undefined, keyPrefix: undefined },
};

interface Stored extends StoredText {
  readonly storedAtMs?: number;
  readonly byteLength?: number;
}

/** @returns what a scan finds, and the keys of the objects that it reads */
async function scanOf(objects: readonly Stored[], options: Partial<ScanOptions> = {}, gone: readonly string[] = []) {
  const read: string[] = [];
  const bucket: Bucket = {
    list: () =>
      Promise.resolve(
        objects.map(({ key, body, storedAtMs = NOW_MS, byteLength = body.length }) => ({
          key,
          storedAtMs,
          byteLength,
        })),
      ),
    get(key) {
      read.push(key);
      return Promise.resolve(gone.includes(key) ? undefined : objects.find((object) => object.key === key)?.body);
    },
    put: () => Promise.reject(new Error('a scan writes nothing')),
  };
  const { entries, unreadable } = await scan(bucket, {
    functionNames: aStage.functionNames,
    filter: NO_FILTER,
    all: false,
    ...options,
  });
  return { entries, unreadable, read };
}

const letter = (offset: number, parts: Parameters<typeof aRecord>[0] = {}) =>
  letterObject('kinesisSink', aRecord({ offset, ...parts }), NOW_MS);
const receiptOf = ({ key }: StoredText, offsets: readonly number[], storedAtMs: number): Stored => ({
  key: receiptKey(key),
  body: receiptText(new Map([['orders-0', new Set(offsets)]]), storedAtMs),
  storedAtMs,
});
const openOf = ({ entries }: Awaited<ReturnType<typeof scanOf>>) =>
  entries.map((entry) => openRecordsOf(entry).map(({ offset }) => offset));

describe('a scan of the dead-letter bucket', () => {
  it('has the objects by function, topic, partition and offset, and those of one position by their time', async () => {
    const sorted = [
      letterObject('documentdbSink', aRecord({ topic: 'z', offset: 1 })),
      letter(7, { topic: 'bills', partition: 1 }),
      letter(2, { partition: 2 }),
      letter(10, { partition: 2 }),
      letterObject('kinesisSink', aRecord({ partition: 10, offset: 1, value: 'old' }), NOW_MS - 1),
      letterObject('kinesisSink', aRecord({ partition: 10, offset: 1, value: 'new' }), NOW_MS),
    ];
    for (const objects of [sorted, sorted.toReversed()]) {
      expect((await scanOf(objects)).entries.map(({ key }) => key)).toEqual(sorted.map(({ key }) => key));
    }
  });

  it('leaves a dead letter with a receipt unread, unless the letter was made anew after it', async () => {
    const settled = [letter(1), receiptOf(letter(1), [1], NOW_MS)];
    expect(await scanOf(settled)).toMatchObject({ entries: [], read: [] });
    expect(openOf(await scanOf(settled, { all: true }))).toEqual([[]]);
    const anew = await scanOf([letter(1), receiptOf(letter(1), [1], NOW_MS - 1)]);
    expect([openOf(anew), anew.read]).toEqual([[[1]], [letter(1).key]]);
  });

  it('has of a batch the records that no receipt names, however old the receipt is', async () => {
    const batch = batchObject('kinesisSink', [aRecord({ offset: 1 }), aRecord({ offset: 2 })]);
    expect(openOf(await scanOf([batch]))).toEqual([[1, 2]]);
    expect(openOf(await scanOf([batch, receiptOf(batch, [1], NOW_MS - 9)]))).toEqual([[2]]);
    const settled = [batch, receiptOf(batch, [1, 2], NOW_MS)];
    expect(openOf(await scanOf(settled))).toEqual([]);
    expect(openOf(await scanOf(settled, { all: true }))).toEqual([[]]);
  });

  it('reads what S3 may have stored since then, whose clock is another, and asks the object for its own time', async () => {
    const at = (storedAtMs: number) => ({ ...letter(1), storedAtMs });
    const since = (sinceMs: number) => ({ filter: { ...NO_FILTER, sinceMs } });
    expect((await scanOf([at(NOW_MS - 60_000)], since(NOW_MS))).entries).toHaveLength(1);
    expect((await scanOf([at(NOW_MS - 60_001)], since(NOW_MS))).read).toEqual([]);
    expect(await scanOf([at(NOW_MS)], since(NOW_MS + 1))).toMatchObject({ entries: [], read: [letter(1).key] });
  });

  it('names what is too large to be a dead letter without reading it', async () => {
    const of = (byteLength: number) => scanOf([{ ...letter(1), byteLength }]);
    const limit = 32 * 1024 * 1024;
    expect((await of(limit)).entries).toHaveLength(1);
    expect(await of(limit + 1)).toMatchObject({
      ...{ entries: [], read: [] },
      unreadable: [{ key: letter(1).key, problem: 'is larger than a dead letter can be' }],
    });
  });

  it('leaves out an object that expires meanwhile', async () => {
    const found = await scanOf([letter(1), letter(2)], {}, [letter(1).key]);
    expect([openOf(found), found.unreadable]).toEqual([[[2]], []]);
  });
});
