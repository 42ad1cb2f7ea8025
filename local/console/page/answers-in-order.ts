/** An answer that arrives after the answer to a later question is dropped. */
export class AnswersInOrder {
  #askedCount = 0;
  #lastShown = 0;

  /** Call before a question is sent. @returns call when its answer arrives: whether to show the answer */
  ask(): () => boolean {
    this.#askedCount += 1;
    const own = this.#askedCount;
    return () => {
      if (own < this.#lastShown) return false;
      this.#lastShown = own;
      return true;
    };
  }
}
