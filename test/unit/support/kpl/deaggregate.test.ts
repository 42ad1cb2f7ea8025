import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeAggregate } from '../../../../functions/kinesis-sink/plan/aggregate.ts';
import { hashKeyOf } from '../../../../functions/kinesis-sink/plan/hash-key.ts';
import vectors from '../../../fixtures/vectors/kpl-aggregation.json' with { type: 'json' };
import { deaggregate, decodeAggregate } from '../../../support/kpl/deaggregate.ts';

/** A blob around any message, so that only the message can be wrong. */
const blobOf = (...message: readonly number[]): Buffer => {
  const body = Buffer.from(message);
  return Buffer.concat([Buffer.of(0xf3, 0x89, 0x9a, 0xc2), body, createHash('md5').update(body).digest()]);
};

const field = (number: number, ...content: readonly number[]) => [(number << 3) | 2, content.length, ...content];
const [KEY_K, KEY_L, HASH_KEY_7] = [field(1, 0x6b), field(1, 0x6c), field(2, 0x37)];
const row = (...fields: readonly number[]) => field(3, ...fields);
const DATA_X = field(3, 0x78);

const read = (blob: Buffer) => {
  const decoded = decodeAggregate(blob);
  return decoded.kind === 'plain'
    ? decoded
    : { ...decoded, records: decoded.records.map((record) => ({ ...record, data: String(record.data) })) };
};

describe.each(vectors.vectors)('the aggregate $id', (vector) => {
  const decoded = decodeAggregate(Buffer.from(vector.aggregatedBase64, 'base64'));

  it('holds these tables and user records', () => {
    expect(decoded).toEqual({
      kind: 'aggregate',
      partitionKeyTable: vector.partitionKeyTable,
      explicitHashKeyTable: vector.explicitHashKeyTable,
      fault: undefined,
      records: vector.userRecords.map(({ partitionKey, explicitHashKey, dataBase64 }) => ({
        partitionKey,
        explicitHashKey: explicitHashKey ?? undefined,
        data: Buffer.from(dataBase64, 'base64'),
        tags: [],
      })),
    });
  });
});

describe('deaggregate', () => {
  it.each(vectors.negative)('treats $id as a plain record, and passes it on unchanged', ({ base64 }) => {
    const record = { partitionKey: 'k', explicitHashKey: '7', data: Buffer.from(base64, 'base64') };
    expect(decodeAggregate(record.data).kind).toBe('plain');
    expect(deaggregate(record)).toEqual([{ ...record, tags: [], aggregated: false }]);
  });
});

