import type { DeployedFunction } from '../../../infra/template/deployment.ts';
import type { Value } from '../ask.ts';
import { type Check, type Context, look } from '../context.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';

const NOT_DEPLOYED = (stage: string) => (title: string) =>
  warning(title, 'not deployed', `npx serverless deploy --stage ${stage}`);

/** The stack, as CloudFormation left it. */
export const checkStack: Check = ({ ask, deployment: { service, stage } }) =>
  look(
    ask,
    {
      title: 'stack',
      command: 'cloudformation describe-stacks',
      options: { 'stack-name': `${service}-${stage}` },
      right: 'cloudformation:DescribeStacks',
      missing: NOT_DEPLOYED(stage),
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
      missing: NOT_DEPLOYED(deployment.stage),
    },
    (value: Value) => [stateOf(value, each), settingsOf(value, each, deployment.stage)],
  );

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

const GOOD_RESULT = /^(OK|No records processed)$/;

/** State and last result of each mapping, and whether another mapping reads with the same consumer group. */
export const checkMappings: Check = async (context) => {
  const { file, functions, stage } = context.deployment;
  return await look(
    context.ask,
    {
      title: 'mappings',
      command: 'lambda list-event-source-mappings',
      options: { 'event-source-arn': file.cluster.vpcConnectionArn ?? file.cluster.arn },
      right: 'lambda:ListEventSourceMappings',
      missing: NOT_DEPLOYED(stage),
    },
    ({ EventSourceMappings = [] }: Value) =>
      functions.flatMap((each) =>
        each.mappings.map(({ topic, consumerGroupId }) => {
          const title = `${each.name}: mapping of ${topic}`;
          const mapping = EventSourceMappings.find(
            ({ FunctionArn, Topics }: Value) =>
              String(FunctionArn).endsWith(`:${each.functionName}`) && Topics?.includes(topic),
          );
          const other = EventSourceMappings.find(
            (own: Value) => own !== mapping && groupOf(own) === consumerGroupId && own.Topics?.includes(topic),
          );
          if (other !== undefined) {
            return failed(
              title,
              `the group ${consumerGroupId} also reads for ${other.FunctionArn}: each gets a part of the records`,
              'choose another trigger.consumerGroupId for one of both',
            );
          }
          return mapping === undefined ? NOT_DEPLOYED(stage)(title) : mappingState(title, mapping, each);
        }),
      ),
  );
};

const groupOf = ({ AmazonManagedKafkaEventSourceConfig }: Value): unknown =>
  AmazonManagedKafkaEventSourceConfig?.ConsumerGroupId;

function mappingState(title: string, { State, LastProcessingResult }: Value, { trigger }: DeployedFunction): Finding {
  if (!trigger.enabled) {
    return warning(title, `${State}: trigger.enabled is false`, 'set trigger.enabled: true and deploy, to read again');
  }
  if (State !== 'Enabled') {
    return failed(title, `the mapping is ${State}`, 'wait if it is being changed; otherwise deploy again');
  }
  return LastProcessingResult === undefined || GOOD_RESULT.test(LastProcessingResult)
    ? ok(title, `Enabled, ${LastProcessingResult ?? 'no result yet'}`)
    : failed(title, LastProcessingResult, 'docs/first-deploy.md has a table of these results');
}

/** A function needs one concurrent invocation for each partition. */
export const checkConcurrency: Check = ({ ask, deployment: { functions } }) =>
  look(
    ask,
    {
      title: 'concurrency',
      command: 'lambda get-account-settings',
      right: 'lambda:GetAccountSettings',
      missing: (title) => warning(title, 'no answer', 'try again'),
    },
    ({ AccountLimit: { UnreservedConcurrentExecutions: free, ConcurrentExecutions: all } }: Value) => {
      const needed = functions.reduce((sum, each) => sum + neededBy(each), 0);
      return needed <= free
        ? ok('concurrency', `${free} of ${all} are free, up to ${needed} are needed`)
        : failed(
            'concurrency',
            `${free} of ${all} are free, up to ${needed} are needed`,
            'ask for a higher quota (aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384)',
          );
    },
  );

/** A poller runs up to five invocations at once. */
const neededBy = ({ trigger, mappings, reservedConcurrency }: DeployedFunction): number =>
  reservedConcurrency ?? mappings.length * (trigger.pollersMax ?? 1) * 5;
