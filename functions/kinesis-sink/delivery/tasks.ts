/** Work under way, without a promise per piece to wait for: a batch can hold thousands of pieces. */
export interface Tasks {
  start(work: Promise<void>): void;
  openCount(): number;
  /** Resolves when the next piece ends; rejects once a piece has rejected, which is a bug. */
  nextEnd(): Promise<void>;
}

export function createTasks(): Tasks {
  let openCount = 0;
  let bug: { readonly error: unknown } | undefined;
  let end = Promise.withResolvers<void>();
  async function follow(work: Promise<void>): Promise<void> {
    openCount += 1;
    try {
      await work;
    } catch (error) {
      bug ??= { error };
    }
    openCount -= 1;
    end.resolve();
    end = Promise.withResolvers<void>();
  }

  return {
    // Hands no promise out: whoever starts work in an async function and returns would wait for it.
    start: (work) => void follow(work),
    openCount: () => openCount,
    async nextEnd() {
      if (bug === undefined) await end.promise;
      if (bug !== undefined) throw bug.error;
    },
  };
}
