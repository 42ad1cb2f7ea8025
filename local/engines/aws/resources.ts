import { placeholdersOf } from '../../../functions/documentdb-sink/target/placeholders.ts';

/** The names of the resources in the two local AWS accounts; a stage file may override them. */
export interface LocalResources {
  readonly region: string;
  /** The account of the topics, the functions and DocumentDB. */
  readonly accountA: string;
  /** The account of the Kinesis stream. */
  readonly accountB: string;
  readonly stream: string;
  readonly streamShards: number;
  /** The role in account B that may write to the stream. */
  readonly streamRole: string;
  readonly externalId: string;
  /** The execution role of kinesisSink, in account A. */
  readonly kinesisRole: string;
  /** The execution role of documentdbSink, in account A. */
  readonly documentdbRole: string;
  readonly deadLetterBucket: string;
  readonly secret: string;
  /** The connector file's `connection.uri`: the secrets that it names are created too. */
  readonly connectionUri: string | undefined;
  readonly documentdbUser: string;
}

export const DEFAULT_RESOURCES: LocalResources = Object.freeze({
  region: 'eu-west-1',
  accountA: '111111111111',
  accountB: '222222222222',
  stream: 'orders',
  streamShards: 4,
  streamRole: 'orders-stream-writer',
  externalId: 'msk-sinks-local',
  kinesisRole: 'msk-sinks-local-kinesis',
  documentdbRole: 'msk-sinks-local-documentdb',
  deadLetterBucket: 'msk-sinks-local-111111111111-dead-letters',
  secret: 'msk-sinks/local/documentdb',
  connectionUri: undefined,
  documentdbUser: 'msk_sinks',
});

export interface ResourceArns {
  readonly stream: string;
  readonly streamRole: string;
  readonly kinesisRole: string;
  readonly documentdbRole: string;
  /** The ARN without the six random characters that AWS adds; GetSecretValue accepts it. */
  readonly secret: string;
}

/** The names of all secrets that the functions may read. */
export const secretNames = ({ secret, connectionUri = '' }: LocalResources): readonly string[] => [
  ...new Set([secret, ...placeholdersOf(connectionUri).map(({ path }) => path)]),
];

export function resourceArns(resources: LocalResources): ResourceArns {
  const { region, accountA, accountB } = resources;
  return {
    stream: `arn:aws:kinesis:${region}:${accountB}:stream/${resources.stream}`,
    streamRole: `arn:aws:iam::${accountB}:role/${resources.streamRole}`,
    kinesisRole: `arn:aws:iam::${accountA}:role/${resources.kinesisRole}`,
    documentdbRole: `arn:aws:iam::${accountA}:role/${resources.documentdbRole}`,
    secret: `arn:aws:secretsmanager:${region}:${accountA}:secret:${resources.secret}`,
  };
}
