import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { SinkName } from '../../../infra/sinks.ts';
import { FUNCTION_TIMEOUT_SECONDS_MAX } from '../../../shared/limits.ts';
import { explained } from '../../aws/explain.ts';
import type { DeadLetterStage } from '../stage.ts';

export interface Invocation {
  /** JSON text: the function's answer, or what it threw. */
  readonly payload: string;
  /** The handler threw, ran out of time or memory, or its process died. */
  readonly hasFailed: boolean;
}

/** Invokes a deployed function and waits for its answer. Rejects with an Error that says what to do. */
export type Invoke = (sink: SinkName, eventJson: string) => Promise<Invocation>;

/** The SDK waits between attempts, and tries again what Lambda throttled. */
const ATTEMPTS_MAX = 8;
const CONNECT_TIMEOUT_MS = 10_000;

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function lambdaInvoke({ region, accountId, functionNames }: DeadLetterStage): Invoke {
  const client = new LambdaClient({
    region,
    maxAttempts: ATTEMPTS_MAX,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: (FUNCTION_TIMEOUT_SECONDS_MAX + 60) * 1_000,
      throwOnRequestTimeout: true,
    }),
  });
  return async (sink, eventJson) => {
    const name = functionNames[sink];
    const command = new InvokeCommand({ FunctionName: name, Payload: Buffer.from(eventJson) });
    const { Payload, FunctionError } = await client.send(command).catch((error: unknown) => {
      throw explained(error, { right: 'lambda:InvokeFunction', resource: `the function ${name}`, region, accountId });
    });
    return { payload: Payload?.transformToString() ?? '', hasFailed: FunctionError !== undefined };
  };
}
