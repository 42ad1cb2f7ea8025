import { KafkaClient } from '@aws-sdk/client-kafka';
import type { AdminOptions } from '@platformatic/kafka';
import type { Connection } from '../../local/msk-trigger/runtime/poller.ts';
import { iamToken } from './iam-token.ts';
import type { Brokers, Login } from './options.ts';

const CONNECT_TIMEOUT_MS = 10_000;

export type ConnectionOptions = Pick<AdminOptions, 'clientId' | 'bootstrapBrokers'> & Connection;

/** What a client of Kafka needs to reach the brokers. @param region of the cluster, for a login with IAM */
export function connectionTo({ bootstrapServers, tls, login }: Brokers, region: string): ConnectionOptions {
  return {
    clientId: 'msk-sinks',
    bootstrapBrokers: bootstrapServers.split(','),
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(tls && { tls: {}, tlsServerName: true }),
    ...(login && { sasl: saslOf(login, region) }),
  };
}

function saslOf(login: Login, region: string): NonNullable<ConnectionOptions['sasl']> {
  if (login.kind === 'scram') {
    return { mechanism: 'SCRAM-SHA-512', username: login.username, password: login.password };
  }
  const { credentials } = new KafkaClient({ region }).config;
  return { mechanism: 'OAUTHBEARER', token: async () => iamToken(region, await credentials(), new Date()) };
}
