import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DECIDED_BY_CONNECTOR } from '../functions/documentdb-sink/settings.ts';
import type { NamedConnector } from '../infra/stage-file/named-connector.ts';
import { readStageFile } from '../infra/stage-file/read-stage-file.ts';
import { parseStageText } from '../infra/stage-file/written-stage.ts';
import type { Deployment } from '../infra/template/deployment.ts';
import { SettingsError } from '../shared/errors.ts';
import { DEFAULT_RESOURCES, type LocalResources } from './engines/aws/resources.ts';
import { PROJECT_ROOT } from './pipeline/package-template.ts';

/** The part of config/local.yml that the local pipeline has to provide. */
export interface LocalStage {
  readonly resources: LocalResources;
  /** The topic of the produced orders; a connector file may read other topics too. */
  readonly topic: string;
  /** Topics of `trigger.onFailure`. */
  readonly failureTopics: readonly string[];
  readonly database: string;
  readonly collection: string;
  /** documentdbSink's connector file, if one is named. */
  readonly connector: NamedConnector | undefined;
  /** The stage file to deploy. */
  readonly stageFile: StageFileWritten;
}

type StageFileWritten = Readonly<Record<string, unknown>>;

const SERVICE = 'msk-sinks';
const STAGE = 'local';
const FILE = `config/${STAGE}.yml`;

/**
 * Reads config/local.yml, before anything is started.
 * @throws SettingsError that lists every problem
 */
export async function readLocalStage(connectorFile?: string): Promise<LocalStage> {
  const input = parseStageText(await readFile(join(PROJECT_ROOT, FILE), 'utf8'), FILE) as StageFileWritten;
  return localStageOf(connectorFile === undefined ? input : withConnector(input, connectorFile));
}

/** The same stage with a connector file, without the settings that the file decides; kinesisSink reads its first topic. */
export function withConnector(input: StageFileWritten, connector: string): StageFileWritten {
  const section = Object.entries((input['documentdbSink'] ?? {}) as object);
  const others = Object.fromEntries(section.filter(([name]) => !DECIDED_BY_CONNECTOR.has(name)));
  const changed = { ...input, documentdbSink: { ...others, connector } };
  const [topic] = readStageFile(SERVICE, STAGE, changed).connector?.connector.topics ?? [];
  return { ...changed, trigger: { ...(input['trigger'] as object), topics: [topic] } };
}

export function localStageOf(input: StageFileWritten): LocalStage {
  const deployment = readStageFile(SERVICE, STAGE, input);
  const { kinesisSink, documentdbSink, trigger } = deployment.file;
  if (kinesisSink === undefined || documentdbSink === undefined) {
    throw new SettingsError(FILE, ['kinesisSink and documentdbSink are both required: npm start runs both functions']);
  }
  const [topic = '', ...others] = trigger.topics ?? [];
  const ownTopics = deployment.connector === undefined ? documentdbSink.trigger?.topics : undefined;
  if (others.length > 0 || kinesisSink.trigger?.topics !== undefined || ownTopics !== undefined) {
    throw new SettingsError(FILE, [
      'trigger.topics must name one topic for both functions: npm start produces orders to one topic',
    ]);
  }
  const { streamArn, roleArn, externalId } = kinesisSink;
  if (roleArn === undefined || externalId === undefined) {
    throw new SettingsError(FILE, [
      'kinesisSink.roleArn and kinesisSink.externalId are required: the local stream has no resource policy',
    ]);
  }
  const { connector } = deployment;
  return {
    resources: {
      ...resourcesOf(deployment, { streamArn, roleArn, externalId, secretArn: documentdbSink.secretArn }),
      connectionUri: connector?.connector.connectionUri,
    },
    topic,
    failureTopics: failureTopicsOf(deployment),
    ...namespaceIn(deployment, topic),
    connector,
    stageFile: input,
  };
}

const TOPIC = 'kafka://';

/** @throws SettingsError for a destination that this machine does not have */
function failureTopicsOf({ functions }: Deployment): readonly string[] {
  const destinations = [...new Set(functions.map(({ trigger }) => trigger.onFailure))];
  if (!destinations.every((each) => each === 'bucket' || each.startsWith(TOPIC)))
    throw new SettingsError(FILE, [
      'trigger.onFailure is a queue or an SNS topic, which npm start does not have: write bucket or kafka://TOPIC',
    ]);
  return destinations.filter((each) => each.startsWith(TOPIC)).map((each) => each.slice(TOPIC.length));
}

/** The namespace of most documents. */
function namespaceIn({ file, connector }: Deployment, topic: string): Pick<LocalStage, 'database' | 'collection'> {
  const { database = '', collection = topic } = file.documentdbSink ?? {};
  if (connector === undefined) return { database, collection };
  const properties = connector.connector.propertiesByTopic(topic);
  return { database: properties.text('database'), collection: properties.text('collection') || topic };
}

interface Targets {
  readonly streamArn: string;
  readonly roleArn: string;
  readonly externalId: string;
  readonly secretArn: string | undefined;
}

function resourcesOf({ deadLetterBucket, file, functions }: Deployment, targets: Targets): LocalResources {
  const roleOf = (name: string) => functions.find((each) => each.name === name)?.roleName ?? '';
  return {
    ...DEFAULT_RESOURCES,
    region: file.region,
    accountA: file.accountId,
    accountB: accountOf(targets.streamArn),
    stream: nameOf(targets.streamArn, 'stream/'),
    streamRole: nameOf(targets.roleArn, 'role/'),
    externalId: targets.externalId,
    kinesisRole: roleOf('kinesisSink'),
    documentdbRole: roleOf('documentdbSink'),
    deadLetterBucket,
    ...(targets.secretArn !== undefined && { secret: nameOf(targets.secretArn, 'secret:') }),
  };
}

/** arn:aws:service:region:<account>:.. */
const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

const nameOf = (arn: string, kind: string): string => arn.slice(arn.indexOf(`:${kind}`) + kind.length + 1);
