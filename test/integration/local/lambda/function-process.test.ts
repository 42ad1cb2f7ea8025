import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type FunctionOptions,
  type FunctionProcess,
  startFunction,
} from '../../../../local/lambda/function-process.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'function-'));
  // The bundle's folder says that its files are modules, as the project's package.json does.
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Starts a function whose bundle is this text. */
async function aFunction(source: string, options: Partial<FunctionOptions> = {}): Promise<FunctionProcess> {
  await writeFile(join(folder, 'index.js'), source);
  const running = await startFunction({
    name: 'kinesisSink',
    codeFolder: folder,
    handler: 'index.handler',
    environment: { AWS_REGION: 'eu-west-1' },
    timeoutMs: 10_000,
    memoryMb: 512,
    logFile: join(folder, 'function.log'),
    ...options,
  });
  onTestFinished(() => running.stop());
  return running;
}

const PID = 'export const handler = async () => process.pid;';

describe('what a handler answers', () => {
  it('comes back as JSON text, with the event it was given', async () => {
    const echo = await aFunction('export const handler = async (event) => ({ got: event });');
    expect(await echo.invoke('{"a":["é"]}')).toMatchObject({ kind: 'answered', payload: '{"got":{"a":["é"]}}' });
  });

  it('is null when it answers undefined', async () => {
    const silent = await aFunction('export const handler = async () => {};');
    expect(await silent.invoke('{}')).toMatchObject({ kind: 'answered', payload: 'null' });
  });

  it('fails when it has no JSON text', async () => {
    const odd = await aFunction('export const handler = async ({ big }) => (big ? 1n : () => 1);');
    expect(await odd.invoke('{}')).toMatchObject({ kind: 'failed', errorType: 'TypeError' });
    expect(await odd.invoke('{"big":true}')).toMatchObject({ kind: 'failed', errorType: 'TypeError' });
  });

  it('may be up to 6,291,556 bytes, and one more fails', async () => {
    const long = await aFunction('export const handler = async ({ bytes }) => "x".repeat(bytes - 2);');
    expect(await long.invoke('{"bytes":6291556}')).toMatchObject({ kind: 'answered' });
    expect(await long.invoke('{"bytes":6291557}')).toMatchObject({
      kind: 'failed',
      errorType: 'Function.ResponseSizeTooLarge',
    });
    expect(await long.invoke('{"bytes":7000000}')).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
    expect(await long.invoke('{"bytes":10}')).toMatchObject({ kind: 'answered' });
  });

  it('comes from a handler that is not async as well', async () => {
    const plain = await aFunction('export const handler = (event, context) => context.functionName;');
    expect(await plain.invoke('{}')).toMatchObject({ payload: '"kinesisSink"' });
  });
});

describe('a handler of another project', () => {
  const CALLBACK =
    'exports.api = { onOrders(event, context, done) { done(event.fail ? new RangeError("no") : null, event.n); } };';

  async function aForeignFunction(source: string, options: Partial<FunctionOptions> = {}): Promise<FunctionProcess> {
    await writeFile(join(folder, 'package.json'), '{}');
    await mkdir(join(folder, 'src', 'v1.2'), { recursive: true });
    await writeFile(join(folder, 'src', 'v1.2', 'orders.js'), source);
    return await aFunction('', { handler: 'src/v1.2/orders.api.onOrders', ...options });
  }

  it('may be any export of any CommonJS file below the folder, in which it runs', async () => {
    const source = 'const all = { api: { onOrders: async () => process.cwd() } }; module.exports = all;';
    const found = await aForeignFunction(source);
    expect(await found.invoke('{}')).toMatchObject({
      kind: 'answered',
      payload: JSON.stringify(await realpath(folder)),
    });
  });

  it('may take a callback where the runtime is older than Node.js 24', async () => {
    const old = await aForeignFunction(CALLBACK, { runtime: 'nodejs22.x' });
    expect(await old.invoke('{"n":7}')).toMatchObject({ kind: 'answered', payload: '7' });
    expect(await old.invoke('{"fail":true}')).toMatchObject({ kind: 'failed', errorType: 'RangeError' });
    const both = 'exports.api = { onOrders: async (event, context, done) => event.n };';
    expect(await (await aForeignFunction(both, { runtime: 'nodejs20.x' })).invoke('{"n":8}')).toMatchObject({
      payload: '8',
    });
  });

  it('is refused with a callback where the runtime is Node.js 24', async () => {
    const current = await aForeignFunction(CALLBACK);
    expect(await current.invoke('{}')).toMatchObject({ errorType: 'Runtime.CallbackHandlerDeprecated' });
  });
});