describe('a message', () => {
  it.each([
    {
      name: 'with fields nobody knows',
      extra: [...field(9, 1, 2), 0x50, 0x01, 0x5d, 1, 2, 3, 4, 0x61, ...Array(8).fill(0)],
    },
    { name: 'with a group nobody knows', extra: [0x6b, 0x6b, 0x08, 0x01, 0x6c, ...field(9, 1), 0x6c] },
    { name: 'with a known number of another type', extra: [0x08, 0x01] },
  ])('$name is read without them', ({ extra }) => {
    expect(read(blobOf(...extra, ...KEY_K, ...row(0x08, 0, ...DATA_X)))).toMatchObject({
      kind: 'aggregate',
      partitionKeyTable: ['k'],
      records: [{ partitionKey: 'k', data: 'x' }],
      fault: undefined,
    });
  });

  it('may have its tables last, and rows with tags', () => {
    const tags = [...field(4, ...field(1, 0x74), ...field(2, 0x75)), ...field(4, ...field(1, 0x76))];
    expect(read(blobOf(...row(0x08, 1, 0x10, 0, ...DATA_X, ...tags), ...HASH_KEY_7, ...KEY_K, ...KEY_L))).toMatchObject(
      {
        records: [
          {
            partitionKey: 'l',
            explicitHashKey: '7',
            tags: [
              { key: 't', value: 'u' },
              { key: 'v', value: undefined },
            ],
          },
        ],
      },
    );
  });

  it.each([
    ['a half at the end', [0xed, 0xa9], '\ufffd'],
    ['a whole one', [0x6b, 0xed, 0xa0, 0x80, 0x6b], 'k\ufffdk'],
    ['a half before a letter', [0xed, 0xbf, 0x6b], '\ufffdk'],
    ['no surrogate', [0xed, 0x9f, 0xbf, 0xe0, 0x80], '\ud7ff\ufffd\ufffd'],
  ])('has the text that Java reads where its key holds a surrogate: %s', (_, bytes, text) => {
    const blob = blobOf(...field(1, ...bytes), ...row(0x08, 0x00, ...DATA_X));
    expect(read(blob)).toMatchObject({ kind: 'aggregate', partitionKeyTable: [text] });
  });

  it('takes the last of a field that stands twice', () => {
    const twice = row(0x08, 0, 0x08, 1, ...field(3, 0x79), ...DATA_X);
    expect(read(blobOf(...KEY_K, ...KEY_L, ...twice))).toMatchObject({ records: [{ partitionKey: 'l', data: 'x' }] });
  });

  it.each([
    { name: 'whose number is cut', message: [...KEY_K, 0x1a, 0x80] },
    { name: 'whose number never ends', message: [...KEY_K, 0x50, ...Array(11).fill(0x80)] },
    { name: 'whose field is cut', message: [...KEY_K, 0x1a, 9, 0x08] },
    { name: 'with a field number 0', message: [...KEY_K, 0x00, 0x00] },
    { name: 'with a wire type there is not', message: [...KEY_K, 0x57, 0x00] },
    { name: 'with the end of a group that was not open', message: [...KEY_K, 0x6c] },
    { name: 'with a group that never ends', message: [...KEY_K, 0x6b, 0x08, 0x01] },
    { name: 'with a group that ends as another', message: [...KEY_K, 0x6b, 0x74] },
    { name: 'with a row without data', message: [...KEY_K, ...row(0x08, 0)] },
    { name: 'with a row without a partition key', message: [...KEY_K, ...row(...DATA_X)] },
    {
      name: 'with a tag without a key',
      message: [...KEY_K, ...row(0x08, 0, ...DATA_X, ...field(4, ...field(2, 0x75)))],
    },
  ])('$name is a plain record', ({ message }) => {
    expect(decodeAggregate(blobOf(...message))).toMatchObject({
      kind: 'plain',
      reason: expect.stringContaining('malformed'),
    });
  });

  it.each([
    { name: 'partition key', bad: row(0x08, 1, ...DATA_X), fault: 'user record 1 has partition key 1 of 1' },
    { name: 'hash key', bad: row(0x08, 0, 0x10, 0, ...DATA_X), fault: 'user record 1 has hash key 0 of 0' },
  ])('is read up to a row whose $name is not in its table', ({ bad, fault }) => {
    const good = row(0x08, 0, ...DATA_X);
    const decoded = decodeAggregate(blobOf(...KEY_K, ...good, ...bad, ...good));
    expect(decoded).toMatchObject({ kind: 'aggregate', fault, records: [{ partitionKey: 'k' }] });
  });
});

describe('a plain record', () => {
  it('treats an empty message with a digest as a plain record', () => {
    expect(decodeAggregate(blobOf()).kind).toBe('plain');
  });

  it('treats an aggregate with a changed byte as a plain record, wherever the byte is', () => {
    const blob = encodeAggregate([{ partitionKey: 'k', explicitHashKey: '7', data: Buffer.from('data') }]);
    for (const at of blob.keys()) {
      const changed = Buffer.from(blob);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(decodeAggregate(changed).kind, `byte ${at}`).toBe('plain');
    }
  });
});

describe('a consumer of a shard', () => {
  const userRecord = (partitionKey: string, explicitHashKey?: string) => ({
    partitionKey,
    explicitHashKey,
    data: Buffer.from(partitionKey),
  });
  const consume = (records: readonly ReturnType<typeof userRecord>[], first: bigint, last: bigint) =>
    deaggregate({ partitionKey: 'a', explicitHashKey: undefined, data: encodeAggregate(records) }, { first, last }).map(
      ({ partitionKey, aggregated }) => ({ partitionKey, aggregated }),
    );
  const [one, two] = [userRecord('one', '10'), userRecord('two', '20')];

  it('gets the user records of an aggregate within its range, both ends included', () => {
    expect(consume([one, two], 10n, 20n)).toEqual([
      { partitionKey: 'one', aggregated: true },
      { partitionKey: 'two', aggregated: true },
    ]);
  });

  it.each([
    [11n, 20n],
    [10n, 19n],
  ])('gets nothing of an aggregate with one user record outside %d to %d', (first, last) => {
    expect(consume([one, two], first, last)).toEqual([]);
  });

  it('goes by the hash of the partition key where there is no other', () => {
    const hashKey = hashKeyOf('one');
    expect(consume([userRecord('one')], hashKey, hashKey)).toHaveLength(1);
    expect(consume([userRecord('one')], hashKey + 1n, hashKey + 1n)).toEqual([]);
  });

  it('gets what stands before a hash key that is no number', () => {
    expect(consume([one, userRecord('two', 'undefined'), one], 0n, 99n)).toHaveLength(1);
  });

  it('gets a plain record wherever it belongs', () => {
    expect(deaggregate(userRecord('plain', '5'), { first: 10n, last: 20n })).toHaveLength(1);
  });
});
