import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import type { DeadLetterQueue } from '../../shared/dead-letter/dead-letter-queue.ts';

/** Keeps dead letters, and refuses those that the test says. */
export function fakeDeadLetters(accepts: (deadLetter: DeadLetter) => boolean = () => true) {
  const deadLetters: DeadLetter[] = [];
  const queue: DeadLetterQueue = {
    put(deadLetter) {
      const accepted = accepts(deadLetter);
      if (accepted) deadLetters.push(deadLetter);
      return Promise.resolve(accepted);
    },
  };
  return { queue, deadLetters };
}
