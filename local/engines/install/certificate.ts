import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunStep } from './installation.ts';
import { pythonOf } from './python.ts';

/** Creates a CA and a server certificate, and discards the CA's key. */
export const CERTIFICATE_PACKAGE = 'trustme==1.2.1';

/** PEM files of a server on this machine. */
export interface CertificateFiles {
  /** The CA certificate that clients trust. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** The certificate files of an installation. */
export function certificateFiles(installed: string): CertificateFiles {
  const folder = join(installed, 'tls');
  return { ca: join(folder, 'client.pem'), certificate: join(folder, 'server.pem'), key: join(folder, 'server.key') };
}

/** Creates a certificate for `host` and `localhost`, signed by its own CA. */
export async function makeCertificate(folder: string, host: string, run: RunStep): Promise<void> {
  await mkdir(join(folder, 'tls'));
  await run(pythonOf(folder), ['-m', 'trustme', '-q', '-d', 'tls', '-i', host, 'localhost'], folder);
  await chmod(certificateFiles(folder).key, 0o600);
}
