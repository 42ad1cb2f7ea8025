/** Time as an argument, so that tests and the simulation can hold it still. The two scales never mix. */
export interface Clock {
  /**
   * Milliseconds since some moment of this process, which nobody can set: for deadlines, waits, retries and durations.
   * Only differences mean something.
   */
  nowMs(): number;
  /**
   * Milliseconds since 1970, which may be set back or forward at any moment: for what is stored, and for what is compared
   * with a time from elsewhere (a record's timestamp, the end of a session, a certificate's).
   */
  wallTimeMs(): number;
  /** Resolves when `nowMs` is there, or as soon as the signal aborts; never rejects. */
  waitUntil(atMs: number, signal?: AbortSignal): Promise<void>;
}

const nowMs = (): number => Math.trunc(performance.now());

export const systemClock: Clock = {
  nowMs,
  wallTimeMs: () => Date.now(),
  waitUntil: (atMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, atMs - nowMs()));
      signal?.addEventListener('abort', done);
    }),
};
