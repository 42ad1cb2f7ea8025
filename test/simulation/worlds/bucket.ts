import type { DeadLetterStore } from '../../../shared/dead-letter-queue.ts';
import type { Chaos } from '../model/chaos.ts';
import type { Random } from '../model/random.ts';
import type { Timeline } from '../model/timeline.ts';
import type { Environment } from './environment.ts';
import { exchange, foreign, type NetworkFault } from './network.ts';

/** The dead-letter bucket: letters of the functions, and what the mapping gave up. */
export class Bucket {
  /** Every version that was ever stored, key and JSON text: the bucket is versioned. */
  readonly versions: (readonly [key: string, body: string])[] = [];
  readonly #parts: { readonly timeline: Timeline; readonly chaos: Chaos; readonly random: Random };

  constructor(parts: { readonly timeline: Timeline; readonly chaos: Chaos; readonly random: Random }) {
    this.#parts = parts;
  }

  storeFor(environment: Environment): DeadLetterStore {
    return {
      put: (key, body, signal) =>
        exchange(environment, this.#parts, {
          serve: () => this.#put(environment, key, body),
          fault: this.#fault(environment, key),
          broken: () => foreign('ECONNRESET'),
          aborted: () => foreign('AbortError'),
          signal,
        }),
    };
  }

  keep(key: string, body: string): void {
    this.versions.push([key, body]);
  }

  /** Whether a letter of the function is stored under that position. */
  hasLetter(functionName: string, topic: string, partition: number, offset: number): boolean {
    const key = `dead-letters/${functionName}/${topic}/${partition}/${String(offset).padStart(20, '0')}.json`;
    return this.versions.some(([each]) => each === key);
  }

  #put(environment: Environment, key: string, body: string): Promise<void> {
    if (this.#parts.chaos.strikes('bucket.refused', environment, touchedBy(key))) {
      return Promise.reject(foreign('AccessDenied'));
    }
    this.keep(key, body);
    return Promise.resolve();
  }

  #fault(environment: Environment, key: string): NetworkFault | undefined {
    const { chaos } = this.#parts;
    if (chaos.strikes('bucket.requestLost', environment, touchedBy(key))) return 'requestLost';
    if (chaos.strikes('bucket.answerLost', environment, touchedBy(key))) return 'answerLost';
    return chaos.strikes('bucket.slow', environment, touchedBy(key)) ? 'slow' : undefined;
  }
}

/** `dead-letters/<function>/<topic>/<partition>/<offset>.json` */
function touchedBy(key: string): readonly string[] {
  const [, , topic, partition] = key.split('/');
  return [`${topic}-${partition}`];
}
