import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import {
  bundleOf,
  bundleOfFile,
  createTlsContextReader,
} from '../../../../../../functions/documentdb-sink/target/connection/tls-context.ts';
import { FatalError } from '../../../../../../functions/documentdb-sink/target/fatal-error.ts';
import { caBundleOf } from '../../../../../../infra/bundle/ca-bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'msk-sinks-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'ca-bundle.pem'), 'beside');
writeFileSync(join(folder, 'layer.pem'), 'layer');
const { signal } = new AbortController();
const noObject = () => Promise.reject(new Error('nothing is read from S3'));

describe('the CA bundle', () => {
  it.each(['region', 'config/own.pem'])('%s is the file the build put beside the function', async (caBundle) => {
    expect(String(await bundleOf(caBundle, folder, noObject)(signal))).toBe('beside');
  });

  it('of an absolute path is read there', async () => {
    expect(String(await bundleOf(join(folder, 'layer.pem'), '/nowhere', noObject)(signal))).toBe('layer');
  });

  it('in S3 is read from its bucket, keys with slashes included', async () => {
    const asked: unknown[] = [];
    const readObject = (bucket: string, key: string, given: AbortSignal) => {
      asked.push([bucket, key, given]);
      return Promise.resolve(Buffer.from('object'));
    };
    expect(String(await bundleOf('s3://trust/a/b.pem', folder, readObject)(signal))).toBe('object');
    expect(asked).toEqual([['trust', 'a/b.pem', signal]]);
  });
});

describe('trust', () => {
  it('is a context of its own for each call', async () => {
    const read = createTlsContextReader(() => Promise.resolve(rootCertificates[0] ?? ''));
    expect(await read(signal)).not.toBe(await read(signal));
  });

  it.each([
    ['a file that is not there', bundleOfFile(join(folder, 'none.pem')), 'ENOENT'],
    ['a JKS truststore', () => Promise.resolve(Buffer.from('feedfeed', 'hex')), 'JKS truststores are not supported'],
    [
      'a broken certificate',
      () => Promise.resolve(`${rootCertificates[0]}\n-----BEGIN CERTIFICATE-----\nSECRET\n-----END CERTIFICATE-----`),
      'certificate 2 of 2 is invalid; set caBundle',
    ],
    [
      'an object that S3 refuses',
      () => Promise.reject(Object.assign(new Error('SECRET'), { name: 'AccessDenied' })),
      'AccessDenied',
    ],
  ])('in %s is fatal: no record is to blame, and nothing foreign is quoted', async (_what, readBundle, words) => {
    const error: unknown = await createTlsContextReader(readBundle)(signal).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FatalError);
    expect(error).toMatchObject({ code: 'target_unreachable', scope: 'target' });
    expect(String(error)).toContain(words);
    expect(String(error)).not.toContain('SECRET');
  });

  it('takes every root the build bundles', async () => {
    await expect(
      createTlsContextReader(() => Promise.resolve(caBundleOf('eu-west-1') ?? ''))(signal),
    ).resolves.toBeDefined();
  });
});
