import { describe, expect, it } from 'vitest';
import type { ScenarioRecord } from './scenario/scenario.ts';
import { EPOCH_MS } from './scenario/timeline.ts';
import { KafkaLog } from './services/kafka-log.ts';

describe('a topic that was made anew', () => {
  const aRecord = (id: number, timeMs?: number): ScenarioRecord => ({
    ...{ id, atMs: id * 1_000, key: 'a', kind: 'plain' },
    ...(timeMs !== undefined && { timeMs }),
  });

  it('has records that can be told from those that stood at their places before, whatever time a producer gave them', () => {
    const log = new KafkaLog(1);
    const before = log.produce(aRecord(1, -1), Buffer.from('x'));
    log.topics[0]?.recreate();
    const after = log.produce(aRecord(2, -1), Buffer.from('y'));
    expect([before.timestampMs, after.timestampMs]).toEqual([-1, EPOCH_MS + 2_000]);
    expect(log.find('orders-0', 0, before.timestampMs)).toBe(before);
    expect(log.find('orders-0', 0, after.timestampMs)).toBe(after);
  });

  it('has records with the time of their producer otherwise', () => {
    const log = new KafkaLog(1);
    log.produce(aRecord(1, -1), Buffer.from('x'));
    log.topics[0]?.recreate();
    expect(log.produce(aRecord(2, 0), Buffer.from('y')).timestampMs).toBe(0);
  });
});

describe('several topics', () => {
  const aRecord = (id: number, topic: number): ScenarioRecord => ({ id, atMs: 0, key: 'a', kind: 'plain', topic });

  it('have the same partitions, and the same key is in the same one of each', () => {
    const log = new KafkaLog(3, 3);
    const places = [0, 1, 2, 3].map((topic) => log.produce(aRecord(topic, topic), Buffer.from('x')));
    const { partition } = places[0] as (typeof places)[0];
    expect(places.map(({ topicPartition, offset }) => `${topicPartition}@${offset}`)).toEqual([
      `orders-${partition}@0`,
      `orders-1-${partition}@0`,
      `orders.eu-${partition}@0`,
      `orders-${partition}@1`,
    ]);
    expect(log.topics.map((topic) => topic.endOffset(partition))).toEqual([2, 1, 1]);
  });

  it('are made anew one by one', () => {
    const log = new KafkaLog(1, 2);
    const [first, second] = [0, 1].map((topic) => log.produce(aRecord(topic, topic), Buffer.from('x')));
    log.topics[1]?.recreate();
    expect([first, second].map((record) => record !== undefined && log.isCurrent(record))).toEqual([true, false]);
    expect(log.produce(aRecord(2, 1), Buffer.from('x'))).toMatchObject({ offset: 0, incarnation: 1 });
    expect(log.produce(aRecord(3, 0), Buffer.from('x'))).toMatchObject({ offset: 1, incarnation: 0 });
  });
});
