import { describe, expect, it } from 'vitest';
import { explained } from '../../../../cli/aws/explain.ts';
import { visible } from '../../../../cli/dead-letters/print/text.ts';
import { createProgress } from '../../../../cli/terminal/progress.ts';
import { batchObject, letterObject } from '../../../support/a-dead-letter-bucket.ts';
import { aRedrive, recordedOutput } from '../../../support/a-redrive.ts';
import { aRecord } from '../../../support/builders.ts';

const SECRET = aRecord({ offset: 1, key: 'SECRET key', value: '{"SECRET":1}' });
const BINARY = aRecord({
  ...{ offset: 2, key: null, value: Uint8Array.of(0xff, 0) },
  headers: [{ name: 'trace', value: Buffer.from('SECRET\u001b[31m') }],
});
const letter = letterObject('documentdbSink', SECRET, 1_700_000_000_000);
const batch = batchObject('kinesisSink', [SECRET, BINARY]);
const world = () => aRedrive([letter, batch, { key: 'notes.txt', body: 'SECRET' }]);

describe('npm run dead-letters -- list', () => {
  it('prints a line for each object, sums by function and code, and what it could not read', async () => {
    const { exitCode, text } = await world().run('list');
    expect(exitCode).toBe(0);
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^function +records +open +code +failed at +key$/),
      `documentdbSink  orders-0@1     1 of 1  payload_invalid         2023-11-14T22:13:20.000Z  ${letter.key}`,
      `kinesisSink     orders-0@1..2  2 of 2  RetryAttemptsExhausted  2023-11-14T22:13:20.000Z  ${batch.key}`,
      '',
      'msk-sinks-dev-111111111111-dead-letters: 2 objects with 3 open records',
      '  documentdbSink payload_invalid: 1',
      '  kinesisSink RetryAttemptsExhausted: 2',
      'not read: notes.txt is not JSON',
      '',
    ]);
  });

  it('prints the same as JSON', async () => {
    const { text } = await world().run('list --json');
    expect(JSON.parse(text)).toEqual({
      bucket: 'msk-sinks-dev-111111111111-dead-letters',
      objects: [
        {
          ...{ key: letter.key, kind: 'record', function: 'documentdbSink', code: 'payload_invalid' },
          ...{ reason: 'the value is not JSON', at: '2023-11-14T22:13:20.000Z', recordCount: 1, openCount: 1 },
          partitions: [{ topic: 'orders', partition: 0, firstOffset: 1, lastOffset: 1, recordCount: 1 }],
        },
        expect.objectContaining({ key: batch.key, kind: 'batch', function: 'kinesisSink', openCount: 2 }),
      ],
      unreadable: [{ key: 'notes.txt', problem: 'is not JSON' }],
    });
  });

  it('leaves out what a redrive settled, unless --all is given', async () => {
    const own = aRedrive([letterObject('kinesisSink', SECRET), batchObject('kinesisSink', [SECRET])]);
    await own.run('redrive');
    expect((await own.run('list')).text).toContain('0 objects with 0 open records');
    expect((await own.run('list --all')).text.match(/0 of 1/g)).toHaveLength(2);
    expect((await own.run('show --all')).text.match(/settled by a redrive/g)).toHaveLength(2);
  });

  it('does not read settled dead letters', async () => {
    const own = aRedrive([letterObject('kinesisSink', SECRET)]);
    await own.run('redrive');
    const before = own.readCount();
    await own.run('list');
    expect(own.readCount()).toBe(before);
  });
});

