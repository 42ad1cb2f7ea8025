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
    throw new Error(sentence === undefined ? usage : `${sentence}\n${usage}`);
  }
}
