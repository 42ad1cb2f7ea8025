/**
 * Counts tasks in flight. Waiting for a list of promises would be slow, because a batch can have thousands of tasks.
 */
export interface Tasks {
  start(work: Promise<void>): void;
  openCount(): number;
  /** Resolves when the next task ends; rejects once a task has rejected, which is a bug. */
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
    // Returns no promise: an async function that started a task and returned that promise would wait for the task.
    start: (work) => void follow(work),
    openCount: () => openCount,
    async nextEnd() {
      if (bug === undefined) await end.promise;
      if (bug !== undefined) throw bug.error;
    },
  };
}
