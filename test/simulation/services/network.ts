import type { VirtualClock } from '../../support/virtual-clock.ts';
import type { Random } from '../scenario/random.ts';
import type { Environment } from './environment.ts';
import { SECRET } from './kafka-log.ts';

/** How one exchange goes wrong; undefined: it does not. */
export type NetworkFault =
  /** never arrives; the caller sees the connection break, or nothing at all */
  | 'requestLost'
  /** served, and the caller sees the connection break, or nothing at all */
  | 'answerLost'
  /** arrives late, perhaps long after the caller gave up, and is served then */
  | 'slow';

export interface Exchange<T> {
  /** What the service does when the request reaches it; it goes on whatever becomes of the caller. Throws its refusals. */
  readonly serve: () => Promise<T>;
  readonly fault: NetworkFault | undefined;
  /** What the caller's client throws where a connection breaks. */
  readonly broken: () => Error;
  /** What it throws when its signal aborts. */
  readonly aborted: () => Error;
  readonly signal: AbortSignal;
}

const LATENCY_MS = { min: 1, max: 15 } as const;
const SLOW_MS = { min: 500, max: 45_000 } as const;
const BREAK_MS = { min: 1, max: 3_000 } as const;
/** Of the lost ones; the others are met with silence. */
const BROKEN_CHANCE = 0.6;

/** A request of an environment to a service, and its answer. */
export function exchange<T>(
  environment: Environment,
  { timeline, random }: { readonly timeline: VirtualClock; readonly random: Random },
  { serve, fault, broken, aborted, signal }: Exchange<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(aborted());
    environment.noteActivity();
    environment.openCount += 1;
    let isOpen = true;
    const close = () => {
      if (isOpen) environment.openCount -= 1;
      isOpen = false;
      // Node keeps a signal of several signals, and so the whole world, as long as anybody listens.
      signal.removeEventListener('abort', giveUp);
    };
    const hear = (answer: () => void) =>
      environment.deliver(() => {
        environment.noteActivity();
        close();
        answer();
      });
    const giveUp = () => {
      environment.noteActivity();
      close();
      reject(aborted());
    };
    signal.addEventListener('abort', giveUp, { once: true });
    const later = (range: { readonly min: number; readonly max: number }) =>
      timeline.nowMs() + random.integer(range.min, range.max);
    const isBroken = random.chance(BROKEN_CHANCE);
    const breaksAtMs = later(BREAK_MS);
    if (fault === 'requestLost') {
      if (isBroken) timeline.at(breaksAtMs, () => hear(() => reject(broken())));
      return;
    }
    timeline.at(later(fault === 'slow' ? SLOW_MS : LATENCY_MS), () => {
      const served = serve().then(
        (value) => () => resolve(value),
        (error: unknown) => () => reject(error),
      );
      void served.then((answer) => {
        if (fault !== 'answerLost') {
          timeline.at(later(LATENCY_MS), () => hear(answer));
        } else if (isBroken) {
          timeline.at(later(BREAK_MS), () => hear(() => reject(broken())));
        }
      });
    });
  });
}

/** As a client's library throws it: its message quotes what it was given. */
export const foreign = (name: string, httpStatusCode?: number): Error =>
  Object.assign(new Error(`${SECRET} quoted`), {
    name,
    ...(httpStatusCode !== undefined && { $metadata: { httpStatusCode } }),
  });
