import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import { describeForeign } from '../../shared/errors.ts';
import { FatalError } from './fatal-error.ts';

/**
 * One context for all connections: parsing a bundle of roots takes longer than a handshake, and the driver would do it
 * for every socket.
 * @param file PEM certificates, the only ones that are trusted
 * @throws FatalError
 */
export async function readTrust(file: string): Promise<SecureContext> {
  try {
    return createSecureContext({ ca: await readFile(file), minVersion: 'TLSv1.2' });
  } catch (error) {
    throw new FatalError(
      'target_unreachable',
      `the CA bundle cannot be used (${describeForeign(error)}): caBundle must name a file of PEM certificates`,
      { everywhere: true },
    );
  }
}
