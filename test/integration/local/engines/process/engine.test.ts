import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Engine, type EngineOptions, startEngine } from '../../../../../local/engines/process/engine.ts';
import { logSince } from '../../../../../local/engines/process/log-tail.ts';
import { freePorts } from '../../../../../local/engines/process/ports.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engine-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const WAITS = 'echo ready; exec sleep 1000';

/** An engine that is a shell script, ready when it says so. */
function optionsOf(script: string, overrides: Partial<EngineOptions> = {}): EngineOptions {
  const logFile = join(folder, 'logs', 'engine.log');
  return {
    name: 'the trial engine',
    command: '/bin/sh',
    args: ['-c', script],
    cwd: folder,
    environment: { PATH: '/usr/bin:/bin' },
    logFile,
    isReady: async (offset) => (await logSince(logFile, offset)).includes('ready'),
    readyTimeoutMs: 5_000,
    killAfterMs: 2_000,
    ...overrides,
  };
}

async function anEngine(options: EngineOptions): Promise<Engine> {
  const engine = await startEngine(options);
  onTestFinished(() => engine.stop());
  return engine;
}

/** A process that has ended but that nobody has collected yet (state Z) does not run. */
function isRunning(pid: number | undefined): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

describe('an engine that starts', () => {
  it('runs until it is stopped', async () => {
    const engine = await anEngine(optionsOf(WAITS));
    const pid = engine.pid();
    expect(isRunning(pid)).toBe(true);
    await engine.stop();
    expect(isRunning(pid)).toBe(false);
    expect(engine.pid()).toBeUndefined();
  });

  it('runs again after a kill, once the new process is ready', async () => {
    const engine = await anEngine(optionsOf(WAITS));
    const pid = engine.pid();
    await engine.kill();
    expect(isRunning(pid)).toBe(false);
    await engine.restart();
    expect(isRunning(engine.pid())).toBe(true);
    expect(engine.pid()).not.toBe(pid);
    await expect(engine.restart()).rejects.toThrow('the trial engine is still running');
  });

  it('is killed when it does not end on SIGTERM', async () => {
    const engine = await anEngine(
      optionsOf('trap "" TERM; echo ready; while :; do sleep 0.05; done', { killAfterMs: 100 }),
    );
    const pid = engine.pid();
    await engine.stop();
    expect(isRunning(pid)).toBe(false);
  });

  it('takes its own children with it', async () => {
    const engine = await anEngine(optionsOf('sleep 1000 & echo child $!; echo ready; wait'));
    const child = Number(/child (\d+)/.exec(await logSince(engine.logFile, 0))?.[1]);
    expect(isRunning(child)).toBe(true);
    await engine.stop();
    await vi.waitUntil(() => !isRunning(child));
  });

  it('reports its death, but not a stop', async () => {
    const deaths: Error[] = [];
    const options = optionsOf(WAITS, { onDeath: (error) => deaths.push(error) });
    const stopped = await anEngine(options);
    await stopped.stop();
    const dying = await anEngine(options);
    process.kill(dying.pid() ?? 0, 'SIGKILL');
    await vi.waitUntil(() => deaths.length > 0);
    expect(deaths).toHaveLength(1);
    expect(deaths[0]?.message).toContain('the trial engine ended by itself (signal: SIGKILL)');
  });
});

describe('an engine that does not start', () => {
  it('is named with its log and the last lines of it when it ends', async () => {
    const failure = startEngine(optionsOf('echo port in use >&2; exit 4'));
    await expect(failure).rejects.toThrow('the trial engine ended before it was ready (exit status 4)');
    await expect(failure).rejects.toThrow(join(folder, 'logs', 'engine.log'));
    await expect(failure).rejects.toThrow('  | port in use');
  });

  it('is stopped when it is not ready in time', async () => {
    const pidFile = join(folder, 'pid');
    const options = optionsOf(`echo $$ > ${pidFile}; exec sleep 1000`, { readyTimeoutMs: 300 });
    await expect(startEngine(options)).rejects.toThrow('the trial engine was not ready after 0.3 s');
    expect(isRunning(Number(await logSince(pidFile, 0)))).toBe(false);
  });

  it('says so when its program is missing', async () => {
    const options = optionsOf('', { command: join(folder, 'absent') });
    await expect(startEngine(options)).rejects.toThrow('did not start (ENOENT)');
  });
});

describe('free ports', () => {
  it('are different, and outside the range of outgoing connections', async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).toBe(20);
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  it('are given once, to whoever asks at the same time and before any is bound', async () => {
    const calls = await Promise.all([freePorts(30), freePorts(30), freePorts(30)]);
    const ports = [...calls.flat(), ...(await freePorts(30))];
    expect(new Set(ports).size).toBe(120);
  });

  it('of a process that lives are given to no other process', async () => {
    const module = join(import.meta.dirname, '../../../../../local/engines/process/ports.ts');
    const program = `import { freePorts } from ${JSON.stringify(module)};
       process.stdout.write(JSON.stringify(await freePorts(400)));
       setInterval(() => {}, 1000);`;
    const children = [1, 2].map(() => spawn(process.execPath, ['--input-type=module', '--eval', program]));
    const ports = await Promise.all(
      children.map(async ({ stdout }) => JSON.parse(String((await once(stdout, 'data'))[0])) as number[]),
    );
    for (const child of children) child.kill('SIGKILL');
    expect(new Set(ports.flat()).size).toBe(800);
  });
});

describe('a process that is killed', () => {
  it('takes the processes that it started with it', async () => {
    const script = join(folder, 'parent.ts');
    const module = join(import.meta.dirname, '../../../../../local/engines/process/managed-process.ts');
    await writeFile(
      script,
      `import { startProcess } from ${JSON.stringify(module)};
       const child = startProcess({ command: '/bin/sleep', args: ['1000'], cwd: '/', environment: {} });
       const gone = startProcess({ command: '/bin/sleep', args: ['1000'], cwd: '/', environment: {} });
       await gone.stop(1000);
       process.stdout.write(child.pid + '\\n');
       setInterval(() => {}, 1000);`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const child = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
    expect(isRunning(child)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitUntil(() => !isRunning(child), { timeout: 5_000 });
  });
});
