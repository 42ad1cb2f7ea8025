import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { describeForeign } from '../../../../shared/errors.ts';
import { FatalError } from '../fatal-error.ts';

/** Reads the bytes of a CA bundle. */
export type ReadBundle = (signal: AbortSignal) => Promise<Uint8Array | string>;

/**
 * A context that trusts only the certificates of the bundle. Called for each new client, because a bundle in S3 may
 * have changed.
 */
export type ReadTlsContext = (signal: AbortSignal) => Promise<SecureContext>;

/**
 * One TLS context for all connections of a client: parsing a bundle of root certificates takes longer than a handshake,
 * and the driver would parse the bundle for every socket.
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

/**
 * OpenSSL silently skips a certificate that it cannot parse, and would then trust nothing. So each certificate is
 * parsed here first.
 */
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
 * The bundle that the setting `caBundle` names: for `region` and for a file of the project, the file that the build put
 * beside the function; an absolute path, for example in a layer; or an object in S3.
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

/** The name of the bundle that the build puts beside the function (esbuild.config.mjs). */
const BUNDLE_FILE = 'ca-bundle.pem';
