/** npm and the terminal may both send the same signal. */
const SAME_SIGNAL_MS = 1_000;

/** Aborts at the first Ctrl-C, or when nobody reads the output any more (`| head`). A second Ctrl-C exits at once, and the watchdog stops the engines. */
export function untilSignal(): AbortSignal {
  const ending = new AbortController();
  let firstAtMs = Number.POSITIVE_INFINITY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (performance.now() - firstAtMs > SAME_SIGNAL_MS) process.exit(130);
      firstAtMs = Math.min(firstAtMs, performance.now());
      ending.abort();
    });
  }
  process.stdout.on('error', () => ending.abort());
  return ending.signal;
}
