/** Time as an argument, so that tests and the simulation can hold it still. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Resolves at that time, or as soon as the signal aborts; never rejects. */
  waitUntil(atMs: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: Date.now,
  waitUntil: (atMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, atMs - Date.now()));
      signal?.addEventListener('abort', done);
    }),
};
