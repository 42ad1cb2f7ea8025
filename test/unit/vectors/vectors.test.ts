import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runVectorFiles } from '../../vectors/run.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const VECTORS = join(root, 'test', 'fixtures', 'vectors', 'kpl-aggregation.json');
const original = readFileSync(VECTORS, 'utf8');

interface Case {
  [field: string]: unknown;
  readonly userRecords: Record<string, unknown>[];
}
interface File {
  [section: string]: unknown;
  readonly vectors: Case[];
  readonly negative: Case[];
  readonly hashKeys: Case[];
}

const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...files: readonly string[]) {
  const lines: string[] = [];
  const exitCode = await runVectorFiles(files, (line) => lines.push(line));
  return { exitCode, lines };
}

/** Runs the file of the project after a change to it. */
function runChanged(change: (file: File) => void) {
  const file: File = JSON.parse(original);
  change(file);
  return runText(JSON.stringify(file));
}

function runText(text: string) {
  const path = join(folder, 'vectors.json');
  writeFileSync(path, text);
  return run(path);
}

const caseOf = (cases: readonly Case[], id: string): Case => {
  const found = cases.find((each) => each['id'] === id);
  if (found === undefined) throw new Error(`no case ${id}`);
  return found;
};
const BUCKET = 'gen-bucket-mode-3-keys';

it('passes every case of our own file', async () => {
  expect(await run(VECTORS)).toEqual({ exitCode: 0, lines: ['27 passed, 0 failed'] });
});

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

describe('a case of another kind', () => {
  const blobOf = (messageHex: string): string => {
    const message = Buffer.from(messageHex, 'hex');
    const digest = createHash('md5').update(message).digest();
    return Buffer.concat([Buffer.from('f3899ac2', 'hex'), message, digest]).toString('base64');
  };
  const ONE_RECORD = '0a016b1a0508001a0178'; // k: x
  const aggregate = (messageHex: string, userRecord: object) => ({
    id: 'added',
    kind: 'aggregated',
    aggregatedBase64: blobOf(messageHex),
    reencodesByteExact: true,
    userRecords: [{ partitionKey: 'k', explicitHashKey: null, dataBase64: 'eA==', ...userRecord }],
  });
  const negative = (kind: string, base64: string, expected: string) => ({ id: 'added', kind, base64, expected });
  const runCases = async (sections: object) => (await runText(JSON.stringify({ format: {}, ...sections }))).lines;

  it('may have its bytes in one notation alone', async () => {
    expect(
      (
        await runChanged(({ vectors, negative }) => {
          for (const each of vectors.filter((vector) => vector['aggregatedHex'] !== undefined)) {
            delete each['aggregatedBase64'];
            for (const userRecord of each.userRecords)
              if (userRecord['dataUtf8'] !== undefined) delete userRecord['dataBase64'];
          }
          for (const each of negative) delete each['base64'];
        })
      ).lines,
    ).toEqual(['27 passed, 0 failed']);
  });

  it('needs no more than the bytes and what is in them', async () => {
    expect(await runCases({ vectors: [aggregate(ONE_RECORD, {})] })).toEqual(['1 passed, 0 failed']);
  });

  it('is refused when it has tags, which we read and do not write', async () => {
    const tagged = aggregate('0a016b1a0d08001a017822060a0174120175', { tags: [{ key: 't', value: 'u' }] });
    expect(await runCases({ vectors: [tagged] })).toEqual([
      'refused added: it is read, but not written: the encoder writes no tags',
      '1 refused',
      '0 passed, 0 failed',
    ]);
  });

  it('may have tags where it is there to be read alone', async () => {
    const tagged = aggregate('0a016b1a0d08001a017822060a0174120175', { tags: [{ key: 't', value: 'u' }] });
    expect(await runCases({ vectors: [{ ...tagged, reencodesByteExact: false }] })).toEqual(['1 passed, 0 failed']);
  });

  it('may have a hash key that is no number, as an older producer wrote it', async () => {
    const added = aggregate('0a016b1209756e646566696e65641a07080010001a0178', { explicitHashKey: 'undefined' });
    expect(await runCases({ vectors: [added] })).toEqual(['1 passed, 0 failed']);
  });

  it.each([
    negative('corrupt', blobOf('0a016b1a0508011a0178'), 'an error: the index is outside the table'),
    negative('corrupt-index', blobOf('0a016b1a07080010001a0178'), 'an error: there is no explicit hash key table'),
    negative('malformed', blobOf('0a016b1aff'), 'return the record unchanged'),
    negative('bad-md5', Buffer.from(`f3899ac20a016b1a0508001a0178${'00'.repeat(16)}`, 'hex').toString('base64'), 'raw'),
    negative(
      'nested',
      blobOf(`0a016b1a2208001a1e${Buffer.from(blobOf(ONE_RECORD), 'base64').toString('hex')}`),
      'left so',
    ),
  ])('$kind is understood', async (added) => {
    expect(await runCases({ negative: [added] })).toEqual(['1 passed, 0 failed']);
  });

  it('fails as nested when nothing is inside', async () => {
    const added = negative('nested', blobOf(ONE_RECORD), 'the inner aggregate is left as it is');
    expect((await runCases({ negative: [added] }))[0]).toBe(
      'failed added: no user record is an aggregate, left as it is',
    );
  });
});

describe('a file that cannot be run fails', () => {
  it('when it is missing', async () => {
    expect((await run(join(folder, 'none.json'))).lines).toEqual([
      expect.stringMatching(/^failed .*none\.json: cannot be read: Error \(ENOENT\)$/),
      '0 passed, 1 failed',
    ]);
  });

  it.each([
    ['is not JSON', '{"format"'],
    ['is no file of vectors', '{"vectors": []}'],
    ['is no file of vectors', 'null'],
    ['has no case in it', '{"format": {}, "vectors": []}'],
  ])('when it %s', async (reason, text) => {
    const { exitCode, lines } = await runText(text);
    expect(lines).toEqual([expect.stringContaining(reason), '0 passed, 1 failed']);
    expect(exitCode).toBe(1);
  });
});

it('counts over all files', async () => {
  expect((await run(VECTORS, VECTORS)).lines.at(-1)).toBe('54 passed, 0 failed');
});

describe('the command', () => {
  const command = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(root, 'test', 'vectors', 'vectors.ts'), ...args], {
      encoding: 'utf8',
      cwd: root,
      env: { ...process.env, INIT_CWD: join(root, 'test', 'fixtures') },
    });

  it('finds files from where the user is', () => {
    const { status, stdout } = command('vectors/kpl-aggregation.json');
    expect(stdout).toBe('27 passed, 0 failed\n');
    expect(status).toBe(0);
  });

  it('tells how it is used when no file is given', () => {
    const { status, stderr } = command();
    expect(stderr).toContain('usage: npm run vectors -- FILE...');
    expect(status).toBe(2);
  });
});
