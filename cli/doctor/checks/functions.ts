import type { DeployedFunction } from '../../../infra/template/deployment.ts';
import type { Value } from '../ask.ts';
import { type Check, type Context, look } from '../context.ts';
import { type Finding, failed, notDeployed, ok, warning } from '../finding.ts';

/** The stack, as CloudFormation left it. */
export const checkStack: Check = ({ ask, deployment: { service, stage } }) =>
  look(
    ask,
    {
      title: 'stack',
      command: 'cloudformation describe-stacks',
      options: { 'stack-name': `${service}-${stage}` },
      right: 'cloudformation:DescribeStacks',
      missing: notDeployed(stage),
    },
    ({ Stacks: [stack] }: Value) => {
      const status = String(stack?.StackStatus);
      if (/^(CREATE|UPDATE)_COMPLETE$/.test(status)) return ok('stack', status);
      if (status.endsWith('_IN_PROGRESS')) return warning('stack', status, 'wait until the deployment has ended');
      return failed(
        'stack',
        status,
        `read the stack's events; ROLLBACK_COMPLETE: npx serverless remove --stage ${stage}`,
      );
    },
  );

/** State, runtime and settings of both functions. */
export const checkFunctions: Check = async (context) =>
  (await Promise.all(context.deployment.functions.map((each) => checkFunction(context, each)))).flat();

const checkFunction = ({ ask, deployment }: Context, each: DeployedFunction): Promise<readonly Finding[]> =>
  look(
    ask,
    {
      title: each.name,
      command: 'lambda get-function-configuration',
      options: { 'function-name': each.functionName },
      right: 'lambda:GetFunctionConfiguration',
      missing: (title) => [notDeployed(deployment.stage)(title), memoryOf(0, each)],
    },
    (value: Value) => [
      stateOf(value, each),
      settingsOf(value, each, deployment.stage),
      memoryOf(Number(value.MemorySize), each),
    ],
  );

/** What a new account allows until AWS raises the quota. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const NEW_ACCOUNT_MEMORY_MB = 3_008;

/** No question tells the account's quota of memory. A function that has so much shows that the account allows it. */
function memoryOf(deployedMb: number, { name, memoryMb }: DeployedFunction): Finding {
  const title = `${name}: memory`;
  if (memoryMb <= NEW_ACCOUNT_MEMORY_MB) return ok(title, `${memoryMb} MB, which every account allows`);
  if (memoryMb <= deployedMb) return ok(title, `${memoryMb} MB`);
  return warning(
    title,
    `not checked: memoryMb is ${memoryMb}, and a new account allows ${NEW_ACCOUNT_MEMORY_MB}`,
    "if the deployment fails with 'MemorySize' value failed to satisfy constraint, ask AWS Support for more, or lower memoryMb",
  );
}

function stateOf({ State, StateReason, LastUpdateStatus, LastUpdateStatusReason }: Value, { name }: DeployedFunction) {
  if (State !== undefined && State !== 'Active') {
    return failed(
      name,
      `the function is ${State}: ${StateReason ?? 'no reason given'}`,
      'deploy again, or read the reason',
    );
  }
  if (LastUpdateStatus === 'Failed') {
    return failed(name, `the last update failed: ${LastUpdateStatusReason ?? 'no reason given'}`, 'deploy again');
  }
  return ok(name, 'Active');
}

/** The stage file may have changed since the deployment. */
function settingsOf(value: Value, each: DeployedFunction, stage: string): Finding {
  const title = `${each.name}: settings`;
  const deployed = value.Environment?.Variables ?? {};
  const changed = Object.entries(each.environment).filter(([name, text]) => deployed[name] !== text);
  const names = [
    ...changed.map(([name]) => name),
    ...(value.MemorySize === each.memoryMb ? [] : ['memoryMb']),
    ...(value.Timeout === each.timeoutSeconds ? [] : ['timeoutSeconds']),
  ];
  return names.length === 0
    ? ok(title, 'as in the stage file')
    : warning(title, `the stage file differs: ${names.join(', ')}`, `npx serverless deploy --stage ${stage}`);
}
