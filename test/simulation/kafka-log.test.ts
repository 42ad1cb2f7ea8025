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
    log.recreate();
    const after = log.produce(aRecord(2, -1), Buffer.from('y'));
    expect([before.timestampMs, after.timestampMs]).toEqual([-1, EPOCH_MS + 2_000]);
    expect(log.find('orders-0', 0, before.timestampMs)).toBe(before);
    expect(log.find('orders-0', 0, after.timestampMs)).toBe(after);
  });

  it('has records with the time of their producer otherwise', () => {
    const log = new KafkaLog(1);
    log.produce(aRecord(1, -1), Buffer.from('x'));
    log.recreate();
    expect(log.produce(aRecord(2, 0), Buffer.from('y')).timestampMs).toBe(0);
  });
});
