import { describe, expect, it } from 'vitest';
import { kafkaProperties } from '../../../../../local/engines/kafka/kafka-properties.ts';

const lines = kafkaProperties({ ports: { broker: 21_000, controller: 21_001 }, dataFolder: '/run/a b\\c' }).split('\n');

describe('the broker', () => {
  it('listens only on 127.0.0.1, on the given ports', () => {
    expect(lines).toContain('listeners=PLAINTEXT://127.0.0.1:21000,CONTROLLER://127.0.0.1:21001');
    expect(lines).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:21000');
    expect(lines).toContain('controller.quorum.voters=1@127.0.0.1:21001');
  });

  it('creates no topics by itself', () => {
    expect(lines).toContain('auto.create.topics.enable=false');
  });

  it('keeps its data in the given folder, with backslashes escaped', () => {
    expect(lines).toContain('log.dirs=/run/a b\\\\c');
  });

  it('needs no second broker for internal topics', () => {
    const replicas = lines.filter((line) => /replication\.factor|min\.isr/.test(line));
    expect(replicas).toHaveLength(5);
    expect(replicas.every((line) => line.endsWith('=1'))).toBe(true);
  });
});
