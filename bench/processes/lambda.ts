import { dirname } from 'node:path';
import { startExecutionEnvironment } from '../../local/lambda/execution-environment.ts';
import { type Memory, memoryOf } from './process-figures.ts';

const TIMEOUT_MS = 60_000;
const ALL_DONE = '{"batchItemFailures":[]}';

export interface LambdaOptions {
  readonly name: string;
  /** The file that exports `handler`: `index.js` or `index.mjs`. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A function in a process as Lambda's runtime has it: the event arrives over the Runtime API. */
export interface Lambda {
  /** Resolves when the function waits for its first event. */
  ready(): Promise<void>;
  /** @throws Error unless the function has handled all records */
  invoke(eventJson: string): Promise<void>;
  memory(): Promise<Memory>;
  stop(): Promise<void>;
}

export async function startLambda({ name, file, environment }: LambdaOptions): Promise<Lambda> {
  const started = await startExecutionEnvironment({
    functionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:bench',
    cwd: dirname(file),
    environment: {
      ...environment,
      LAMBDA_TASK_ROOT: dirname(file),
      _HANDLER: 'index.handler',
      AWS_LAMBDA_FUNCTION_NAME: 'bench',
    },
    timeoutMs: TIMEOUT_MS,
    onStdout: () => undefined,
    onOther: () => undefined,
  });
  return {
    async ready() {
      if (!(await started.settled())) throw new Error(`${name} did not start`);
    },
    async invoke(eventJson) {
      const answer = await started.invoke(eventJson);
      const said = answer.kind === 'answered' ? answer.payload : `${answer.errorType}: ${answer.errorMessage}`;
      if (said !== ALL_DONE) throw new Error(`${name} answered ${said.slice(0, 300)}`);
    },
    memory: () => memoryOf(started.pid),
    stop: started.kill,
  };
}
