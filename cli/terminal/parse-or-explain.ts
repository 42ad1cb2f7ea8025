import { type ParseArgsConfig, parseArgs } from 'node:util';

/**
 * The options of a command.
 * @throws Error that says what is wrong, by the first sentence of `parseArgs`, and how the command is called
 */
export function parseOrExplain<Config extends ParseArgsConfig>(
  config: Config,
  usage: string,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const [sentence] = error instanceof Error ? error.message.split(/\. |\n/, 1) : [];
    const args = config.args ?? process.argv.slice(2);
    throw new Error(sentence === undefined ? usage : `${withRemedy(sentence, args)}\n${usage}`);
  }
}

/** An option that needs a value, in front of an argument that begins with a dash. No command has options of one letter. */
const AMBIGUOUS = /^Option '(--[\w-]+)' argument is ambiguous/;

/** Node's own remedy stands in a later sentence, and shows neither the value nor the case of a value that is missing. */
function withRemedy(sentence: string, args: readonly string[]): string {
  const [, option] = AMBIGUOUS.exec(sentence) ?? [];
  if (option === undefined) return sentence;
  const next = args[args.indexOf(option) + 1];
  return `${option} is followed by ${next}: write a value, and one that begins with a dash as ${option}=${next}`;
}
