import type { Sink } from './sink-contract.ts';

/**
 * A sink whose making takes a moment, which begins at once. What goes wrong with it is thrown by each `write`: the
 * function cannot work, and Lambda keeps the batch.
 */
export function lazySink(name: string, make: () => Promise<Sink>): Sink {
  const made = make();
  made.catch(() => undefined); // thrown where somebody waits for it
  return {
    name,
    async write(batches, deadline) {
      const sink = await made;
      return sink.write(batches, deadline);
    },
  };
}
