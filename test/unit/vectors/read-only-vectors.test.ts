import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { runChanged, runText } from '../../support/vector-runs.ts';

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
