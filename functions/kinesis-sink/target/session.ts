import { identify } from '../../../shared/errors.ts';
import type { CredentialsSource } from './credentials.ts';

/** Errors that a new session may cure. https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html */
const CREDENTIALS_REFUSED = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
]);

/**
 * Sends with the session in hand. One that is refused is renewed, and what was refused with it is sent once more: nothing
 * of it was stored.
 * @param credentials undefined: the function's own role, whose credentials the SDK keeps
 * @throws CredentialsError when there is no session, and whatever `send` throws otherwise
 */
export async function sendWithSession<T>(
  credentials: CredentialsSource | undefined,
  send: () => Promise<T>,
): Promise<T> {
  const session = await credentials?.get();
  try {
    return await send();
  } catch (error) {
    if (session === undefined || credentials === undefined || !CREDENTIALS_REFUSED.has(identify(error).name))
      throw error;
    await credentials.renew(session);
    return await send();
  }
}
