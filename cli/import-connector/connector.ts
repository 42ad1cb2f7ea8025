import { parse } from 'yaml';
import { functionSettings } from '../../functions/documentdb-sink/connector/file/function-settings.ts';
import { readConnectorSettings, settingOf } from '../../infra/stage-file/connector-settings.ts';
import { type NamedConnector, readNamedConnector } from '../../infra/stage-file/named-connector.ts';
import type { Surroundings } from '../../infra/stage-file/project-files.ts';
import {
  ACCOUNT_GAP,
  authenticationGaps,
  brokersTell,
  CLUSTER_GAP,
  type Gap,
  handoverSteps,
  type Import,
  REGION_GAP,
} from './import.ts';

/**
 * What a connector file becomes. The function reads the file itself, so that only what surrounds it is a setting.
 * @param path where the file will be in the project
 */
export function importConnector(text: string, path: string, stage: string, surroundings: Surroundings): Import {
  const own = { ...surroundings, readFile: (name: string) => (name === path ? text : surroundings.readFile(name)) };
  const reading = readNamedConnector(path, own);
  const named = reading.kind === 'sound' ? reading.named : undefined;
  const settings = [
    { path: ['documentdbSink', 'connector'], value: path, from: 'this file, unchanged' },
    ...managedSettings(text),
  ];
  const has = (name: string) => settings.some((each) => each.path.join('.') === name);
  const writtenAuthentication = settings.find((each) => each.path.join('.') === AUTHENTICATION)?.value;
  const authentication = authenticationGaps(writtenAuthentication);
  const group = groupOf(path, own, parsed(text).connectorName);
  return {
    source: 'the connector file',
    settings,
    gaps: [ACCOUNT_GAP, REGION_GAP, CLUSTER_GAP, ...authentication.gaps, ...VPC_GAPS].filter(
      (gap) => !has(gap.path.join('.')),
    ),
    changes: [...changesOf(named), ...authentication.changes],
    notTaken: named === undefined ? [] : notTaken(named.connector),
    next: [
      'stop the connector, and wait until its group has no members',
      ...handoverSteps({ stage, sink: 'documentdbSink', group }, writtenAuthentication),
      `npx serverless deploy --stage ${stage}`,
    ],
  };
}

const AUTHENTICATION = 'cluster.authentication';

const VPC_GAPS: readonly Gap[] = [
  { path: ['documentdbSink', 'subnetIds'], what: 'private subnets of the VPC of DocumentDB', isList: true },
  { path: ['documentdbSink', 'securityGroupIds'], what: 'a security group that DocumentDB lets in', isList: true },
];

/** What `aws kafkaconnect describe-connector` says of the worker around the settings. */
function managedSettings(text: string): Import['settings'] {
  const described = parsed(text);
  const { connectorArn, kafkaCluster, kafkaClusterClientAuthentication } = described;
  const [, , , region, accountId] = String(connectorArn ?? '').split(':');
  const cluster = kafkaCluster?.apacheKafkaCluster;
  const told = brokersTell(String(cluster?.bootstrapServers ?? ''));
  const isIam = kafkaClusterClientAuthentication?.authenticationType === 'IAM';
  const rows: readonly (readonly [path: string, value: unknown, from: string])[] = [
    ['accountId', accountId, 'connectorArn'],
    ['region', region ?? told.region, region === undefined ? 'bootstrapServers' : 'connectorArn'],
    isIam
      ? [AUTHENTICATION, 'iam', 'kafkaClusterClientAuthentication']
      : [AUTHENTICATION, told.authentication, 'the port of bootstrapServers'],
    ['documentdbSink.subnetIds', cluster?.vpc?.subnets, 'kafkaCluster.apacheKafkaCluster.vpc.subnets'],
    [
      'documentdbSink.securityGroupIds',
      cluster?.vpc?.securityGroups,
      'kafkaCluster.apacheKafkaCluster.vpc.securityGroups',
    ],
  ];
  return rows
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([path, value, from]) => ({ path: path.split('.'), value, from }));
}

// biome-ignore lint/suspicious/noExplicitAny: a file of any form, of which a few members are read.
function parsed(text: string): any {
  try {
    const value = text.trimStart().startsWith('{') ? parse(text) : undefined;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** The group of a sink connector. https://kafka.apache.org/documentation/#connectconfigs_consumer */
function groupOf(path: string, surroundings: Surroundings, connectorName: unknown): string {
  const file = readConnectorSettings(path, surroundings);
  const named = (name: string) => (file === undefined ? undefined : settingOf(file, name, surroundings)?.value);
  return named('consumer.override.group.id') ?? `connect-${connectorName ?? named('name') ?? 'NAME'}`;
}

const changesOf = (named: NamedConnector | undefined): readonly string[] => [
  'documents get the field _k (the stored version); readers ignore it',
  onPoison(named),
  'each topic is a mapping with a consumer group of its own: npm run handover copies the offsets',
  'docs/migrating.md has the other differences',
];

const DEAD_LETTERS = 'a record that can never be written becomes a dead letter in S3, alone; an outage never makes one';
const BLOCKS =
  'errors.tolerance is none: a record that can never be written holds the records behind it, until it is mended or the mapping gives up; errors.tolerance=all makes a dead letter of it instead';
const DECIDED =
  'errors.tolerance decides about a record that can never be written: none holds the records behind it, all makes a dead letter in S3';

function onPoison(named: NamedConnector | undefined): string {
  if (named === undefined) return DECIDED;
  return functionSettings(named.connector).onPoison === 'block' ? BLOCKS : DEAD_LETTERS;
}

const notTaken = ({
  ignored,
  meaningless,
}: {
  readonly ignored: readonly string[];
  readonly meaningless: readonly { readonly name: string; readonly reason: string }[];
}): readonly string[] => [
  ...ignored.map((line) => `${line} (unknown, and ignored as in Kafka Connect)`),
  ...meaningless.map(({ name, reason }) => `${name}: ${reason}`),
];
