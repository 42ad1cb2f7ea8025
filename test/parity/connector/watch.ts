import { Worker } from 'node:worker_threads';

/** Ends the process, and names the work, when work is not done in time: even if this thread is in an endless loop. */
export interface Watch {
  /** @param work what is done, in words */
  during<T>(work: string, promise: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** The watchdog of the engines ends what this process has started (local/engines/process/watchdog.ts). */
const WATCHER = `
const { parentPort, workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
let timer;
parentPort.on('message', (work) => {
  clearTimeout(timer);
  if (work === undefined) return;
  timer = setTimeout(() => {
    writeSync(2, work + ': no end after ' + workerData / 1000 + ' s\\n');
    process.kill(process.pid, 'SIGKILL');
  }, workerData);
});`;

export function startWatch(timeoutMs: number): Watch {
  const watcher = new Worker(WATCHER, { eval: true, workerData: timeoutMs });
  return {
    async during(work, promise) {
      watcher.postMessage(work);
      return await promise().finally(() => watcher.postMessage(undefined));
    },
    async stop() {
      await watcher.terminate();
    },
  };
}
