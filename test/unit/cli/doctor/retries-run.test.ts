import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../cli/doctor/ask.ts';
import { findRetries } from '../../../../cli/doctor/retries/run.ts';
import { scratchOf } from '../../../../cli/doctor/retries/scratch.ts';
import { SCRATCH_CODE } from '../../../../cli/doctor/retries/scratch-function.ts';
import { readStageFile } from '../../../../infra/stage-file/read-stage-file.ts';
import { aStageFile } from '../../../support/a-stage-file.ts';

const scratch = scratchOf(readStageFile('msk-sinks', 'dev', aStageFile({})), '0a1b2c3d');
const value = (of: unknown): Answer => ({ kind: 'value', value: of });
const stackIs = (StackStatus: string) => value({ Stacks: [{ StackStatus }] });
const logOf = (...deliveries: readonly (readonly number[])[]) =>
  value({
    events: deliveries.map((offsets) => ({
      message: `INFO DELIVERY ${JSON.stringify({ records: { 'scratch-0': offsets.map((offset) => ({ offset })) } })}`,
    })),
  });
const ALL = [0, 1, 2, 3, 4, 5];

/** The answers to each question one after the other; the last one again and again. */
const GOOD: Readonly<Record<string, readonly Answer[]>> = {
  'cloudformation create-stack': [value({})],
  'cloudformation describe-stacks': [stackIs('CREATE_IN_PROGRESS'), stackIs('CREATE_COMPLETE'), { kind: 'missing' }],
  'cloudformation delete-stack': [value({})],
  'logs filter-log-events': [logOf(), logOf(ALL), logOf(ALL, [2])],
};

function aRun(changes: Readonly<Record<string, readonly Answer[]>> = {}, failing: readonly string[] = []) {
  const done: string[] = [];
  const lines: string[] = [];
  const stopping = new AbortController();
  const answers = new Map(Object.entries({ ...GOOD, ...changes }).map(([command, all]) => [command, [...all]]));
  let nowMs = 0;
  const act = async (what: string) => {
    done.push(what);
    if (failing.includes(what)) throw new Error(`${what} failed`);
  };
  const kafka = {
    createTopic: (topic: string) => act(`create ${topic}`),
    produce: (topic: string, count: number) => act(`produce ${count} to ${topic}`),
    deleteGroup: (group: string) => act(`delete group ${group}`),
    deleteTopic: (topic: string) => act(`delete topic ${topic}`),
    close: () => Promise.resolve(),
  };
  const ask = async (command: string, options: object = {}) => {
    if (!command.includes('describe') && !command.includes('filter'))
      done.push(`${command} ${Object.values(options)[0]}`);
    const left = answers.get(command) ?? [];
    const [answer = { kind: 'failed', code: 'no answer' } as const] = left;
    if (left.length > 1) left.shift();
    return answer;
  };
  const clock = {
    nowMs: () => nowMs,
    wallTimeMs: () => nowMs,
    waitUntil: async (atMs: number) => {
      nowMs = atMs;
    },
  };
  const print = (line: string) => void lines.push(line);
  const run = () => findRetries({ scratch, ask, kafka, clock, print, stop: stopping.signal });
  return { run, done, lines, stopping, minutes: () => nowMs / 60_000 };
}

const { name } = scratch;
const MADE = [`create ${name}`, `produce 6 to ${name}`, `cloudformation create-stack ${name}`];
const REMOVED = [`cloudformation delete-stack ${name}`, `delete group ${name}`, `delete topic ${name}`];

describe('a run of the retries', () => {
  it('makes what it needs, waits for the second delivery, and removes the last thing first', async () => {
    const { run, done, lines, minutes } = aRun();
    const { reading, fixture } = await run();
    expect([reading, done]).toEqual(['listedOnly', [...MADE, ...REMOVED]]);
    expect(JSON.parse(fixture).deliveries).toHaveLength(2);
    expect(minutes()).toBe(0.5); // three questions were asked again after 10 s
    expect(lines).toContain('0 s: not yet (the stack is complete)');
    expect(lines).toContain('10 s: not yet (the failed record came twice)');
  });

  it.each([
    ['the topic', {}, [`create ${name}`], /create .* failed/, [MADE[0], REMOVED[2]]],
    ['its records', {}, [MADE[1]], /produce .* failed/, [MADE[0], MADE[1], REMOVED[2]]],
    [
      'the stack',
      { 'cloudformation create-stack': [{ kind: 'denied' }] },
      [],
      /\(denied\): allow cloudformation:CreateStack/,
      [...MADE, ...REMOVED],
    ],
    [
      'a part of the stack',
      { 'cloudformation describe-stacks': [stackIs('ROLLBACK_COMPLETE'), { kind: 'missing' }] },
      [],
      /ends as ROLLBACK_COMPLETE: read its events .*--stack-name/,
      [...MADE, ...REMOVED],
    ],
    [
      'the log',
      { 'logs filter-log-events': [{ kind: 'denied' }] },
      [],
      /allow logs:FilterLogEvents/,
      [...MADE, ...REMOVED],
    ],
  ] as const)('removes what it made where %s fails', async (_what, answers, failing, words, done) => {
    const world = aRun(answers as Readonly<Record<string, readonly Answer[]>>, failing as readonly string[]);
    await expect(world.run()).rejects.toThrow(words);
    expect(world.done).toEqual(done);
  });

  it('ends after a quarter of an hour without a second delivery, or where its user stops it', async () => {
    const late = aRun({ 'logs filter-log-events': [logOf(ALL)] });
    await expect(late.run()).rejects.toThrow('after 15 minutes it is not true that the failed record came twice');
    expect(late.done).toEqual([...MADE, ...REMOVED]);
    const stopped = aRun();
    stopped.stopping.abort();
    await expect(stopped.run()).rejects.toThrow('stopped');
    expect(stopped.done).toEqual([...MADE, ...REMOVED]);
  });

  it('says what to remove by hand, and removes the rest', async () => {
    const { run, done, lines } = aRun(
      { 'cloudformation describe-stacks': [stackIs('CREATE_COMPLETE'), stackIs('DELETE_FAILED')] },
      [`delete group ${name}`],
    );
    expect((await run()).reading).toBe('listedOnly');
    expect(done).toEqual([...MADE, ...REMOVED]);
    expect(lines.filter((line) => line.includes('by hand'))).toEqual([
      `the stack cannot be deleted (DELETE_FAILED). Remove by hand what is named ${name}.`,
      `delete group ${name} failed. Remove by hand what is named ${name}.`,
    ]);
  });
});

describe('the scratch function', () => {
  it('logs its event, and reports one record as failed', async () => {
    const logged: string[] = [];
    const exports: { handler?: (event: object) => Promise<object> } = {};
    runInNewContext(SCRATCH_CODE, { exports, console: { log: (line: string) => logged.push(line) } });
    const event = { records: { 'scratch-0': ALL.map((offset) => ({ offset })) } };
    expect(await exports.handler?.(event)).toEqual({
      batchItemFailures: [{ itemIdentifier: { partition: 'scratch-0', offset: 2 } }],
    });
    expect(logged).toEqual([`DELIVERY ${JSON.stringify(event)}`]);
  });
});
