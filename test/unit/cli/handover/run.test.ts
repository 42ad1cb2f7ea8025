import { describe, expect, it } from 'vitest';
import type { Groups } from '../../../../cli/handover/groups.ts';
import { handOver } from '../../../../cli/handover/run.ts';
import type { Deployment } from '../../../../infra/template/deployment.ts';

const LOG = { beginning: 10, end: 100 };
const OTHER = 'connect-orders';
const mapping = (topic: string, consumerGroupId = `own-${topic}`) => ({ topic, consumerGroupId });

interface AFunction {
  readonly name: string;
  readonly mappings: readonly object[];
  readonly trigger?: object;
}

const aDeployment = (...functions: readonly AFunction[]) =>
  ({
    stage: 'dev',
    functions: functions.map((each) => ({ trigger: { startingPosition: 'TRIM_HORIZON' }, ...each })),
  }) as unknown as Deployment;
const ORDERS = aDeployment({ name: 'documentdbSink', mappings: [mapping('orders')] });

/** A cluster whose topics have two partitions, with the committed offsets of groups: `{'group topic': [of 0, of 1]}`. */
function aCluster(committed: Record<string, readonly (number | undefined)[]>, parts: ClusterParts = {}) {
  const offsets = new Map(Object.entries(committed).map(([place, own]) => [place, [...own]]));
  const printed: string[] = [];
  const commits: unknown[] = [];
  const groups: Groups = {
    memberCount: (group) => Promise.resolve(parts.members?.[group] ?? 0),
    view: (topic, sourceGroup, targetGroup) =>
      Promise.resolve(
        [0, 1].map((partition) => ({
          ...{ partition, ...LOG },
          source: offsets.get(`${sourceGroup} ${topic}`)?.[partition],
          target: offsets.get(`${targetGroup} ${topic}`)?.[partition],
        })),
      ),
    commit(group, topic, moved) {
      commits.push([group, topic, moved]);
      const own = offsets.get(`${group} ${topic}`) ?? [];
      for (const { partition, offset } of parts.forgets === group ? moved.slice(1) : moved) own[partition] = offset;
      offsets.set(`${group} ${topic}`, own);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  const run = (deployment: Deployment, options: Partial<Parameters<typeof handOver>[0]> = {}) =>
    handOver(
      { otherGroup: OTHER, direction: 'toMappings', dryRun: false, sink: undefined, ...options },
      deployment,
      groups,
      (line) => printed.push(line),
    );
  return { run, printed, commits, of: (group: string, topic: string) => offsets.get(`${group} ${topic}`) };
}

interface ClusterParts {
  readonly members?: Readonly<Record<string, number>>;
  /** A group whose commits leave out the first partition. */
  readonly forgets?: string;
}

describe('a handover', () => {
  it('copies the offsets of a group to those of the mappings, and says where each partition goes on', async () => {
    const cluster = aCluster({ [`${OTHER} orders`]: [40, 7] });
    await cluster.run(ORDERS);
    expect(cluster.of('own-orders', 'orders')).toEqual([40, 7]);
    expect(cluster.printed).toEqual([
      `orders: ${OTHER} -> own-orders`,
      '  0: goes on at 40, 60 records wait',
      '  1: goes on at 7, 90 records wait, 3 before them are no longer in Kafka',
      'copied',
    ]);
  });

  it('copies back, and says what is repeated and what is skipped', async () => {
    const cluster = aCluster({ 'own-orders orders': [40, 70], [`${OTHER} orders`]: [50, 60] });
    await cluster.run(ORDERS, { direction: 'back' });
    expect(cluster.of(OTHER, 'orders')).toEqual([40, 70]);
    expect(cluster.printed.slice(0, 3)).toEqual([
      `orders: own-orders -> ${OTHER}`,
      '  0: goes on at 40, 60 records wait; the target was at 50: 10 records are repeated',
      '  1: goes on at 70, 30 records wait; the target was at 60: 10 records that the source has read are skipped',
    ]);
  });

  it('leaves a partition that the source never committed, and says nothing of one that is there already', async () => {
    const cluster = aCluster({ [`${OTHER} orders`]: [40, undefined], 'own-orders orders': [40, 12] });
    await cluster.run(ORDERS);
    expect(cluster.commits).toEqual([['own-orders', 'orders', [{ partition: 0, offset: 40 }]]]);
    expect(cluster.printed.slice(1)).toEqual([
      '  0: goes on at 40, 60 records wait',
      '  1: no committed offset: the target stays at 12',
      'copied',
    ]);
    const atStart = aCluster({ [`${OTHER} orders`]: [LOG.beginning, LOG.end] });
    await atStart.run(ORDERS);
    expect(atStart.printed.slice(1, 3)).toEqual([
      '  0: goes on at 10, 90 records wait',
      '  1: goes on at 100, 0 records wait',
    ]);
    const fresh = aCluster({ [`${OTHER} orders`]: [40] });
    await fresh.run(ORDERS);
    expect(fresh.printed[2]).toBe(
      '  1: no committed offset: begins at the oldest record (trigger.startingPosition); the partition has 90 records',
    );
  });

  it('says which records a mapping skips that begins behind the newest record', async () => {
    const trigger = { startingPosition: 'LATEST' };
    const latest = aDeployment({ name: 'documentdbSink', mappings: [mapping('orders')], trigger });
    const cluster = aCluster({ [`${OTHER} orders`]: [40] });
    await cluster.run(latest);
    expect(cluster.printed[2]).toContain('LATEST), and skips the others; the partition has 90 records');
    const back = aCluster({ 'own-orders orders': [40] });
    await back.run(latest, { direction: 'back' });
    expect(back.printed[2]).toContain('begins where the target begins by itself; the partition has 90 records');
  });

  it('copies nothing in a dry run', async () => {
    const cluster = aCluster({ [`${OTHER} orders`]: [40, 7] });
    await cluster.run(ORDERS, { dryRun: true });
    expect(cluster.commits).toEqual([]);
    expect(cluster.printed).toHaveLength(3);
  });

  it.each([OTHER, 'own-orders'])('copies nothing while %s has members, and says what to stop', async (group) => {
    const cluster = aCluster({ [`${OTHER} orders`]: [40, 7] }, { members: { [group]: 2 } });
    await expect(cluster.run(ORDERS)).rejects.toThrow(`the group ${group} has 2 member(s): stop the connector`);
    expect([cluster.commits, cluster.printed]).toEqual([[], []]);
  });

  it('copies nothing of any topic where one of them cannot be copied, and names each reason', async () => {
    const three = aDeployment({
      name: 'documentdbSink',
      mappings: [mapping('orders'), mapping('refunds'), mapping('users')],
    });
    const cluster = aCluster({ [`${OTHER} orders`]: [102, 7], [`${OTHER} users`]: [100, 101] });
    await expect(cluster.run(three)).rejects.toThrow(
      `${OTHER} is at offset 102 of orders-0, but the log ends at 100: the topic was made anew, and the offsets mean nothing\n${OTHER} is at offset 101 of users-1`,
    );
    expect([cluster.commits, cluster.printed]).toEqual([[], []]);
  });

  it('copies nothing where the group has no offset at all', async () => {
    const two = aDeployment({ name: 'documentdbSink', mappings: [mapping('orders'), mapping('refunds')] });
    const cluster = aCluster({});
    await expect(cluster.run(two)).rejects.toThrow(
      `${OTHER} has no committed offset of orders: check the name of the group\n${OTHER} has no committed offset of refunds`,
    );
    expect([cluster.commits, cluster.printed]).toEqual([[], []]);
  });

  it.each(['toMappings', 'back'] as const)('leaves a topic that the source never read: %s', async (direction) => {
    const two = aDeployment({ name: 'documentdbSink', mappings: [mapping('orders'), mapping('refunds')] });
    const source = direction === 'back' ? 'own-orders' : OTHER;
    const cluster = aCluster({ [`${source} orders`]: [40, 7] });
    await cluster.run(two, { direction });
    expect(cluster.commits).toMatchObject([[direction === 'back' ? OTHER : 'own-orders', 'orders', {}]]);
    expect(cluster.printed.filter((line) => line.includes('no committed offset'))).toHaveLength(2);
    expect(cluster.printed.at(-1)).toBe('copied');
  });

  it('says that a group does not have its offsets afterwards', async () => {
    const cluster = aCluster({ [`${OTHER} orders`]: [40, 7] }, { forgets: 'own-orders' });
    await expect(cluster.run(ORDERS)).rejects.toThrow(
      `own-orders does not have the offsets of ${OTHER} afterwards: run the command again`,
    );
    expect(cluster.printed).not.toContain('copied');
  });

  it('has nothing to copy where a mapping reads as the group itself, and copies the others', async () => {
    const deployment = aDeployment({
      name: 'kinesisSink',
      mappings: [mapping('orders', OTHER), mapping('refunds')],
    });
    const cluster = aCluster({ [`${OTHER} orders`]: [40, 7], [`${OTHER} refunds`]: [20, 20] });
    await cluster.run(deployment);
    expect(cluster.printed[0]).toBe(`orders: the mapping reads as ${OTHER} itself, and there is nothing to copy`);
    expect(cluster.commits).toMatchObject([['own-refunds', 'refunds', {}]]);
    const own = aCluster({ [`${OTHER} orders`]: [40, 7] });
    await own.run(aDeployment({ name: 'kinesisSink', mappings: [mapping('orders', OTHER)] }));
    expect(own.printed).toHaveLength(1);
  });

  it('is of one function, which has to be named where a stage has both', async () => {
    const both = aDeployment(
      { name: 'kinesisSink', mappings: [mapping('orders', 'own-kinesis')] },
      { name: 'documentdbSink', mappings: [mapping('orders')] },
    );
    const cluster = aCluster({ [`${OTHER} orders`]: [40, 7] });
    await expect(cluster.run(both)).rejects.toThrow('config/dev.yml has both functions: name one with --function');
    await cluster.run(both, { sink: 'documentdbSink' });
    expect(cluster.commits).toMatchObject([['own-orders', 'orders', {}]]);
    await expect(cluster.run(ORDERS, { sink: 'kinesisSink' })).rejects.toThrow('config/dev.yml has no kinesisSink');
    await expect(cluster.run(aDeployment())).rejects.toThrow('config/dev.yml has no function');
  });
});
