import { Admin } from '@platformatic/kafka';
import type { ListTopics } from '../../infra/topics/list-with-aws.ts';
import { describeForeign } from '../../shared/errors.ts';
import type { ConnectionOptions } from '../kafka/connection.ts';

export const listWithBrokers =
  (connection: ConnectionOptions): ListTopics =>
  async () => {
    const admin = new Admin(connection);
    try {
      return await admin.listTopics();
    } catch (error) {
      throw new Error(
        `no broker of ${connection.bootstrapBrokers} listed the topics (${describeForeign(error)}): start Kafka, or check --bootstrap, --tls and --login`,
      );
    } finally {
      await admin.close();
    }
  };
