import { MskSinksError } from '../../../shared/errors.ts';
import type { Clock } from '../../../shared/time/clock.ts';

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** No credentials can be had. The message is ours and says what to check. */
export class CredentialsError extends MskSinksError {}

export interface CredentialsSource {
  /** @throws CredentialsError when there are none and none can be had. */
  get(): Promise<SessionCredentials>;
  /** Fetches anew unless that happened already since `refused` was handed out. @throws CredentialsError */
  renew(refused: SessionCredentials): Promise<SessionCredentials>;
  /** Since the session in hand was fetched; undefined: there is none. */
  ageMs(): number | undefined;
}

/** From here on a new session is fetched beside the work. */
export const RENEW_BEFORE_MS = 15 * 60_000;
/** From here on the work waits for the new session. */
export const BLOCK_BEFORE_MS = 60_000;
/** After a failed renewal, the next one: nobody waits for one that just failed while the session in hand is valid. */
export const RENEWAL_INTERVAL_MS = 30_000;

/**
 * Keeps one session: renewed early without holding anybody up, the old one kept for as long as it is valid when a
 * renewal fails. At most one `assume` is under way.
 * @param assume fetches a session; whatever it throws must be a {@link CredentialsError}
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
    fetchOnce().catch(() => undefined); // the session in hand goes on
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
