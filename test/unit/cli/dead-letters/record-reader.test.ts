import { describe, expect, it } from 'vitest';
import { entryOf } from '../../../../cli/dead-letters/bucket/entry.ts';
import { readObject } from '../../../../cli/dead-letters/bucket/read-object.ts';
import { createRecordReader } from '../../../../cli/dead-letters/bucket/record-reader.ts';
import type { SourceRecord } from '../../../../shared/record.ts';
import { aStage, batchObject, letterObject, type StoredText } from '../../../support/a-dead-letter-bucket.ts';
import { aRecord } from '../../../support/builders.ts';

const headsOf = ({ key, body }: StoredText) => entryOf(readObject(key, body, aStage.functionNames), new Map()).records;

function aReader(...objects: readonly StoredText[]) {
  const read: string[] = [];
  const get = (key: string) => {
    read.push(key);
    return Promise.resolve(objects.find((object) => object.key === key)?.body);
  };
  return { readRecord: createRecordReader({ get } as never, aStage.functionNames), read };
}

describe('the reader of records', () => {
  it('finds each record of a batch by partition, offset and content, and reads the batch once', async () => {
    const records = [
      aRecord({ offset: 1, value: 'a' }),
      aRecord({ offset: 2, value: 'a' }),
      aRecord({ partition: 1, offset: 1, value: 'a' }),
    ];
    const batch = batchObject('kinesisSink', records);
    const { readRecord, read } = aReader(batch);
    for (const head of headsOf(batch)) {
      const { topicPartition, offset } = head;
      expect((await readRecord(batch.key, head))?.position).toMatchObject({ topicPartition, offset });
    }
    expect(read).toEqual([batch.key]);
  });

  it('finds no record of that position with another content', async () => {
    const [old, anew] = ['old', 'new'].map((value) => batchObject('kinesisSink', [aRecord({ value })]));
    const [head] = headsOf(old as StoredText);
    const { readRecord } = aReader(anew as StoredText);
    expect(await readRecord(anew?.key ?? '', head as NonNullable<typeof head>)).toBeUndefined();
  });

  it('keeps the four batches that were read last, and no dead letter', async () => {
    const batches = [1, 2, 3, 4, 5].map((offset) =>
      batchObject('kinesisSink', [aRecord({ offset })], { requestId: `request-${offset}` }),
    );
    const letter = letterObject('kinesisSink', aRecord({ offset: 9 }));
    const { readRecord, read } = aReader(...batches, letter);
    const ask = async (object: StoredText | undefined) => {
      if (object === undefined) throw new Error('the test has no such object');
      for (const head of headsOf(object)) await readRecord(object.key, head);
    };
    const [first, second, third, fourth, fifth] = batches;
    for (const each of [first, second, third, fourth, letter, letter, first, fifth, first, second]) await ask(each);
    // The first was used again, so that the second made room for the fifth.
    const expected = [first, second, third, fourth, letter, letter, fifth, second];
    expect(read).toEqual(expected.map((each) => each?.key));
  });

  it('has nothing of an object that is gone', async () => {
    const letter = letterObject('kinesisSink', aRecord());
    const [head] = headsOf(letter);
    expect(await aReader().readRecord(letter.key, head as NonNullable<typeof head>)).toBeUndefined();
  });
});

describe('the fingerprint of a record', () => {
  it.each<[string, SourceRecord]>([
    ['with headers', aRecord({ headers: [{ name: 'a', value: Uint8Array.of(1, 2) }] })],
    ['without a key', aRecord({ key: null })],
    ['without a value', aRecord({ value: null })],
  ])('%s is that of the key of its dead letter', (_what, record) => {
    const letter = letterObject('documentdbSink', record);
    expect(letter.key).toMatch(new RegExp(`-${headsOf(letter)[0]?.fingerprint}\\.json$`));
  });
});
