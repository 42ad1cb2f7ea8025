import { BROKER_OPTIONS, BROKER_USAGE, type Brokers, brokersOf } from '../kafka/options.ts';
import { parseOrExplain } from '../terminal/parse-or-explain.ts';

export interface TopicsOptions {
  readonly stage: string;
  /** Asked instead of the AWS API. */
  readonly brokers: Brokers | undefined;
}

export const USAGE = `npm run topics -- --stage STAGE [options]
Writes the topics that topics.regex of the connector's file matches into FILE.topics.json. Commit it: packaging reads it. The AWS API lists
the topics of cluster.arn (kafka:ListTopics, with the credentials of this shell), unless brokers are named:
${BROKER_USAGE}
  --help                     print this text
Brokers that ask for a client certificate cannot be asked: use the AWS API.
Exit codes: 0 the file is written, 1 the command could not work.`;

/** @throws Error that says how it is called */
export function parseTopicsOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TopicsOptions | 'help' {
  const { stage, help, ...brokers } = parsed(args).values;
  if (help === true) return 'help';
  if (stage === undefined) throw new Error(`--stage is missing\n${USAGE}`);
  return { stage, brokers: brokersOf(brokers, environment) };
}

function parsed(args: readonly string[]) {
  const options = { stage: { type: 'string' }, help: { type: 'boolean' }, ...BROKER_OPTIONS } as const;
  return parseOrExplain({ args: [...args], options }, USAGE);
}
