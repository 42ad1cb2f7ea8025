import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { deploymentOf } from '../infra/deployment.ts';
import { parseStageFile, type StageFile } from '../infra/stage-file.ts';
import { SettingsError } from '../shared/errors.ts';
import { DEFAULT_RESOURCES, type LocalResources } from './engines/resources.ts';
import { PROJECT_ROOT } from './pipeline/package-template.ts';

/** What config/local.yml says, as far as this machine has to provide it. */
export interface LocalStage {
  readonly resources: LocalResources;
  readonly topic: string;
  readonly database: string;
  readonly collection: string;
}

const SERVICE = 'msk-sinks';
const FILE = 'config/local.yml';

/**
 * Reads config/local.yml, before anything is started.
 * @throws SettingsError that lists every problem
 */
export async function readLocalStage(): Promise<LocalStage> {
  return localStageOf(parse(await readFile(join(PROJECT_ROOT, FILE), 'utf8')));
}

export function localStageOf(input: unknown): LocalStage {
  const file = parseStageFile(input, FILE);
  const [topic = '', ...others] = file.trigger.topics;
  if (others.length > 0) {
    throw new SettingsError(FILE, ['trigger.topics names several topics: npm start produces orders to one']);
  }
  const { database, collection = topic } = file.documentdbSink;
  return { resources: resourcesOf(file), topic, database, collection };
}

function resourcesOf(file: StageFile): LocalResources {
  const { deadLetterBucket, functions } = deploymentOf(SERVICE, 'local', file);
  const roleOf = (name: string) => functions.find((each) => each.name === name)?.roleName ?? '';
  const { streamArn, roleArn, externalId } = file.kinesisSink;
  if (roleArn === undefined || externalId === undefined) {
    throw new SettingsError(FILE, [
      'kinesisSink.roleArn and externalId must be written: the local stream has no resource policy',
    ]);
  }
  return {
    ...DEFAULT_RESOURCES,
    region: file.region,
    accountA: file.accountId,
    accountB: accountOf(streamArn),
    stream: nameOf(streamArn, 'stream/'),
    streamRole: nameOf(roleArn, 'role/'),
    externalId,
    kinesisRole: roleOf('kinesisSink'),
    documentdbRole: roleOf('documentdbSink'),
    deadLetterBucket,
    secret: nameOf(file.documentdbSink.secretArn, 'secret:'),
  };
}

/** arn:aws:service:region:<account>:.. */
const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

const nameOf = (arn: string, kind: string): string => arn.slice(arn.indexOf(`:${kind}`) + kind.length + 1);
