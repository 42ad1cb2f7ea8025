import type { DeadLetter } from '../../../shared/dead-letter/dead-letter.ts';
import {
  createDeadLetterQueue,
  type DeadLetterQueue,
  type DeadLetterQueueParts,
  type DeadLetterStore,
} from '../../../shared/dead-letter/dead-letter-queue.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';
import type { Violation } from '../invariants/violation.ts';
import type { FaultInjector } from '../scenario/fault-injector.ts';
import { DEAD_LETTER_TIMEOUT_MS, DEAD_LETTERS_IN_FLIGHT_MAX } from '../scenario/promised.ts';
import type { Random } from '../scenario/random.ts';
import type { Environment } from './environment.ts';
import type { ProducedRecord } from './kafka-log.ts';
import { exchange, foreign, type NetworkFault } from './network.ts';

const SLACK_MS = 5;

/** The dead-letter bucket: letters of the functions, and what the mapping gave up. */
export class Bucket {
  /** Every version that was ever stored, key and JSON text: the bucket is versioned. */
  readonly versions: (readonly [key: string, body: string])[] = [];
  readonly violations: Violation[] = [];
  readonly #open = new Map<string, number>();
  readonly #parts: { readonly timeline: VirtualClock; readonly faultInjector: FaultInjector; readonly random: Random };

  constructor(parts: {
    readonly timeline: VirtualClock;
    readonly faultInjector: FaultInjector;
    readonly random: Random;
  }) {
    this.#parts = parts;
  }

  /** The functions' own queue, before this bucket. */
  queueFor(
    environment: Environment,
    parts: Omit<DeadLetterQueueParts, 'store'>,
    onLetter?: (letter: DeadLetter) => void,
  ): DeadLetterQueue {
    return createDeadLetterQueue({ ...parts, store: this.storeFor(environment, onLetter) });
  }

  /** @param onLetter called with each letter that the function sends */
  storeFor(environment: Environment, onLetter?: (letter: DeadLetter) => void): DeadLetterStore {
    return {
      put: (key, body, signal) => {
        onLetter?.(JSON.parse(body));
        const close = this.#opened(environment);
        signal.addEventListener('abort', close, { once: true });
        return exchange(environment, this.#parts, {
          serve: () => this.#put(environment, key, body),
          fault: this.#fault(environment, key),
          broken: () => foreign('ECONNRESET'),
          aborted: () => foreign('AbortError'),
          signal,
        }).finally(close);
      },
    };
  }

  /** @returns what to call when the call is over, for its caller */
  #opened(environment: Environment): () => void {
    const { clock, invocation } = environment;
    const sentAtMs = clock.nowMs();
    const count = (this.#open.get(invocation) ?? 0) + 1;
    this.#open.set(invocation, count);
    if (count > DEAD_LETTERS_IN_FLIGHT_MAX)
      this.#blame(`invocation ${invocation} writes ${count} dead letters at once`);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#open.set(invocation, (this.#open.get(invocation) ?? 0) - 1);
      const openMs = clock.nowMs() - Math.max(sentAtMs, environment.thawedAtMs);
      if (openMs > DEAD_LETTER_TIMEOUT_MS + SLACK_MS) this.#blame(`a dead letter was under way for ${openMs} ms`);
    };
  }

  #blame(message: string): void {
    this.violations.push({ guarantee: 'G5', message });
  }

  keep(key: string, body: string): void {
    this.versions.push([key, body]);
  }

  /** Whether a letter of the function is stored for that record; a topic made anew has other records at the same offsets. */
  hasLetter(functionName: string, { topicPartition, offset, timestampMs, value }: ProducedRecord): boolean {
    const dash = topicPartition.lastIndexOf('-');
    const folder = `${topicPartition.slice(0, dash)}/${topicPartition.slice(dash + 1)}`;
    const prefix = `dead-letters/${functionName}/${folder}/${String(offset).padStart(20, '0')}`;
    return this.versions.some(([key, body]) => {
      if (!key.startsWith(prefix)) return false;
      const letter: DeadLetter = JSON.parse(body);
      return letter.timestamp === timestampMs && letter.valueBase64 === (value?.toString('base64') ?? null);
    });
  }

  #put(environment: Environment, key: string, body: string): Promise<void> {
    if (this.#parts.faultInjector.strikes('bucket.refused', environment, touchedBy(key))) {
      return Promise.reject(foreign('AccessDenied'));
    }
    this.keep(key, body);
    return Promise.resolve();
  }

  #fault(environment: Environment, key: string): NetworkFault | undefined {
    const { faultInjector } = this.#parts;
    if (faultInjector.strikes('bucket.requestLost', environment, touchedBy(key))) return 'requestLost';
    if (faultInjector.strikes('bucket.answerLost', environment, touchedBy(key))) return 'answerLost';
    return faultInjector.strikes('bucket.slow', environment, touchedBy(key)) ? 'slow' : undefined;
  }
}

/** `dead-letters/<function>/<topic>/<partition>/<offset>-<fingerprint>.json` */
function touchedBy(key: string): readonly string[] {
  const [, , topic, partition] = key.split('/');
  return [`${topic}-${partition}`];
}
