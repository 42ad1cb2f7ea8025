import type { Clock } from '../../../shared/time/clock.ts';

/** Sends one commit at a time. Commits that arrive meanwhile are combined; only the latest of each partition is sent. */
export interface Committer {
  add(partition: number, offset: number): void;
  /** Resolves when no commit is left, or after `stop`. */
  settled(): Promise<void>;
  /** Abandons commits that cannot be sent. */
  stop(): void;
}

/** Repeats a failed commit together with newer ones, because Kafka may be unavailable for a while. */
const RETRY_AFTER_MS = 500;

export function createCommitter(
  clock: Clock,
  send: (offsets: ReadonlyMap<number, number>) => Promise<void>,
): Committer {
  const stopped = new AbortController();
  let waiting = new Map<number, number>();
  let work: Promise<void> | undefined;

  const flush = async () => {
    while (waiting.size > 0 && !stopped.signal.aborted) {
      const sending = waiting;
      waiting = new Map();
      try {
        await send(sending);
      } catch {
        waiting = new Map([...sending, ...waiting]);
        await clock.waitUntil(clock.nowMs() + RETRY_AFTER_MS, stopped.signal);
      }
    }
    work = undefined;
  };

  return {
    add(partition, offset) {
      waiting.set(partition, offset);
      work ??= flush();
    },
    async settled() {
      await work;
    },
    stop: () => stopped.abort(),
  };
}
