/** Time is an argument, so that tests and the simulation control the clock. Never mix the two scales. */
export interface Clock {
  /**
   * A monotonic clock in milliseconds, for deadlines, waits, retries and durations. Only differences have a meaning.
   */
  nowMs(): number;
  /**
   * Milliseconds since 1970. The system may set this clock back or forward at any moment. For stored times, and for
   * comparisons with times from elsewhere: a record's timestamp, the end of a session, a certificate's validity.
   */
  wallTimeMs(): number;
  /** Resolves when `nowMs` reaches `atMs`, or as soon as the signal aborts; never rejects. */
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
