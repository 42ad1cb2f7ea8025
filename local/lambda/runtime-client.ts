// The program of a function's process. It behaves like the nodejs24.x runtime: it loads the handler, then handles one event after
// another. execution-environment.ts starts it with Lambda's environment variables. It imports only Node's modules, so that the
// function finds the same process state as in Lambda.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html, https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

// An import reads each name of a built-in module, and one of these loads undici: 10 to 50 ms that no function has in Lambda.
const { Agent, request: httpRequest } = process.getBuiltinModule('node:http');

type Handler = (event: unknown, context: object) => unknown;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const PREFIX = '/2018-06-01/runtime';
const EXIT_UNHANDLED_REJECTION = 128;
const EXIT_UNCAUGHT_EXCEPTION = 129;
const EXIT_RUNTIME_API_GONE = 1;
const CALLBACKS_ENDED_WITH = 24;

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const [host = '', port = ''] = variable('AWS_LAMBDA_RUNTIME_API').split(':');
let requestId: string | undefined;

class RuntimeError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = `Runtime.${name}`;
  }
}

function variable(name: string): string {
  return process.env[name] ?? '';
}

function call(
  method: string,
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const peak = { 'msk-sinks-memory-peak-kb': String(process.resourceUsage().maxRSS) };
    const options = { agent, host, port, method, path: PREFIX + path, headers: { ...length, ...peak, ...headers } };
    const request = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function postError(path: string, error: unknown): Promise<void> {
  const said = describe(error);
  process.stderr.write(
    `${new Date().toISOString()}\t${requestId ?? 'undefined'}\tERROR\tInvoke Error\t${JSON.stringify(said)}\n`,
  );
  await call('POST', path, JSON.stringify(said), {
    'content-type': 'application/json',
    'lambda-runtime-function-error-type': said.errorType,
  });
}

function describe(error: unknown): { errorType: string; errorMessage: string; trace: readonly string[] } {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

/** Prefixes every line of `console` with time, request and level, as CloudWatch shows it. Direct writes are unchanged. */
function patchConsole(): void {
  const levels = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;
  for (const [name, level] of Object.entries(levels)) {
    const write = (...values: unknown[]) => {
      const text = format(...values).replaceAll('\n', '\r');
      process.stdout.write(`${new Date().toISOString()}\t${requestId ?? 'undefined'}\t${level}\t${text}\n`);
    };
    Object.assign(console, { [name]: write });
  }
}

async function loadHandler(): Promise<Handler> {
  const setting = variable('_HANDLER');
  const [, file, name] = /^([^.]+)\.(.+)$/.exec(basename(setting)) ?? [];
  if (file === undefined || name === undefined) throw new RuntimeError('MalformedHandlerName', 'Bad handler');
  const module = await importFirst(join(dirname(setting), file));
  // Not every export of a CommonJS module is also one of its namespace.
  const handler = exported(module, name) ?? exported(module['default'], name);
  if (typeof handler !== 'function') {
    throw new RuntimeError('HandlerNotFound', `${setting} is undefined or not exported`);
  }
  if (handler.length < 3) return (event, context) => handler(event, context);
  if (nodeMajor() < CALLBACKS_ENDED_WITH) return withCallback((...values) => handler(...values));
  throw new RuntimeError(
    'CallbackHandlerDeprecated',
    'AWS Lambda has removed support for callback-based function handlers in Node.js 24: use an async handler.',
  );
}

/** @param path names of members, separated by dots */
function exported(module: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => Object(value)[name], module);
}

/** Of the function's runtime, which may be older than this process. */
const nodeMajor = (): number => Number(/nodejs(\d+)/.exec(variable('AWS_EXECUTION_ENV'))?.[1]);

type Callback = (error: unknown, result?: unknown) => void;

/** A handler for a runtime that takes callbacks. The answer is that of the callback, or of the promise if one is returned. */
function withCallback(handler: (event: unknown, context: object, callback: Callback) => unknown): Handler {
  return (event, context) =>
    new Promise((resolve, reject) => {
      const returned = handler(event, context, (error, result) => {
        if (error === null || error === undefined) resolve(result);
        else reject(error);
      });
      if (typeof Object(returned).then === 'function') resolve(returned);
    });
}

async function importFirst(file: string): Promise<Readonly<Record<string, unknown>>> {
  const path = join(variable('LAMBDA_TASK_ROOT'), file);
  for (const extension of ['.js', '.mjs', '.cjs']) {
    try {
      return await import(pathToFileURL(path + extension).href);
    } catch (error) {
      if (error instanceof SyntaxError) throw new RuntimeError('UserCodeSyntaxError', `SyntaxError: ${error.message}`);
      if (!isMissing(error, path + extension)) throw error;
    }
  }
  throw new RuntimeError('ImportModuleError', `Error: Cannot find module '${file}'`);
}

/** True if the file itself is missing, not one of its imports. */
function isMissing(error: unknown, path: string): boolean {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND') return false;
  return 'url' in error && error.url === pathToFileURL(path).href;
}

function contextOf(headers: Answer['headers']): object {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: requestId,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: variable('AWS_LAMBDA_FUNCTION_NAME'),
    functionVersion: variable('AWS_LAMBDA_FUNCTION_VERSION'),
    memoryLimitInMB: variable('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
    logGroupName: variable('AWS_LAMBDA_LOG_GROUP_NAME'),
    logStreamName: variable('AWS_LAMBDA_LOG_STREAM_NAME'),
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

async function handleOne(handler: Handler): Promise<void> {
  const next = await call('GET', '/invocation/next');
  requestId = String(next.headers['lambda-runtime-aws-request-id']);
  try {
    const result = await handler(JSON.parse(next.body), contextOf(next.headers));
    const payload: string | undefined = JSON.stringify(result === undefined ? null : result);
    if (payload === undefined) throw new TypeError('Unable to stringify response body');
    await call('POST', `/invocation/${requestId}/response`, payload, { 'content-type': 'application/json' });
  } catch (error) {
    await postError(`/invocation/${requestId}/error`, error);
  }
}

async function endWith(error: unknown, exitCode: number): Promise<void> {
  await postError(requestId === undefined ? '/init/error' : `/invocation/${requestId}/error`, error).catch(
    () => undefined,
  );
  process.exit(exitCode);
}

process.on('uncaughtException', (error) => void endWith(error, EXIT_UNCAUGHT_EXCEPTION));
process.on('unhandledRejection', (reason) => {
  void endWith(new RuntimeError('UnhandledPromiseRejection', describe(reason).errorMessage), EXIT_UNHANDLED_REJECTION);
});
// The event loop is empty, so the handler's promise can never settle.
process.once('beforeExit', () => {
  void endWith(
    new RuntimeError('NodeJsExit', 'The handler never answered: a promise was never settled.'),
    EXIT_RUNTIME_API_GONE,
  );
});

patchConsole();
const handler = await loadHandler().catch(async (error: unknown) => {
  await postError('/init/error', error);
  process.exit(1);
});
for (;;) {
  // The Runtime API ends with the parent process.
  await handleOne(handler).catch(() => process.exit(EXIT_RUNTIME_API_GONE));
}
