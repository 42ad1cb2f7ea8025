/**
 * What a tool without other options than `--help` does with its arguments: undefined, its work.
 * @param text how the tool is called, and its exit codes
 */
export function insteadOfWork(
  text: string,
  args: readonly string[],
): { readonly output: string; readonly exitCode: number } | undefined {
  const [first] = args;
  if (first === undefined) return undefined;
  if (args.includes('--help')) return { output: `${text}\n`, exitCode: 0 };
  return { output: `${JSON.stringify(first)} is no option of this command\n${text}\n`, exitCode: 2 };
}

/** Prints the text and ends the process if the command line asks for help, or has anything else. */
export function helpIfAsked(text: string): void {
  const instead = insteadOfWork(text, process.argv.slice(2));
  if (instead === undefined) return;
  const stream = instead.exitCode === 0 ? process.stdout : process.stderr;
  stream.write(instead.output);
  process.exit(instead.exitCode);
}
