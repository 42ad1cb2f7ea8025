/** Prints the text and ends the process if the command line asks for help: for tools without other options. */
export function helpIfAsked(text: string): void {
  if (!process.argv.includes('--help')) return;
  process.stdout.write(`${text}\n`);
  process.exit(0);
}
