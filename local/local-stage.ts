import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DECIDED_BY_CONNECTOR } from '../functions/documentdb-sink/settings.ts';
import type { NamedConnector } from '../infra/stage-file/named-connector.ts';
import { readStageFile } from '../infra/stage-file/read-stage-file.ts';
import type { Deployment } from '../infra/template/deployment.ts';
import { SettingsError } from '../shared/errors.ts';
import { DEFAULT_RESOURCES, type LocalResources } from './engines/resources.ts';
import { PROJECT_ROOT } from './pipeline/package-template.ts';

/** What config/local.yml says, as far as this machine has to provide it. */
export interface LocalStage {
  readonly resources: LocalResources;
  /** Where orders are produced; a connector's file may read others beside it. */
  readonly topic: string;
  readonly database: string;
  readonly collection: string;
  /** What documentdbSink follows, where a file was named. */
  readonly connector: NamedConnector | undefined;
  /** As it is deployed. */
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
  const input = parse(await readFile(join(PROJECT_ROOT, FILE), 'utf8'));
  return localStageOf(connectorFile === undefined ? input : withConnector(input, connectorFile));
}

/** The same stage, with a connector's file in place of what that file decides; kinesisSink reads its first topic. */
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
    throw new SettingsError(FILE, ['kinesisSink and documentdbSink must both be there: npm start runs the two']);
  }
  const [topic = '', ...others] = trigger.topics ?? [];
  const ownTopics = deployment.connector === undefined ? documentdbSink.trigger?.topics : undefined;
  if (others.length > 0 || kinesisSink.trigger?.topics !== undefined || ownTopics !== undefined) {
    throw new SettingsError(FILE, ['trigger.topics must name one topic for both: npm start produces orders to one']);
  }
  const { streamArn, roleArn, externalId } = kinesisSink;
  if (roleArn === undefined || externalId === undefined) {
    throw new SettingsError(FILE, [
      'kinesisSink.roleArn and externalId must be written: the local stream has no resource policy',
    ]);
  }
  const { connector } = deployment;
  return {
    resources: {
      ...resourcesOf(deployment, { streamArn, roleArn, externalId, secretArn: documentdbSink.secretArn }),
      connectionUri: connector?.connector.connectionUri,
    },
    topic,
    ...namespaceIn(deployment, topic),
    connector,
    stageFile: input,
  };
}

/** Where most documents go. */
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
