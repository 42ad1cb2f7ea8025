import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { describeForeign } from '../../../../shared/errors.ts';
import { FatalError } from '../fatal-error.ts';

/** Bytes of a CA bundle. */
export type ReadBundle = (signal: AbortSignal) => Promise<Uint8Array | string>;

/** PEM certificates, the only ones that are trusted. Asked anew for each client: a bundle in S3 may have changed. */
export type ReadTlsContext = (signal: AbortSignal) => Promise<SecureContext>;

/**
 * One context for all connections of a client: parsing a bundle of roots takes longer than a handshake, and the driver
 * would do it for every socket.
 * @returns a function that rejects with a FatalError
 */
export const createTlsContextReader =
  (readBundle: ReadBundle): ReadTlsContext =>
  async (signal) => {
    try {
      return createSecureContext({ ca: pemOf(await readBundle(signal)), minVersion: 'TLSv1.2' });
    } catch (error) {
      if (error instanceof FatalError) throw error;
      throw unusable(describeForeign(error));
    }
  };

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** OpenSSL passes over what it cannot read, and then nothing is trusted: so each certificate is parsed before. */
function pemOf(bundle: Uint8Array | string): string {
  const certificates = Buffer.from(bundle).toString().match(CERTIFICATE) ?? [];
  if (certificates.length === 0)
    throw unusable('the bundle contains no PEM certificate (JKS truststores are not supported)');
  for (const [index, pem] of certificates.entries()) {
    if (!isCertificate(pem)) throw unusable(`certificate ${index + 1} of ${certificates.length} is invalid`);
  }
  return certificates.join('\n');
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).validTo !== '';
  } catch {
    return false;
  }
}

const unusable = (why: string): FatalError =>
  new FatalError('target_unreachable', `cannot use the CA bundle: ${why}; set caBundle to a file of PEM certificates`, {
    scope: 'target',
  });

/** `s3://bucket/key` */
const S3_BUNDLE = /^s3:\/\/([^/]+)\/(.+)$/;

/**
 * Where the setting `caBundle` says: `region` and a file of the project, which the build puts beside the function; an
 * absolute path, as of a layer; or an object in S3.
 */
export function bundleOf(
  caBundle: string,
  functionFolder: string,
  readObject: (bucket: string, key: string, signal: AbortSignal) => Promise<Uint8Array>,
): ReadBundle {
  const [, bucket, key] = S3_BUNDLE.exec(caBundle) ?? [];
  if (bucket !== undefined && key !== undefined) return (signal) => readObject(bucket, key, signal);
  return bundleOfFile(isAbsolute(caBundle) ? caBundle : join(functionFolder, BUNDLE_FILE));
}

export const bundleOfFile =
  (file: string): ReadBundle =>
  () =>
    readFile(file);

/** The name the build gives the bundle beside the function (esbuild.config.mjs). */
const BUNDLE_FILE = 'ca-bundle.pem';
