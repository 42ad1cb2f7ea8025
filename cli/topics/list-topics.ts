import { Admin } from '@platformatic/kafka';
import type { ListTopics } from '../../infra/topics/list-with-aws.ts';
import { describeForeign } from '../../shared/errors.ts';

const CONNECT_TIMEOUT_MS = 10_000;

export interface BrokerLogin {
  readonly username: string;
  readonly password: string;
}

export interface Brokers {
  readonly bootstrapServers: string;
  readonly tls: boolean;
  /** SASL/SCRAM with SHA-512, as on MSK. Undefined: without a login. */
  readonly login: BrokerLogin | undefined;
}

/** https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html */
export const listWithBrokers =
  ({ bootstrapServers, tls, login }: Brokers): ListTopics =>
  async () => {
    const admin = new Admin({
      clientId: 'msk-sinks-topics',
      bootstrapBrokers: bootstrapServers.split(','),
      connectTimeout: CONNECT_TIMEOUT_MS,
      ...(tls && { tls: {} }),
      ...(login && { sasl: { mechanism: 'SCRAM-SHA-512', ...login } }),
    });
    try {
      return await admin.listTopics();
    } catch (error) {
      throw new Error(`no broker listed the topics (${describeForeign(error)}): check --bootstrap, --tls and --login`);
    } finally {
      await admin.close();
    }
  };
