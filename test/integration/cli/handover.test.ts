// `npm run handover` against a real Kafka: a plain consumer, then the local trigger, then the consumer again.
import { randomUUID } from 'node:crypto';
import { Consumer } from '@platformatic/kafka';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openGroups } from '../../../cli/handover/groups.ts';
import { handOver } from '../../../cli/handover/run.ts';
import { readStageFile } from '../../../infra/stage-file/read-stage-file.ts';
import type { Mapping } from '../../../local/msk-trigger/mapping/mapping.ts';
import { aStageFile } from '../../support/a-stage-file.ts';
import {
  aMapping,
  aTopic,
  caughtUp,
  client,
  committedOffsets,
  disconnect,
  FunctionDouble,
  produce,
  start,
  stopAll,
  upTo,
} from '../msk-trigger-harness.ts';

const groups = openGroups(client);

afterEach(stopAll);
afterAll(async () => {
  await groups.close();
  await disconnect();
});

/** A stage whose kinesisSink reads the topic. */
const stageOf = (topic: string) =>
  readStageFile('msk-sinks', `s${randomUUID().slice(0, 8)}`, aStageFile({ trigger: { topics: [topic] } }));

const groupOf = (deployment: ReturnType<typeof stageOf>): string =>
  deployment.functions[0]?.mappings[0]?.consumerGroupId ?? '';

const aCommittedGroup = async (topic: string, offset: number): Promise<string> => {
  const group = `connect-${randomUUID()}`;
  await groups.commit(group, topic, [{ partition: 0, offset }]);
  return group;
};

async function run(
  deployment: ReturnType<typeof stageOf>,
  otherGroup: string,
  changes: Partial<Parameters<typeof handOver>[0]> = {},
): Promise<readonly string[]> {
  const lines: string[] = [];
  const options = { sink: 'kinesisSink', otherGroup, direction: 'toMappings', dryRun: false, ...changes } as const;
  await handOver(options, deployment, groups, (line) => lines.push(line));
  return lines;
}

/** What the mapping reads from where its group is. */
async function readOn(topic: string, consumerGroupId: string): Promise<readonly string[]> {
  const sink = new FunctionDouble();
  const mapping: Mapping = aMapping(topic, { consumerGroupId });
  const trigger = await start(mapping, sink);
  await caughtUp(trigger);
  await trigger.stop();
  return sink.values;
}

/** Reads like a home-made consumer: commits each record, and ends after `count`. */
async function consume(topic: string, groupId: string, count: number): Promise<readonly string[]> {
  const consumer = new Consumer({ ...client, groupId });
  const values: string[] = [];
  try {
    const stream = await consumer.consume({
      topics: [topic],
      mode: 'committed',
      fallbackMode: 'earliest',
      autocommit: false,
    });
    for await (const message of stream) {
      values.push(message.value.toString());
      await message.commit();
      if (values.length === count) break;
    }
  } finally {
    await consumer.close(true);
  }
  return values;
}

describe('npm run handover', () => {
  it('lets the mapping go on where the consumer ended, and the consumer where the mapping ended', async () => {
    const topic = await aTopic();
    const deployment = stageOf(topic);
    const group = `doka-${randomUUID()}`;
    await produce(topic, 0, 10);
    expect(await consume(topic, group, 4)).toEqual(upTo(4).map(String));

    expect(await run(deployment, group)).toEqual([
      `${topic}: ${group} -> ${groupOf(deployment)}`,
      '  0: goes on at 4, 6 records wait',
      'copied',
    ]);
    expect(await readOn(topic, groupOf(deployment))).toEqual(['4', '5', '6', '7', '8', '9']);

    await produce(topic, 10, 12);
    const back = await run(deployment, group, { direction: 'back' });
    expect(back[1]).toBe(
      '  0: goes on at 10, 2 records wait; the target was at 4: 6 records that the source has read are skipped',
    );
    expect(await consume(topic, group, 2)).toEqual(['10', '11']);
  });

  it('prints and copies nothing in a dry run', async () => {
    const topic = await aTopic();
    const deployment = stageOf(topic);
    await produce(topic, 0, 3);
    const lines = await run(deployment, await aCommittedGroup(topic, 2), { dryRun: true });
    expect(lines[1]).toBe('  0: goes on at 2, 1 records wait');
    expect(lines).not.toContain('copied');
    expect(await committedOffsets(aMapping(topic, { consumerGroupId: groupOf(deployment) }))).toEqual({});
  });

  it('says which records are repeated where the mapping was ahead', async () => {
    const topic = await aTopic();
    const deployment = stageOf(topic);
    await produce(topic, 0, 5);
    await groups.commit(groupOf(deployment), topic, [{ partition: 0, offset: 5 }]);
    expect((await run(deployment, await aCommittedGroup(topic, 2)))[1]).toContain(
      'the target was at 5: 3 records are repeated',
    );
  });

  it('names a partition that the group never committed', async () => {
    const topic = await aTopic(2);
    const deployment = stageOf(topic);
    await produce(topic, 0, 1);
    expect((await run(deployment, await aCommittedGroup(topic, 1)))[2]).toContain('1: no committed offset: begins at');
  });

  it('refuses while a group has members', async () => {
    const topic = await aTopic();
    await produce(topic, 0, 2);
    const group = await aCommittedGroup(topic, 1);
    const consumer = new Consumer({ ...client, groupId: group });
    await consumer.consume({ topics: [topic] });
    await expect(run(stageOf(topic), group)).rejects.toThrow(`the group ${group} has 1 member(s): stop the connector`);
    await consumer.close(true);
  });

  it.each([
    ['a group that never read the topic', undefined, /has no committed offset of .*: check the name of the group/],
    ['a topic that was made anew', 7, /at offset 7 of .*, but the log ends at 2: the topic was made anew/],
  ])('refuses %s', async (_what, offset, words) => {
    const topic = await aTopic();
    await produce(topic, 0, 2);
    const group = offset === undefined ? `connect-${randomUUID()}` : await aCommittedGroup(topic, offset);
    const deployment = stageOf(topic);
    await expect(run(deployment, group)).rejects.toThrow(words);
    expect(await committedOffsets(aMapping(topic, { consumerGroupId: groupOf(deployment) }))).toEqual({});
  });

  it('has nothing to copy where the mapping reads as the group itself', async () => {
    const topic = await aTopic();
    const deployment = stageOf(topic);
    expect((await run(deployment, groupOf(deployment)))[0]).toContain('there is nothing to copy');
  });

  it('asks which function is meant', async () => {
    await expect(run(stageOf('orders'), 'connect-x', { sink: undefined })).rejects.toThrow('name one with --function');
  });
});
