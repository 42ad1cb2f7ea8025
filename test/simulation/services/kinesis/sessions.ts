import { CredentialsError, type SessionCredentials } from '../../../../functions/kinesis-sink/target/credentials.ts';
import type { VirtualClock } from '../../../support/virtual-clock.ts';
import type { FaultInjector } from '../../scenario/fault-injector.ts';
import { ASSUME_ROLE_TIMEOUT_MS } from '../../scenario/promised.ts';
import type { Random } from '../../scenario/random.ts';
import type { Environment } from '../environment.ts';
import { SECRET } from '../kafka-log.ts';
import { exchange, foreign } from '../network.ts';

/** Real ones last an hour. Short ones end within a story, while another one cannot be had perhaps. */
const SESSION_MS: readonly number[] = [90_000, 5 * 60_000, 60 * 60_000];

export interface SessionsParts {
  readonly timeline: VirtualClock;
  readonly faultInjector: FaultInjector;
  readonly random: Random;
}

/** STS: hands out sessions of one role, which end, or are revoked before. */
export class Sessions {
  readonly #parts: SessionsParts;
  readonly #revoked = new Set<string>();
  readonly #inHand = new Map<Environment, SessionCredentials>();
  #count = 0;

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  /** @throws CredentialsError */
  async assume(environment: Environment): Promise<SessionCredentials> {
    const { faultInjector } = this.#parts;
    // Whoever holds a session that is still good can do without.
    const inHand = this.#inHand.get(environment);
    const witness = inHand !== undefined && this.isGood(inHand) ? undefined : environment;
    const timeout = new AbortController();
    void environment.clock.waitUntil(environment.clock.nowMs() + ASSUME_ROLE_TIMEOUT_MS).then(() => timeout.abort());
    try {
      return await exchange(environment, this.#parts, {
        serve: () =>
          faultInjector.strikes('sts.refused', witness)
            ? Promise.reject(foreign('AccessDenied', 403))
            : Promise.resolve(this.#grant(environment)),
        fault: faultInjector.strikes('sts.unreachable', witness) ? 'requestLost' : undefined,
        broken: () => foreign('ECONNRESET'),
        aborted: () => foreign('AbortError'),
        signal: timeout.signal,
      });
    } catch {
      throw new CredentialsError('no session');
    }
  }

  isGood({ accessKeyId, expiresAtMs }: SessionCredentials): boolean {
    return !this.#revoked.has(accessKeyId) && expiresAtMs > this.#parts.timeline.nowMs();
  }

  /** It is refused from now on, before its time. */
  revoke({ accessKeyId }: SessionCredentials): void {
    this.#revoked.add(accessKeyId);
  }

  #grant(environment: Environment): SessionCredentials {
    const { random, timeline } = this.#parts;
    this.#count += 1;
    const session = {
      accessKeyId: `A${this.#count}`,
      secretAccessKey: SECRET,
      sessionToken: SECRET,
      expiresAtMs: timeline.nowMs() + random.pick(SESSION_MS),
    };
    this.#inHand.set(environment, session);
    return session;
  }
}
