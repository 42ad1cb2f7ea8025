import { KafkaClient, ListTopicsCommand } from '@aws-sdk/client-kafka';
import { Admin } from '@platformatic/kafka';
import { describeForeign } from '../../shared/errors.ts';

/** The names of all topics of a cluster. Rejects with an Error that says what to do. */
export type ListTopics = () => Promise<readonly string[]>;

const PAGES_MAX = 1_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** https://docs.aws.amazon.com/msk/1.0/apireference/v1-clusters-clusterarn-topics.html */
export const listWithAws =
  (clusterArn: string, region: string, client: Pick<KafkaClient, 'send'> = new KafkaClient({ region })): ListTopics =>
  async () => {
    const names: string[] = [];
    let token: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const { Topics = [], NextToken } = await client
        .send(new ListTopicsCommand({ ClusterArn: clusterArn, NextToken: token }))
        .catch((error: unknown) => {
          throw new Error(
            `AWS did not list the topics (${describeForeign(error)}): allow kafka:ListTopics and kafka:DescribeTopic to these credentials, or name brokers with --bootstrap`,
          );
        });
      names.push(...Topics.flatMap(({ TopicName }) => TopicName ?? []));
      if (NextToken === undefined || NextToken === '') break;
      token = NextToken;
    }
    return names;
  };

export const listWithBrokers =
  (bootstrapServers: string, tls: boolean): ListTopics =>
  async () => {
    const admin = new Admin({
      clientId: 'msk-sinks-topics',
      bootstrapBrokers: bootstrapServers.split(','),
      connectTimeout: CONNECT_TIMEOUT_MS,
      ...(tls && { tls: {} }),
    });
    try {
      return await admin.listTopics();
    } catch (error) {
      throw new Error(`no broker listed the topics (${describeForeign(error)}): check --bootstrap`);
    } finally {
      await admin.close();
    }
  };
