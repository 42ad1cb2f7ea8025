// `npm run doctor -- --retries` against a real Kafka. The local trigger stands in for Lambda's pollers, and this file for CloudFormation
// and CloudWatch Logs: the template that would be deployed is the one that the trigger reads.
import { randomBytes } from 'node:crypto';
import { createContext, runInContext } from 'node:vm';
import { Admin } from '@platformatic/kafka';
import { afterAll, afterEach, describe, expect, inject, it } from 'vitest';
import type { Answer, Ask, Value } from '../../../cli/doctor/ask.ts';
import { scratchKafka } from '../../../cli/doctor/retries/kafka.ts';
import { findRetries, type RetriesParts } from '../../../cli/doctor/retries/run.ts';
import { scratchOf } from '../../../cli/doctor/retries/scratch.ts';
import { connectionTo } from '../../../cli/kafka/connection.ts';
import { readStageFile } from '../../../infra/stage-file/read-stage-file.ts';
import type { PartialFailureRetry } from '../../../local/msk-trigger/machine/settings.ts';
import { readMappings } from '../../../local/msk-trigger/mapping/read-mappings.ts';
import { startTrigger, type Trigger } from '../../../local/msk-trigger/runtime/trigger.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { aStageFile } from '../../support/a-stage-file.ts';
import { endpointsOf } from '../../support/engines-of-run.ts';

const { bootstrapServers } = (await endpointsOf(inject('runFolder'))).kafka;
const connection = connectionTo({ bootstrapServers, tls: false, login: undefined }, 'eu-west-1');
const admin = new Admin(connection);
const deployment = readStageFile('msk-sinks', 'dev', aStageFile({}));

const value = (answer: Value): Answer => ({ kind: 'value', value: answer });

/** A stack whose mapping and function run here. */
class LocalStack {
  readonly messages: string[] = [];
  readonly calls: string[] = [];
  readonly #retry: PartialFailureRetry;
  #trigger: Trigger | undefined;

  constructor(retry: PartialFailureRetry) {
    this.#retry = retry;
  }

  ask: Ask = async (command, options = {}) => {
    this.calls.push(command);
    switch (command) {
      case 'cloudformation create-stack':
        await this.#start(JSON.parse(String(options['template-body'])));
        return value({});
      case 'cloudformation describe-stacks':
        return this.#trigger === undefined
          ? { kind: 'missing' }
          : value({ Stacks: [{ StackStatus: 'CREATE_COMPLETE' }] });
      case 'cloudformation delete-stack':
        await this.stop();
        return value({});
      default:
        return value({ events: this.messages.map((message) => ({ message })) });
    }
  };

  async #start(template: Value): Promise<void> {
    const [mapping] = readMappings(template);
    if (mapping === undefined) throw new Error('the template has no mapping');
    const code: string = template.Resources.KinesisSinkLambdaFunction.Properties.Code.ZipFile;
    const log = (line: string) => this.messages.push(`2026-11-29T12:00:00Z\tid\tINFO\t${line}\n`);
    const context = createContext({ exports: {}, console: { log } });
    runInContext(code, context);
    this.#trigger = await startTrigger({
      ...{ mapping: { ...mapping, windowMs: 200 }, bootstrapServers, partialFailureRetry: this.#retry },
      ...{ log: () => undefined, backoff: { firstMs: 1, maxMs: 10 } },
      invoke: async (event) => {
        const payload = JSON.stringify(await context['exports'].handler(JSON.parse(event)));
        return { kind: 'answered', payload, durationMs: 0 };
      },
    });
  }

  async stop(): Promise<void> {
    await this.#trigger?.stop();
    this.#trigger = undefined;
  }
}

const stacks: LocalStack[] = [];

function aRun(retry: PartialFailureRetry, changes: Partial<RetriesParts> = {}) {
  const stack = new LocalStack(retry);
  stacks.push(stack);
  const scratch = scratchOf(deployment, randomBytes(4).toString('hex'));
  const lines: string[] = [];
  const clock = { ...systemClock, waitUntil: () => systemClock.waitUntil(systemClock.nowMs() + 50) };
  const parts: RetriesParts = {
    ...{ scratch, ask: stack.ask, kafka: scratchKafka(connection), clock },
    ...{ print: (line: string) => lines.push(line), stop: new AbortController().signal },
    ...changes,
  };
  return { stack, scratch, lines, parts };
}

async function leftovers(name: string): Promise<readonly string[]> {
  const names = [...(await admin.listTopics()), ...(await admin.listGroups()).keys()];
  return names.filter((each) => each === name);
}

afterEach(() => Promise.all(stacks.splice(0).map((stack) => stack.stop())));
afterAll(() => admin.close());

describe('npm run doctor -- --retries', () => {
  it.each(['listedOnly', 'fromLowest'] as const)('finds %s, and leaves nothing but the events', async (retry) => {
    const { parts, scratch } = aRun(retry);
    const { reading, fixture } = await findRetries(parts);
    await parts.kafka.close();
    expect(reading).toBe(retry);
    expect(JSON.parse(fixture)).toMatchObject({
      reading: retry,
      deliveries: expect.arrayContaining([expect.objectContaining({ eventSource: 'aws:kafka' })]),
    });
    const offsets = JSON.parse(fixture).deliveries.flatMap((event: Value) => Object.values(event.records).flat());
    expect(new Set(offsets.map((record: Value) => record.offset))).toEqual(new Set([0, 1, 2, 3, 4, 5]));
    expect(fixture).not.toContain(scratch.name);
    expect(fixture).not.toContain(bootstrapServers);
    expect(await leftovers(scratch.name)).toEqual([]);
  });

  it('leaves nothing when it is stopped on its way', async () => {
    const stop = AbortSignal.abort();
    const { parts, scratch, stack } = aRun('listedOnly', { stop });
    await expect(findRetries(parts)).rejects.toThrow('stopped');
    await parts.kafka.close();
    expect(stack.calls).toContain('cloudformation delete-stack');
    expect(await leftovers(scratch.name)).toEqual([]);
  });

  it('leaves nothing when the stack cannot be created, and says which right is missing', async () => {
    const ask: Ask = (command) =>
      Promise.resolve(command === 'cloudformation create-stack' ? { kind: 'denied' } : { kind: 'missing' });
    const { parts, scratch, lines } = aRun('listedOnly', { ask });
    await expect(findRetries(parts)).rejects.toThrow('allow cloudformation:CreateStack');
    await parts.kafka.close();
    expect(await leftovers(scratch.name)).toEqual([]);
    expect(lines.at(-1)).toContain('Remove by hand');
  });
});