describe('a failure of the handler', () => {
  it('carries the name and the message of what was thrown, and the process lives on', async () => {
    const throwing = await aFunction(
      'export const handler = async ({ fail }) => { if (fail) throw new RangeError("too far"); return process.pid; };',
    );
    const pid = throwing.pid();
    expect(await throwing.invoke('{"fail":true}')).toMatchObject({
      kind: 'failed',
      errorType: 'RangeError',
      errorMessage: 'too far',
    });
    expect(await throwing.invoke('{}')).toMatchObject({ kind: 'answered', payload: String(pid) });
  });

  it('is Function.Timeout when the time is up, and the next invocation gets a new process', async () => {
    const hanging = await aFunction(
      'setInterval(() => {}, 1000); export const handler = ({ hang }) => hang ? new Promise(() => {}) : process.pid;',
      { timeoutMs: 300 },
    );
    const pid = hanging.pid();
    const timedOut = await hanging.invoke('{"hang":true}');
    expect(timedOut).toMatchObject({ kind: 'failed', errorType: 'Function.Timeout' });
    expect(timedOut.kind === 'failed' && timedOut.errorMessage).toMatch(/Task timed out after 0\.30 seconds$/);
    expect(timedOut.durationMs).toBeGreaterThanOrEqual(299);
    const next = await hanging.invoke('{}');
    expect(next).toMatchObject({ kind: 'answered' });
    expect(next.kind === 'answered' && next.payload).not.toBe(String(pid));
  });

  it('is Function.Timeout, and the process does nothing more', async () => {
    const late = await aFunction(
      `import { writeFileSync } from 'node:fs';
      export const handler = () => new Promise(() => setTimeout(() => writeFileSync('late', ''), 1_000));`,
      { timeoutMs: 300 },
    );
    expect(await late.invoke('{}')).toMatchObject({ errorType: 'Function.Timeout' });
    await expect(readFile(join(folder, 'late'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is Function.Timeout for a handler that blocks its thread', async () => {
    const blocking = await aFunction('export const handler = async () => { for (;;); };', { timeoutMs: 300 });
    expect(await blocking.invoke('{}')).toMatchObject({ errorType: 'Function.Timeout' });
  });

  it('is Runtime.ExitError when the process ends, and the next invocation gets a new one', async () => {
    const exiting = await aFunction(
      'export const handler = async ({ exit }) => { if (exit) process.exit(3); return "fine"; };',
    );
    const failed = await exiting.invoke('{"exit":true}');
    expect(failed).toMatchObject({ kind: 'failed', errorType: 'Runtime.ExitError' });
    expect(failed.kind === 'failed' && failed.errorMessage).toMatch(/Runtime exited with error: exit status 3$/);
    expect(await exiting.invoke('{}')).toMatchObject({ kind: 'answered', payload: '"fine"' });
  });

  it('is Runtime.NodeJsExit when nothing is left that could settle its promise', async () => {
    const lost = await aFunction('export const handler = () => new Promise(() => {});');
    expect(await lost.invoke('{}')).toMatchObject({ kind: 'failed', errorType: 'Runtime.NodeJsExit' });
  });

  it('is Runtime.UnhandledPromiseRejection for a rejection that nobody handles', async () => {
    const careless = await aFunction(
      'export const handler = async ({ fail }) => { if (!fail) return 1; Promise.reject(new Error("lost")); await new Promise((done) => setTimeout(done, 5000)); };',
    );
    expect(await careless.invoke('{"fail":true}')).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'lost',
    });
    expect(await careless.invoke('{}')).toMatchObject({ kind: 'answered', payload: '1' });
  });
});

describe('a bundle that cannot be used', () => {
  it.each([
    ['throws when it is loaded', 'throw new TypeError("no setting");', 'TypeError', /no setting/],
    ['exports no handler', 'export const other = 1;', 'Runtime.HandlerNotFound', /index\.handler/],
    [
      'takes a callback',
      'export const handler = (a, b, c) => c();',
      'Runtime.CallbackHandlerDeprecated',
      /Node\.js 24/,
    ],
    ['is not JavaScript', 'export const = ;', 'Runtime.UserCodeSyntaxError', /SyntaxError/],
    ['imports what is missing', 'import "./absent.js"; export const handler = 1;', 'Error', /absent\.js/],
  ])('fails each invocation when it %s', async (_what, source, errorType, errorMessage) => {
    const broken = await aFunction(source);
    for (const invocation of [await broken.invoke('{}'), await broken.invoke('{}')]) {
      expect(invocation).toMatchObject({ kind: 'failed', errorType });
      expect(invocation.kind === 'failed' && invocation.errorMessage).toMatch(errorMessage);
    }
  });
});

describe('processes', () => {
  it('are as many as there are invocations at once, up to the bound', async () => {
    const slow = await aFunction(
      'export const handler = async () => { await new Promise((done) => setTimeout(done, 200)); return process.pid; };',
      { environmentsMax: 2 },
    );
    const invocations = await Promise.all([1, 2, 3, 4].map(() => slow.invoke('{}')));
    const pids = invocations.map((invocation) => (invocation.kind === 'answered' ? invocation.payload : 'failed'));
    expect(new Set(pids).size).toBe(2);
    expect(pids).not.toContain('failed');
    expect(slow.pids()).toHaveLength(2);
  });

  it('are used again, one after another', async () => {
    const running = await aFunction(PID);
    const first = await running.invoke('{}');
    expect(await running.invoke('{}')).toMatchObject({ payload: first.kind === 'answered' ? first.payload : '' });
    expect(running.pids()).toHaveLength(1);
  });

  it('fail what they do when they are killed, and are replaced', async () => {
    const log: string[] = [];
    const running = await aFunction(
      'export const handler = async ({ hang }) => { console.log("begun"); if (hang) await new Promise((done) => setTimeout(done, 60000)); return 1; };',
      { timeoutMs: 60_000, onLogLine: (line) => log.push(line) },
    );
    const underWay = running.invoke('{"hang":true}');
    await vi.waitUntil(() => log.length > 0, { timeout: 5_000 });
    await running.kill();
    expect(await underWay).toMatchObject({ kind: 'failed', errorType: 'Runtime.ExitError' });
    expect(running.pid()).toBeUndefined();
    expect(await running.invoke('{}')).toMatchObject({ kind: 'answered', payload: '1' });
  });

  it('are replaced when they were killed while idle', async () => {
    const running = await aFunction(PID);
    await running.invoke('{}');
    await running.kill();
    expect(await running.invoke('{}')).toMatchObject({ kind: 'answered' });
  });

  it('are replaced within the bound, also for an invocation that waits', async () => {
    const only = await aFunction(
      'export const handler = async ({ exit }) => { if (exit) process.exit(3); return "fine"; };',
      { environmentsMax: 1 },
    );
    for (const _time of [1, 2]) {
      const [ended, waited] = await Promise.all([only.invoke('{"exit":true}'), only.invoke('{}')]);
      expect(ended).toMatchObject({ errorType: 'Runtime.ExitError' });
      expect(waited).toMatchObject({ payload: '"fine"' });
      expect(await only.invoke('{"exit":true}')).toMatchObject({ errorType: 'Runtime.ExitError' });
    }
  });

  it('are gone after a stop, which refuses later and waiting invocations', async () => {
    const running = await aFunction('export const handler = () => new Promise((done) => setTimeout(done, 60000));', {
      environmentsMax: 1,
      timeoutMs: 60_000,
    });
    const pid = running.pid() ?? 0;
    const underWay = running.invoke('{}');
    const waiting = running.invoke('{}');
    await running.stop();
    expect(await underWay).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(await waiting).toMatchObject({ errorType: 'Function.Stopped' });
    expect(await running.invoke('{}')).toMatchObject({ kind: 'failed', errorType: 'Function.Stopped' });
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('report the most memory they have held', async () => {
    const running = await aFunction(
      'export const handler = async ({ keeps }) => { if (keeps) globalThis.kept = Buffer.alloc(200e6, 1); };',
    );
    await running.invoke('{"keeps":true}');
    await running.invoke('{}');
    expect(running.memoryPeakMb()).toBeGreaterThan(200);
    expect(running.memoryPeakMb()).toBeLessThan(600);
    await running.kill();
    await running.invoke('{}');
    expect(running.memoryPeakMb()).toBeGreaterThan(200);
  });
});

describe('what a process is given', () => {
  it('is the environment given and what Lambda sets, and nothing of this machine', async () => {
    process.env['MSK_SINKS_TEST_OF_THIS_MACHINE'] = 'leaked';
    onTestFinished(() => {
      delete process.env['MSK_SINKS_TEST_OF_THIS_MACHINE'];
    });
    const running = await aFunction('export const handler = async () => process.env;', {
      environment: { AWS_REGION: 'eu-west-1', STREAM: 'orders', TZ: 'Asia/Tokyo', NODE_OPTIONS: '--no-warnings' },
    });
    const answer = await running.invoke('{}');
    const environment: unknown = JSON.parse(answer.kind === 'answered' ? answer.payload : '{}');
    expect(environment).toMatchObject({
      STREAM: 'orders',
      NODE_OPTIONS: '--no-warnings',
      TZ: ':UTC',
      _HANDLER: 'index.handler',
      LAMBDA_TASK_ROOT: folder,
      AWS_LAMBDA_FUNCTION_NAME: 'kinesisSink',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    });
    expect(Object.keys(environment ?? {})).not.toContain('MSK_SINKS_TEST_OF_THIS_MACHINE');
  });

  it('is a heap that fits its memory', async () => {
    const source = `import { getHeapStatistics } from 'node:v8';
      export const handler = async () => getHeapStatistics().heap_size_limit / 2 ** 20;`;
    const running = await aFunction(source, { memoryMb: 256 });
    const answer = await running.invoke('{}');
    expect(Number(answer.kind === 'answered' && answer.payload)).toBeGreaterThan(231);
    expect(Number(answer.kind === 'answered' && answer.payload)).toBeLessThan(300);
  });

  it('is a context with the time that remains', async () => {
    const running = await aFunction(
      'export const handler = async (_, context) => ({ ...context, remaining: context.getRemainingTimeInMillis() });',
    );
    const answer = await running.invoke('{}');
    expect(answer.kind === 'answered' && JSON.parse(answer.payload)).toMatchObject({
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      functionName: 'kinesisSink',
      functionVersion: '$LATEST',
      memoryLimitInMB: '512',
      logGroupName: '/aws/lambda/kinesisSink',
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:kinesisSink',
    });
    const { remaining } = JSON.parse(answer.kind === 'answered' ? answer.payload : '{}');
    expect(remaining).toBeGreaterThan(5_000);
    expect(remaining).toBeLessThanOrEqual(10_000);
  });

  it('is refused when the event is over 6 MB, before any process sees it', async () => {
    const running = await aFunction(PID);
    expect(await running.invoke(`"${'x'.repeat(6_291_556)}"`)).toMatchObject({
      kind: 'failed',
      errorType: 'RequestEntityTooLargeException',
    });
    expect(await running.invoke(`"${'x'.repeat(6_291_554)}"`)).toMatchObject({ kind: 'answered' });
  });
});

describe('the log', () => {
  it('holds what the function writes, with START and REPORT; lines of standard output are passed on unchanged', async () => {
    const told: string[] = [];
    const running = await aFunction(
      'export const handler = async () => { process.stdout.write("{\\"_aws\\":1}\\n"); console.warn("slow"); process.stderr.write("aside\\n"); };',
      { onLogLine: (line) => told.push(line) },
    );
    await running.invoke('{}');
    await running.stop();
    const log = await readFile(join(folder, 'function.log'), 'utf8');
    expect(log).toMatch(/^START RequestId: /m);
    expect(log).toMatch(/^REPORT RequestId: .*Max Memory Used: \d+ MB$/m);
    expect(log).toMatch(/^aside$/m);
    expect(log).toMatch(/^\S+Z\t[0-9a-f-]{36}\tWARN\tslow$/m);
    expect(told[0]).toBe('{"_aws":1}');
    expect(told).toHaveLength(2);
  });
});
