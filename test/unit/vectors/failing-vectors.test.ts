import { describe, expect, it } from 'vitest';
import { type Case, type File, runChanged } from '../../support/vector-runs.ts';

const caseOf = (cases: readonly Case[], id: string): Case => {
  const found = cases.find((each) => each['id'] === id);
  if (found === undefined) throw new Error(`no case ${id}`);
  return found;
};

const BUCKET = 'gen-bucket-mode-3-keys';

describe('a case that our code does not meet fails, and says why', () => {
  it.each<{ name: string; id: string; change: (file: File) => void; reason: RegExp }>([
    {
      name: 'other bytes, with a digest that fits',
      id: BUCKET,
      change: ({ vectors }) => {
        const other = caseOf(vectors, 'gen-key-mode-no-ehk');
        const changed = caseOf(vectors, BUCKET);
        for (const field of ['aggregatedBase64', 'aggregatedHex', 'bytes', 'md5OfBody']) changed[field] = other[field];
      },
      reason: /partition key table is \["k"\], expected \["orders-1","orders-7"\]/,
    },
    {
      name: 'a size',
      id: BUCKET,
      change: ({ vectors }) => Object.assign(caseOf(vectors, BUCKET), { bytes: 129 }),
      reason: /length of the aggregate is 128, expected 129/,
    },
    {
      name: 'a digest',
      id: BUCKET,
      change: ({ vectors }) => Object.assign(caseOf(vectors, BUCKET), { md5OfBody: '00'.repeat(16) }),
      reason: /MD5 of the body .* differs from byte 0 on: d329/,
    },
    {
      name: 'a hexadecimal copy',
      id: BUCKET,
      change: ({ vectors }) => Object.assign(caseOf(vectors, BUCKET), { aggregatedHex: 'f3899ac3' }),
      reason: /what stands in hexadecimal .* differs from byte 3 on: c3/,
    },
    {
      name: 'a partition key',
      id: BUCKET,
      change: ({ vectors }) =>
        Object.assign(caseOf(vectors, BUCKET).userRecords[1] ?? {}, { partitionKey: 'orders-8' }),
      reason: /partitionKey of user record 1 is "orders-7", expected "orders-8"/,
    },
    {
      name: 'a hash key that is missing',
      id: BUCKET,
      change: ({ vectors }) => Object.assign(caseOf(vectors, BUCKET).userRecords[2] ?? {}, { explicitHashKey: null }),
      reason: /explicitHashKey of user record 2/,
    },
    {
      name: 'data',
      id: BUCKET,
      change: ({ vectors }) =>
        Object.assign(caseOf(vectors, BUCKET).userRecords[0] ?? {}, {
          dataBase64: 'eyJpZCI6Mn0=',
          dataUtf8: '{"id":2}',
        }),
      reason: /data of user record 0 .* differs from byte 6 on: 317d, expected 327d/,
    },
    {
      name: 'data as text',
      id: BUCKET,
      change: ({ vectors }) => Object.assign(caseOf(vectors, BUCKET).userRecords[0] ?? {}, { dataUtf8: 'else' }),
      reason: /dataUtf8/,
    },
    {
      name: 'a user record too many',
      id: BUCKET,
      change: ({ vectors }) => caseOf(vectors, BUCKET).userRecords.push({ partitionKey: 'k', dataBase64: '' }),
      reason: /count of user records is 3, expected 4/,
    },
    {
      name: 'a tag',
      id: BUCKET,
      change: ({ vectors }) => Object.assign(caseOf(vectors, BUCKET).userRecords[0] ?? {}, { tags: [{ key: 't' }] }),
      reason: /tags of user record 0 is \[\]/,
    },
    {
      name: 'an aggregate with tables no writer needs, said to be what we write',
      id: 'fluentd-kinesis-aggregated-13',
      change: ({ vectors }) =>
        Object.assign(caseOf(vectors, 'fluentd-kinesis-aggregated-13'), { reencodesByteExact: true }),
      reason: /the encoded aggregate .* differs from byte/,
    },
    {
      name: 'a negative that is an aggregate',
      id: 'plain',
      change: ({ vectors, negative }) =>
        Object.assign(caseOf(negative, 'plain'), {
          base64: caseOf(vectors, BUCKET)['aggregatedBase64'],
          hex: undefined,
        }),
      reason: /taken for is "aggregate", expected "plain"/,
    },
    {
      name: 'a corrupt aggregate that is sound',
      id: 'plain',
      change: ({ vectors, negative }) =>
        Object.assign(caseOf(negative, 'plain'), {
          kind: 'corrupt-index',
          expected: 'an error',
          base64: caseOf(vectors, BUCKET)['aggregatedBase64'],
          hex: undefined,
        }),
      reason: /taken for a sound aggregate/,
    },
    {
      name: 'a hash key',
      id: 'hashKeys[2]',
      change: ({ hashKeys }) => Object.assign(hashKeys[2] ?? {}, { hashKeyDecimal: '1' }),
      reason: /hash key is 275742163156300388328381283674763886708, expected 1/,
    },
    {
      name: 'a hash key in hexadecimal',
      id: 'hashKeys[0]',
      change: ({ hashKeys }) => Object.assign(hashKeys[0] ?? {}, { md5Hex: '00' }),
      reason: /hash key is "0cc175b9c0f1b6a831c399e269772661", expected "00"/,
    },
  ])('$name', async ({ id, change, reason }) => {
    const { exitCode, lines } = await runChanged(change);
    expect(lines).toEqual([expect.stringMatching(reason), '26 passed, 1 failed']);
    expect(lines[0]).toMatch(`failed ${id}: `);
    expect(exitCode).toBe(1);
  });
});

