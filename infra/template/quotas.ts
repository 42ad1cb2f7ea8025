import { SettingsError } from '../../shared/errors.ts';
import type { DeployedFunction, Deployment } from './deployment.ts';
import { POLICIES_MAX } from './roles/topic-policies.ts';

type Resources = Readonly<Record<string, object>>;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const RESOURCES_MAX = 500;
const OUTPUTS_MAX = 200;
const CHARACTERS_MAX = 1_000_000;

/** What the framework adds: a bucket with a policy and its name, and for each function itself, a log group and its ARN. */
const FRAMEWORK = { resources: 2, outputs: 1 } as const;
const FRAMEWORK_OF_FUNCTION = { resources: 2, outputs: 1 } as const;

/**
 * CloudFormation refuses a stack with more of anything, or stops halfway through its deployment.
 * @throws SettingsError that says what a stage with fewer topics has
 */
export function checkQuotas({ stage, functions }: Deployment, resources: Resources, outputs: Resources): void {
  const countOf = (kind: 'resources' | 'outputs', own: Resources) =>
    Object.keys(own).length + FRAMEWORK[kind] + functions.length * FRAMEWORK_OF_FUNCTION[kind];
  const mappingCount = functions.reduce((sum, { mappings }) => sum + mappings.length, 0);
  const tooMany = (count: number, max: number, what: string, remedy: string): readonly string[] =>
    count <= max
      ? []
      : [`the stack has ${count} ${what} with ${mappingCount} mappings, and CloudFormation allows ${max}: ${remedy}`];
  const problems = [
    ...tooMany(countOf('resources', resources), RESOURCES_MAX, 'resources', `${DIVIDE}; ${WITHOUT_ALARMS}`),
    ...tooMany(countOf('outputs', outputs), OUTPUTS_MAX, 'outputs', DIVIDE),
    ...tooMany(JSON.stringify({ resources, outputs }).length, CHARACTERS_MAX, 'characters', DIVIDE),
    ...policyProblems(resources),
    ...functions.flatMap(environmentProblem),
  ];
  if (problems.length > 0) throw new SettingsError(`config/${stage}.yml`, problems);
}

const DIVIDE = 'divide the topics between several stages';
const WITHOUT_ALARMS = 'without alarms.topicArn, or with fewer trigger.metrics, a mapping has fewer resources';

function policyProblems(resources: Resources): readonly string[] {
  return Object.entries(resources).flatMap(([logicalId, resource]) => {
    const { ManagedPolicyArns: { length } = [] } = (resource as Role).Properties ?? {};
    return length <= POLICIES_MAX
      ? []
      : [`${logicalId} needs ${length} policies for its topics, and IAM attaches ${POLICIES_MAX} to a role: ${DIVIDE}`];
  });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const ENVIRONMENT_BYTES_MAX = 4_096;

/** Values of a connector file's `${env:NAME}` can be of any length. */
function environmentProblem({ name, environment }: DeployedFunction): readonly string[] {
  const bytes = Buffer.byteLength(Object.entries(environment).flat().join(''));
  return bytes <= ENVIRONMENT_BYTES_MAX
    ? []
    : [
        `${name}: its environment has ${bytes} bytes, and Lambda allows ${ENVIRONMENT_BYTES_MAX}: write long values into the connector file itself, or read them with \${sm:..} or \${ssm:..}`,
      ];
}

interface Role {
  readonly Properties?: { readonly ManagedPolicyArns?: readonly unknown[] };
}
