import type { DeployedFunction, Deployment } from '../../../infra/template/deployment.ts';
import { mappingsOf } from '../../../infra/template/mappings.ts';
import { rolesOf } from '../../../infra/template/roles/roles.ts';
import { SCRATCH_CODE } from './scratch-function.ts';

/** The names of a run. All of them begin with the stage's own, and nothing else has them. */
export interface Scratch {
  /** The stack, the topic and the consumer group have the same name. */
  readonly name: string;
  readonly functionName: string;
  readonly logGroup: string;
  /** The body of the stack. */
  readonly template: object;
}

/** @param id eight hexadecimal digits that no other run has */
export function scratchOf(deployment: Deployment, id: string): Scratch {
  const [sink] = deployment.functions;
  if (sink === undefined)
    throw new Error(`config/${deployment.stage}.yml has no function: write kinesisSink or documentdbSink`);
  const name = `${deployment.service}-${deployment.stage}-retries-${id}`;
  const scratch: DeployedFunction = {
    ...sink,
    functionName: name,
    roleName: name,
    bisectBatch: false,
    trigger: Object.assign({}, sink.trigger, TRIGGER, { metrics: [], pollerGroup: 'none' }),
    mappings: [{ logicalId: 'Mapping', topic: name, consumerGroupId: name }],
  };
  const logGroup = `/aws/lambda/${name}`;
  return {
    name,
    functionName: name,
    logGroup,
    template: templateOf({ ...deployment, functions: [scratch] }, scratch, logGroup),
  };
}

/** One poller, one batch of all records, and few attempts, so that the scratch topic is done within minutes. */
const TRIGGER = {
  ...{ mode: 'provisioned', enabled: true, pollersMin: 1, pollersMax: 1 },
  ...{ batchRecordsMax: 100, batchWindowSeconds: 5, retryAttemptsMax: 2, recordAgeSecondsMax: undefined },
  ...{ startingPosition: 'TRIM_HORIZON', startingTimestamp: undefined },
  ...{ filter: undefined, filterKmsKeyArn: undefined, schemaRegistry: undefined, onFailure: 'bucket' },
};

function templateOf(deployment: Deployment, { id, functionName }: DeployedFunction, logGroup: string): object {
  const [mapping] = Object.values(mappingsOf(deployment)) as {
    readonly Properties: { readonly DestinationConfig?: object };
  }[];
  // The records are lost on purpose after the last attempt.
  const { DestinationConfig: _, ...properties } = mapping?.Properties ?? {};
  return {
    Description: 'npm run doctor -- --retries: may be deleted at any time',
    Resources: {
      ...rolesOf(deployment),
      LogGroup: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: logGroup, RetentionInDays: 1 } },
      [`${id}LambdaFunction`]: {
        Type: 'AWS::Lambda::Function',
        DependsOn: 'LogGroup',
        Properties: {
          FunctionName: functionName,
          ...{ Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout: 30, MemorySize: 128 },
          Role: { 'Fn::GetAtt': [`${id}Role`, 'Arn'] },
          Code: { ZipFile: SCRATCH_CODE },
        },
      },
      Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: properties },
    },
  };
}
