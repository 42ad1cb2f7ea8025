import { parseArgs } from 'node:util';
import type { Brokers } from './list-topics.ts';

export interface TopicsOptions {
  readonly stage: string;
  /** Asked instead of the AWS API. */
  readonly brokers: Brokers | undefined;
}

export const USAGE = `npm run topics -- --stage STAGE [options]
  --bootstrap HOST:PORT,..   ask these brokers; by default the AWS API lists the topics of cluster.arn
                             (kafka:ListTopics, with the credentials of this shell)
  --tls                      with --bootstrap: over TLS
  --login scram              with --bootstrap: over TLS, with SASL/SCRAM-SHA-512 as the user KAFKA_USERNAME with the password
                             KAFKA_PASSWORD of the environment
  --help                     print this text
Brokers that ask for IAM or for a client certificate cannot be asked: use the AWS API.
Writes the topics that topics.regex of the connector's file matches into FILE.topics.json. Commit it: packaging reads it.`;

/** @throws Error that says how it is called */
export function parseTopicsOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TopicsOptions | 'help' {
  const { stage, bootstrap, tls = false, login, help } = parsed(args).values;
  if (help === true) return 'help';
  if (stage === undefined) throw new Error(`--stage is missing\n${USAGE}`);
  if (bootstrap === undefined) {
    if (tls || login !== undefined) throw new Error('--tls and --login belong to --bootstrap');
    return { stage, brokers: undefined };
  }
  const brokerLogin = loginOf(login, environment);
  return { stage, brokers: { bootstrapServers: bootstrap, tls: tls || brokerLogin !== undefined, login: brokerLogin } };
}

function loginOf(method: string | undefined, environment: Readonly<Record<string, string | undefined>>) {
  if (method === undefined) return undefined;
  if (method !== 'scram') {
    throw new Error(
      `--login must be scram, got ${JSON.stringify(method)}: for IAM leave out --bootstrap, so that the AWS API lists the topics`,
    );
  }
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = environment;
  if (username === undefined || password === undefined) {
    throw new Error('--login scram: set KAFKA_USERNAME and KAFKA_PASSWORD in the environment of this command');
  }
  return { username, password };
}

function parsed(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    const options = { stage: text, bootstrap: text, login: text, tls: flag, help: flag };
    return parseArgs({ args: [...args], options });
  } catch {
    throw new Error(USAGE);
  }
}