describe('npm run dead-letters -- show', () => {
  it('prints what is known of each object, without payload', async () => {
    const { text } = await world().run('show');
    expect(text).toContain(`${letter.key}\n`);
    expect(text).toMatch(/ {2}reason +the value is not JSON\n/);
    expect(text).toMatch(/ {2}target +shop.orders\n/);
    expect(text).toMatch(/ {2}records +orders-0@1\.\.2, 2 records\n/);
    expect(text).toMatch(/ {2}state +1 of 1 record open\n/);
  });

  it.each(['list', 'list --json', 'show', 'redrive --dry-run', 'redrive'])('prints no payload: %s', async (line) => {
    expect((await world().run(line)).text).not.toContain('SECRET');
  });

  it('prints keys, values and headers with --payload: text as text, other bytes as base64', async () => {
    const { text } = await world().run('show --payload');
    expect(text).toContain('    key    SECRET key\n    value  {"SECRET":1}\n');
    expect(text).toContain('    key    none\n    value  base64 /wA=\n');
  });

  it('escapes what could steer a terminal', async () => {
    const { text } = await world().run('show --payload');
    expect(text).toContain('header trace: SECRET\\u001b[31m');
    expect(visible('a\n\u009b\u2028b')).toBe('a\\n\\u009b\\u2028b');
  });
});

describe('the progress of a redrive', () => {
  const shown = (terminal: object, environment = {}) => {
    const { output, text } = recordedOutput(terminal);
    let nowMs = 0;
    const progress = createProgress(output, () => nowMs, environment);
    for (const percent of [1, 2, 3]) {
      progress.show(`${percent} percent`);
      nowMs += 3_000;
    }
    progress.end();
    return text();
  };

  it('rewrites one line on a terminal, and clears it at the end', () => {
    expect(shown({ isTTY: true })).toBe('\r\u001b[K1 percent\r\u001b[K2 percent\r\u001b[K3 percent\r\u001b[K');
    expect(shown({ isTTY: true, columns: 4 })).toBe('\r\u001b[K1 p\r\u001b[K2 p\r\u001b[K3 p\r\u001b[K');
  });

  it.each([
    ['where there is no terminal', {}, {}],
    ['in CI', { isTTY: true }, { CI: 'true' }],
    ['on a terminal that can do nothing', { isTTY: true }, { TERM: 'dumb' }],
  ])('prints a plain line every few seconds %s', (_where, terminal, environment) => {
    expect(shown(terminal, environment)).toBe('1 percent\n3 percent\n');
  });

  it('counts what is settled and what is left', async () => {
    const own = aRedrive([letterObject('documentdbSink', SECRET), batchObject('documentdbSink', [BINARY])]);
    const { text } = await own.run('redrive --rate 1', { terminal: { isTTY: true } });
    expect(text).toContain('documentdbSink [############------------] 1 of 2 records settled\r');
    expect(text).toContain('documentdbSink [########################] 1 of 2 records settled, 1 payload_invalid\r');
  });
});

describe('an error of AWS', () => {
  const call = { right: 's3:GetObject', resource: 'the bucket b', region: 'eu-west-1', accountId: '111111111111' };
  const said = (fields: object) => explained(Object.assign(new Error('SECRET'), fields), call).message;

  it.each([
    [{ name: 'CredentialsProviderError' }, 'this shell has no AWS credentials that can be used: sign in'],
    [{ name: 'ExpiredTokenException' }, 'AWS does not accept the credentials of this shell: sign in again'],
    [{ name: 'AccessDenied' }, 'these credentials lack s3:GetObject on the bucket b: allow it in account 111111111111'],
    [
      { name: 'NoSuchBucket' },
      'the bucket b does not exist in account 111111111111, eu-west-1: deploy the stage first',
    ],
    [{ name: 'TooManyRequestsException' }, 'the bucket b is throttled: run the command again later'],
    [{ name: 'PermanentRedirect' }, 'the bucket b is not in eu-west-1: check region'],
    [{ name: 'Error', code: 'ECONNREFUSED' }, 'AWS cannot be reached in eu-west-1'],
    [{ name: 'SomethingNew' }, 's3:GetObject on the bucket b failed: SomethingNew'],
  ])('is said with its remedy, without its message: %j', (fields, words) => {
    expect(said(fields)).toContain(words);
    expect(said(fields)).not.toContain('SECRET');
  });
});
