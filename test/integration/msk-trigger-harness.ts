import { randomUUID } from 'node:crypto';
import { Admin, Producer } from '@platformatic/kafka';
import { expect, inject, vi } from 'vitest';
import type { Invocation } from '../../local/lambda/invocation.ts';
import type { Mapping } from '../../local/msk-trigger/mapping/mapping.ts';
import type { TriggerOptions } from '../../local/msk-trigger/runtime/run.ts';
import { startTrigger, type Trigger } from '../../local/msk-trigger/runtime/trigger.ts';
import { endpointsOf } from '../support/engines-of-run.ts';

const { bootstrapServers } = (await endpointsOf(inject('runFolder'))).kafka;
export const client = { clientId: 'msk-trigger-test', bootstrapBrokers: bootstrapServers.split(',') };
export const admin = new Admin(client);
export const producer = new Producer({ ...client, acks: 1, strict: true });
/** Whatever value it is given, it writes null. */
export const tombstoneProducer = new Producer({ ...client, acks: 1, serializers: { value: () => undefined } });
const running: Trigger[] = [];

export interface EventRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: string;
  readonly key?: string;
  readonly value?: string;
  readonly headers: readonly Readonly<Record<string, readonly number[]>>[];
}

type Answer = (batch: readonly EventRecord[], invocation: number) => string | Error;

/** Takes the events of one function, and answers as the test says. */
export class FunctionDouble {
  readonly events: string[] = [];
  readonly records: EventRecord[] = [];
  readonly #answer: Answer;

  constructor(answer: Answer = () => 'null') {
    this.#answer = answer;
  }

  invoke = async (eventJson: string): Promise<Invocation> => {
    const event: { records: Readonly<Record<string, readonly EventRecord[]>> } = JSON.parse(eventJson);
    const batch = Object.values(event.records).flat();
    this.events.push(eventJson);
    this.records.push(...batch);
    const answer = this.#answer(batch, this.events.length);
    if (typeof answer === 'string') return { kind: 'answered', payload: answer, durationMs: 0 };
    return { kind: 'failed', errorType: answer.name, errorMessage: answer.message, durationMs: 0 };
  };

  offsetsOf(partition: number): readonly number[] {
    return this.records.filter((record) => record.partition === partition).map((record) => record.offset);
  }

  get values(): readonly string[] {
    return this.records.map((record) => Buffer.from(record.value ?? '', 'base64').toString());
  }
}

export async function aTopic(partitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
  const topic = `trigger-${randomUUID()}`;
  const entries = Object.entries(configs).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [topic], partitions, replicas: 1, configs: entries });
  return topic;
}

export function aMapping(topic: string, changes: Partial<Mapping> = {}): Mapping {
  return {
    logicalId: 'OrdersMapping',
    functionLogicalId: 'Sink',
    isEnabled: true,
    eventSourceArn: 'arn:aws:kafka:eu-west-1:111111111111:cluster/orders/11111111-2222-3333-4444-555555555555-1',
    topic,
    consumerGroupId: `group-of-${topic}`,
    startingPosition: { kind: 'TRIM_HORIZON' },
    filters: [],
    batchRecordsMax: 10,
    windowMs: 0,
    pollers: { min: 1, max: 4 },
    reportsItemFailures: true,
    retriesMax: 10_000,
    recordAgeMaxMs: Number.POSITIVE_INFINITY,
    bisects: false,
    destination: undefined,
    ...changes,
  };
}

export async function start(
  mapping: Mapping,
  sink: FunctionDouble,
  options: Partial<TriggerOptions> = {},
): Promise<Trigger> {
  const trigger = await startTrigger({
    mapping,
    bootstrapServers,
    invoke: sink.invoke,
    partialFailureRetry: 'listedOnly',
    log: () => undefined,
    backoff: { firstMs: 1, maxMs: 10 },
    ...options,
  });
  running.push(trigger);
  return trigger;
}

/** `from..to - 1` of one partition, the value being the number. */
export async function produce(topic: string, from: number, to: number, partition = 0): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, i) => String(from + i));
  await producer.send({ messages: numbers.map((value) => ({ topic, partition, value: Buffer.from(value) })) });
}

export async function totalLag(trigger: Trigger): Promise<number> {
  return (await trigger.lag()).reduce((sum, partition) => sum + partition.lag, 0);
}

export async function endOffset(topic: string): Promise<number> {
  const [listed] = await admin.listOffsets({
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1n }] }],
  });
  return Number(listed?.partitions[0]?.offset);
}

/** The commits are in Kafka once this has resolved and the trigger was stopped. */
export function caughtUp(trigger: Trigger): Promise<void> {
  return vi.waitFor(async () => expect(await totalLag(trigger)).toBe(0), { timeout: 20_000, interval: 20 });
}

export async function committedOffsets(mapping: Mapping): Promise<Readonly<Record<number, number>>> {
  const [group] = await admin.listConsumerGroupOffsets({ groups: [mapping.consumerGroupId] });
  const partitions = group?.topics.flatMap((topic) => topic.partitions) ?? [];
  return Object.fromEntries(partitions.map((found) => [found.partitionIndex, Number(found.committedOffset)]));
}

export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Stops what `start` started. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((trigger) => trigger.stop()));
}

export async function disconnect(): Promise<void> {
  await Promise.all([producer.close(), tombstoneProducer.close(), admin.close()]);
}

/** Of ten records the last five: what is left of a partition's share after a failure is always its end. */
export function isInSecondHalf(record: EventRecord): boolean {
  return record.offset % 10 >= 5;
}

export function without(batch: readonly EventRecord[], failed: readonly EventRecord[]): readonly EventRecord[] {
  return batch.filter((record) => !failed.includes(record));
}

export function failureOf({ topic, partition, offset }: EventRecord): object {
  return { itemIdentifier: { partition: `${topic}-${partition}`, offset } };
}
