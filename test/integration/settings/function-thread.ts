import { Worker } from 'node:worker_threads';

export interface FunctionOptions {
  /** The folder of a bundle with `index.js`. */
  readonly folder: string;
  /** The whole environment of the function. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What an invocation ended with. */
export type Invoked = { readonly response: unknown } | { readonly error: string };

export interface FunctionThread {
  /** @param remainingMs what Lambda's context says at the start */
  invoke(event: unknown, remainingMs?: number): Promise<Invoked>;
  /** The JSON lines that the function has written to standard output: log lines and metrics. */
  lines(): readonly Readonly<Record<string, unknown>>[];
  stop(): Promise<void>;
}

/** Each thread loads the bundle anew, in an environment of its own, as an execution environment of Lambda does. */
const CODE = `
  const { parentPort, workerData } = require('node:worker_threads');
  const loading = import(workerData);
  // After all lines: standard output has a channel of its own.
  const answer = async (result) => {
    await new Promise((resolve) => process.stdout.write('\\n', resolve));
    parentPort.postMessage(result);
  };
  parentPort.on('message', async ({ event, remainingMs }) => {
    const answerByMs = performance.now() + remainingMs;
    const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => answerByMs - performance.now() };
    try {
      const { handler } = await loading;
      await answer({ response: await handler(event, context) });
    } catch (error) {
      await answer({ error: String(error?.message) });
    }
  });
`;

/** Loads a built function in a thread of its own. */
export function startFunctionThread({ folder, environment }: FunctionOptions): FunctionThread {
  const worker = new Worker(CODE, {
    eval: true,
    env: { ...environment },
    workerData: `file://${folder}/index.js`,
    stdout: true,
    stderr: true,
  });
  let output = '';
  worker.stdout.on('data', (chunk) => {
    output += chunk;
  });
  return {
    invoke(event, remainingMs = 30_000) {
      worker.postMessage({ event, remainingMs });
      return new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
    },
    lines: () =>
      output
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
    stop: async () => {
      await worker.terminate();
    },
  };
}

/** What Lambda adds to the environment, and the address of the AWS server. */
export const lambdaEnvironment = (url: string) => ({
  AWS_REGION: 'eu-west-1',
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: OWN_ACCESS_KEY_ID,
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** The access key of the function's own role. */
export const OWN_ACCESS_KEY_ID = 'ASIAOWN';
