import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readStageFile } from '../infra/stage-file/read-stage-file.ts';
import type { Deployment } from '../infra/template/deployment.ts';
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
const STAGE = 'local';
const FILE = `config/${STAGE}.yml`;

/**
 * Reads config/local.yml, before anything is started.
 * @throws SettingsError that lists every problem
 */
export async function readLocalStage(): Promise<LocalStage> {
  return localStageOf(parse(await readFile(join(PROJECT_ROOT, FILE), 'utf8')));
}

export function localStageOf(input: unknown): LocalStage {
  const deployment = readStageFile(SERVICE, STAGE, input);
  const { kinesisSink, documentdbSink, trigger } = deployment.file;
  if (kinesisSink === undefined || documentdbSink === undefined) {
    throw new SettingsError(FILE, ['kinesisSink and documentdbSink must both be there: npm start runs the two']);
  }
  const [topic = '', ...others] = trigger.topics ?? [];
  if (others.length > 0 || kinesisSink.trigger?.topics !== undefined || documentdbSink.trigger?.topics !== undefined) {
    throw new SettingsError(FILE, ['trigger.topics must name one topic for both: npm start produces orders to one']);
  }
  const { streamArn, roleArn, externalId } = kinesisSink;
  if (roleArn === undefined || externalId === undefined) {
    throw new SettingsError(FILE, [
      'kinesisSink.roleArn and externalId must be written: the local stream has no resource policy',
    ]);
  }
  const { database, collection = topic, secretArn } = documentdbSink;
  return {
    resources: resourcesOf(deployment, { streamArn, roleArn, externalId, secretArn }),
    topic,
    database,
    collection,
  };
}

interface Targets {
  readonly streamArn: string;
  readonly roleArn: string;
  readonly externalId: string;
  readonly secretArn: string;
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
    secret: nameOf(targets.secretArn, 'secret:'),
  };
}

/** arn:aws:service:region:<account>:.. */
const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

const nameOf = (arn: string, kind: string): string => arn.slice(arn.indexOf(`:${kind}`) + kind.length + 1);
