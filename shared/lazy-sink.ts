import type { Sink } from './sink-contract.ts';

/**
 * Starts to make a sink at once, and awaits the sink in `write`. If making the sink fails, each `write` throws that
 * error: the function cannot work, and Lambda keeps the batch.
 */
export function lazySink(make: () => Promise<Sink>): Sink {
  const made = make();
  made.catch(() => undefined); // each `write` throws it
  return {
    async write(batches, deadline, redriven) {
      const sink = await made;
      return sink.write(batches, deadline, redriven);
    },
    async probe(signal) {
      const { probe } = await made;
      return (await probe?.(signal)) ?? [];
    },
  };
}
