/**
 * The error of a command that is called wrongly: what is wrong, and how the command is called.
 * @param error of `parseArgs`, whose first sentence names the option
 */
export function usageError(error: unknown, usage: string): Error {
  const [sentence] = error instanceof Error ? error.message.split(/\. |\n/, 1) : [];
  return new Error(sentence === undefined ? usage : `${sentence}\n${usage}`);
}
