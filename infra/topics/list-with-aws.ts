import { KafkaClient, type KafkaClientConfig, ListTopicsCommand } from '@aws-sdk/client-kafka';
import { describeForeign } from '../../shared/errors.ts';

/** The names of all topics of a cluster. Rejects with an Error that says what to do. */
export type ListTopics = () => Promise<readonly string[]>;

const PAGES_MAX = 1_000;

/** https://docs.aws.amazon.com/msk/1.0/apireference/v1-clusters-clusterarn-topics.html */
export const listWithAws =
  (
    clusterArn: string,
    configuration: KafkaClientConfig,
    client: Pick<KafkaClient, 'send'> = new KafkaClient(configuration),
  ): ListTopics =>
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