describe('a case that cannot be understood fails, and is named', () => {
  it.each<{ name: string; change: (file: File) => void; line: RegExp }>([
    {
      name: 'an unknown kind of vector',
      change: ({ vectors }) => Object.assign(vectors[0] ?? {}, { kind: 'zipped' }),
      line: /^failed kpl-real-with-ehk-4: the case is malformed: kind: is not a kind of vector that is known/,
    },
    {
      name: 'an unknown kind of negative',
      change: ({ negative }) => Object.assign(negative[0] ?? {}, { kind: 'odd' }),
      line: /^failed plain: .*kind: is not a kind of negative that is known/,
    },
    {
      name: 'a vector without what says whether we can write it',
      change: ({ vectors }) => Object.assign(vectors[0] ?? {}, { reencodesByteExact: undefined }),
      line: /^failed kpl-real-with-ehk-4: .*reencodesByteExact/,
    },
    {
      name: 'base64 that is none',
      change: ({ vectors }) => Object.assign(vectors[0] ?? {}, { aggregatedBase64: '84mawg=' }),
      line: /^failed kpl-real-with-ehk-4: .*aggregatedBase64: is not standard base64/,
    },
    {
      name: 'a user record without data',
      change: ({ vectors }) =>
        Object.assign(vectors[0]?.userRecords[1] ?? {}, { dataBase64: undefined, dataUtf8: undefined }),
      line: /^failed kpl-real-with-ehk-4: .*userRecords\.1: has neither dataBase64 nor dataUtf8/,
    },
    {
      name: 'a hash key that is no number',
      change: ({ hashKeys }) => Object.assign(hashKeys[6] ?? {}, { hashKeyDecimal: '0x1' }),
      line: /^failed hashKeys\[6\]: .*hashKeyDecimal: is not a decimal number/,
    },
    {
      name: 'a negative without bytes',
      change: ({ negative }) => Object.assign(negative[1] ?? {}, { base64: undefined, hex: undefined }),
      line: /^failed empty: .*has neither base64 nor hex/,
    },
    {
      name: 'a case that is null',
      change: (file) => Object.assign(file.negative, { 3: null }),
      line: /^failed negative\[3\]: /,
    },
  ])('$name', async ({ change, line }) => {
    const { exitCode, lines } = await runChanged(change);
    expect(lines).toEqual([expect.stringMatching(line), '26 passed, 1 failed']);
    expect(exitCode).toBe(1);
  });

  it.each([
    {
      name: 'an unknown section',
      change: (file: File) => Object.assign(file, { shards: [] }),
      line: /^failed shards: /,
    },
    {
      name: 'a section that is no list',
      change: (file: File) => Object.assign(file, { hashKeys: {} }),
      line: /^failed hashKeys: /,
    },
  ])('$name', async ({ change, line }) => {
    const { exitCode, lines } = await runChanged(change);
    expect(lines[0]).toMatch(line);
    expect(exitCode).toBe(1);
  });
});
