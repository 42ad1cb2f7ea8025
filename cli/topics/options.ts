import { parseArgs } from 'node:util';

export interface TopicsOptions {
  readonly stage: string;
  /** `host:port`, several with commas: asked in place of the AWS API. */
  readonly bootstrapServers: string | undefined;
  readonly tls: boolean;
}

export const USAGE = `npm run topics -- --stage STAGE [options]
  --bootstrap HOST:PORT,..   ask these brokers, without a login; by default the AWS API lists the topics of cluster.arn
                             (kafka:ListTopics, with the credentials of this shell)
  --tls                      with --bootstrap: over TLS
  --help                     print this text
Writes the topics that topics.regex of the connector's file matches into FILE.topics.json. Commit it: packaging reads it.`;

/** @throws Error that says how it is called */
export function parseTopicsOptions(args: readonly string[]): TopicsOptions | 'help' {
  const { values } = parsed(args);
  if (values.help === true) return 'help';
  if (values.stage === undefined) throw new Error(`--stage is missing\n${USAGE}`);
  return { stage: values.stage, bootstrapServers: values.bootstrap, tls: values.tls === true };
}

function parsed(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    return parseArgs({ args: [...args], options: { stage: text, bootstrap: text, tls: flag, help: flag } });
  } catch {
    throw new Error(USAGE);
  }
}
