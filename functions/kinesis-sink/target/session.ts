import { identify } from '../../../shared/errors.ts';
import { DENIED_SESSION_MS_MIN } from '../limits.ts';
import type { CredentialsSource } from './credentials.ts';

/** Errors that a new session may cure: https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html */
const CREDENTIALS_REFUSED = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
]);

/** An administrator may have revoked the sessions of a role. */
const mayCure = (name: string, credentials: CredentialsSource): boolean =>
  CREDENTIALS_REFUSED.has(name) ||
  (name === 'AccessDeniedException' && (credentials.ageMs() ?? 0) >= DENIED_SESSION_MS_MIN);

/**
 * Sends with the current session. If the service refuses the session, a new one is requested and the request is sent
 * once more: nothing of the refused request was stored.
 * @param credentials undefined for the function's own role, whose credentials the SDK keeps
 * @throws CredentialsError if there is no session, and every error of `send`
 */
export async function sendWithSession<T>(
  credentials: CredentialsSource | undefined,
  send: () => Promise<T>,
): Promise<T> {
  if (credentials === undefined) return await send();
  const session = await credentials.get();
  try {
    return await send();
  } catch (error) {
    if (!mayCure(identify(error).name, credentials)) throw error;
    await credentials.renew(session);
    return await send();
  }
}
