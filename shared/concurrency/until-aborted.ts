/**
 * Settles as `work` does, but rejects as soon as the signal aborts: a client that ignores the signal must not delay the
 * response.
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new DOMException('the invocation deadline has passed', 'AbortError'));
    if (signal.aborted) abort();
    const stopWaiting = onAbort(signal, abort);
    work.then(resolve, reject).finally(stopWaiting);
  });
}

interface Waiting {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const waitingFor = new WeakMap<AbortSignal, Waiting>();

/**
 * One listener for all that wait for a signal: a signal searches its listeners with each one that is added or removed, and a batch may
 * name thousands of collections. @returns ends the wait
 */
function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, listener } = waitingFor.get(signal) ?? listenTo(signal);
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size > 0) return;
    signal.removeEventListener('abort', listener);
    waitingFor.delete(signal);
  };
}

function listenTo(signal: AbortSignal): Waiting {
  const callbacks = new Set<() => void>();
  const listener = () => {
    for (const callback of callbacks) callback();
  };
  const waiting = { callbacks, listener };
  waitingFor.set(signal, waiting);
  signal.addEventListener('abort', listener);
  return waiting;
}
