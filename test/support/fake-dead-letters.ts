import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import type { DeadLetterQueue } from '../../shared/dead-letter/dead-letter-queue.ts';

/** Keeps letters; refuses those it is told to. */
export function fakeDeadLetters(accepts: (letter: DeadLetter) => boolean = () => true) {
  const letters: DeadLetter[] = [];
  const queue: DeadLetterQueue = {
    put(letter) {
      const accepted = accepts(letter);
      if (accepted) letters.push(letter);
      return Promise.resolve(accepted);
    },
  };
  return { queue, letters };
}
