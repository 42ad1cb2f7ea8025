/** The part of `process.stdout` that a closed pipe concerns. */
export interface Pipe {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/**
 * The reader of the output may go before the command is done (`npm run handover -- .. | head -1`): the command goes on, and what it
 * prints is lost. Without this, Node ends the process in the middle of its work.
 */
export function outliveClosedPipe(...pipes: readonly Pipe[]): void {
  for (const pipe of pipes) {
    pipe.on('error', (error) => {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    });
  }
}
