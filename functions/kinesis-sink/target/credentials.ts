import { MskSinksError } from '../../../shared/errors.ts';
import type { Clock } from '../../../shared/time/clock.ts';

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** No credentials are available. The message says what to check. */
export class CredentialsError extends MskSinksError {
  override readonly name = 'CredentialsError';
}

export interface CredentialsSource {
  /** @throws CredentialsError if no credentials are available */
  get(): Promise<SessionCredentials>;
  /** Assumes the role again, unless that has happened since `refused` was returned. @throws CredentialsError */
  renew(refused: SessionCredentials): Promise<SessionCredentials>;
  /** The age of the current session; undefined if there is none. */
  ageMs(): number | undefined;
}

/** When this much of a session's lifetime is left, a new session is requested without delaying the work. */
export const RENEW_BEFORE_MS = 15 * 60_000;
/** When this much of a session's lifetime is left, the work waits for the new session. */
export const BLOCK_BEFORE_MS = 60_000;
/** The pause after a failed renewal. During the pause, a valid session is used without waiting. */
export const RENEWAL_INTERVAL_MS = 30_000;

/**
 * Keeps one session. The session is renewed early, without delaying any work; if a renewal fails, the old session is
 * used while it is valid. At most one `assume` call is in flight.
 * @param assume requests a session; it must throw only {@link CredentialsError}
 */
export function createCredentialsSource(
  assume: () => Promise<SessionCredentials>,
  clock: Pick<Clock, 'nowMs' | 'wallTimeMs'>,
): CredentialsSource {
  let current: SessionCredentials | undefined;
  let fetchedAtMs = 0;
  let underway: Promise<SessionCredentials> | undefined;
  let quietUntilMs = 0;

  function fetchOnce(): Promise<SessionCredentials> {
    underway ??= assume()
      .then((session) => {
        current = session;
        fetchedAtMs = clock.wallTimeMs();
        return session;
      })
      .catch((error: unknown) => {
        quietUntilMs = clock.nowMs() + RENEWAL_INTERVAL_MS;
        throw error;
      })
      .finally(() => {
        underway = undefined;
      });
    return underway;
  }

  function renewBeside(): void {
    fetchOnce().catch(() => undefined); // the current session remains in use
  }

  async function keepOldIfRenewalFails(old: SessionCredentials): Promise<SessionCredentials> {
    try {
      return await fetchOnce();
    } catch (error) {
      if (old.expiresAtMs > clock.wallTimeMs()) return old;
      throw error;
    }
  }

  return {
    async get() {
      if (current === undefined) return fetchOnce();
      const leftMs = current.expiresAtMs - clock.wallTimeMs();
      if (leftMs > 0 && clock.nowMs() < quietUntilMs) return current;
      if (leftMs <= BLOCK_BEFORE_MS) return keepOldIfRenewalFails(current);
      if (leftMs <= RENEW_BEFORE_MS) renewBeside();
      return current;
    },
    async renew(refused) {
      return current !== undefined && current !== refused ? current : fetchOnce();
    },
    ageMs: () => (current === undefined ? undefined : Math.max(0, clock.wallTimeMs() - fetchedAtMs)),
  };
}
