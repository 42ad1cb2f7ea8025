import type { Clock } from '../../shared/clock.ts';

/** Sends commits one after the other; what arrives meanwhile is sent together, of each partition only the latest. */
export interface Committer {
  add(partition: number, offset: number): void;
  /** Resolves when nothing is left to send, or after `stop`. */
  settled(): Promise<void>;
  /** Gives up what cannot be sent. */
  stop(): void;
}

/** Kafka may be away for a while: a commit that failed is sent again, with what has come since. */
const RETRY_AFTER_MS = 500;

export function createCommitter(
  clock: Clock,
  send: (offsets: ReadonlyMap<number, number>) => Promise<void>,
  onTrouble: (error: unknown) => void,
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
      } catch (error) {
        onTrouble(error);
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
