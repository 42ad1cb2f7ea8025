import { operationsOf } from '../operations/operations.ts';
import type { Surroundings } from '../stage-file/project-files.ts';
import { readStageFile } from '../stage-file/read-stage-file.ts';
import { deadLettersOf } from './dead-letters.ts';
import type { Deployment } from './deployment.ts';
import { functionsOf } from './functions.ts';
import { mappingsOf } from './mappings.ts';
import { noticesOf, triggerNoticesOf } from './notices.ts';
import { outputsOf } from './outputs.ts';
import { checkQuotas } from './quotas.ts';
import { blockingNoticesOf, tombstoneNoticesOf } from './retention-notices.ts';
import { rolesOf } from './roles/roles.ts';

export interface TemplateParts {
  /** Information for the user that needs no correction. */
  readonly notices: readonly string[];
  readonly accountId: string;
  readonly region: string;
  readonly logRetentionDays: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly terminationProtection: boolean | undefined;
  readonly deploymentBucket: object;
  readonly functions: Readonly<Record<string, object>>;
  readonly resources: {
    readonly Resources: Readonly<Record<string, object>>;
    readonly Outputs: Readonly<Record<string, object>>;
    /** Properties that the framework adds to its own resources. */
    readonly extensions?: Readonly<Record<string, object>>;
  };
}

/**
 * Validates a stage file and derives the parts of serverless.yml.
 * @throws SettingsError that lists every problem
 */
export function templateParts(
  service: string,
  stage: string,
  stageFile: unknown,
  surroundings?: Surroundings,
): TemplateParts {
  const deployment: Deployment = readStageFile(service, stage, stageFile, surroundings);
  const { accountId, region, logRetentionDays, tags = {}, deploymentBucket, terminationProtection } = deployment.file;
  const resources = {
    ...deadLettersOf(deployment),
    ...rolesOf(deployment),
    ...mappingsOf(deployment),
    ...operationsOf(deployment),
  };
  const outputs = outputsOf(deployment);
  checkQuotas(deployment, resources, outputs);
  return {
    notices: [
      ...noticesOf(deployment),
      ...triggerNoticesOf(deployment),
      ...blockingNoticesOf(deployment),
      ...tombstoneNoticesOf(deployment),
    ],
    accountId,
    region,
    logRetentionDays,
    tags,
    terminationProtection,
    deploymentBucket:
      deploymentBucket === undefined ? { blockPublicAccess: true, versioning: true } : { name: deploymentBucket },
    functions: functionsOf(deployment),
    resources: {
      Resources: resources,
      Outputs: outputs,
      ...logGroupKeyOf(deployment),
    },
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
const logGroupKeyOf = ({ file: { logKmsKeyArn }, functions }: Deployment): object =>
  logKmsKeyArn === undefined
    ? {}
    : {
        extensions: Object.fromEntries(
          functions.map(({ id }) => [`${id}LogGroup`, { Properties: { KmsKeyId: logKmsKeyArn } }]),
        ),
      };
