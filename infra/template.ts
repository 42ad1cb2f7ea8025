import { SettingsError } from '../shared/errors.ts';
import { deadLettersOf } from './dead-letters.ts';
import { type Deployment, deploymentOf } from './deployment.ts';
import { functionsOf } from './functions.ts';
import { mappingsOf } from './mappings.ts';
import { nameProblems } from './names.ts';
import { rolesOf } from './roles.ts';
import { parseStageFile } from './stage-file.ts';

export interface TemplateParts {
  readonly region: string;
  readonly logRetentionDays: number;
  readonly functions: Readonly<Record<string, object>>;
  readonly resources: { readonly Resources: Readonly<Record<string, object>> };
}

/**
 * What serverless.yml takes from a stage file. Validates the file as a whole first.
 * @throws SettingsError that lists every problem
 */
export function templateParts(service: string, stage: string, stageFile: unknown): TemplateParts {
  const file = parseStageFile(stageFile, `config/${stage}.yml`);
  const deployment: Deployment = deploymentOf(service, stage, file);
  const problems = nameProblems(deployment);
  if (problems.length > 0) throw new SettingsError(`config/${stage}.yml`, problems);
  return {
    region: file.region,
    logRetentionDays: file.logRetentionDays,
    functions: functionsOf(deployment),
    resources: {
      Resources: { ...deadLettersOf(deployment), ...rolesOf(deployment), ...mappingsOf(deployment) },
    },
  };
}
