import { expect, it } from 'vitest';
import { kafkaProperties } from '../../../../../local/engines/kafka/kafka-properties.ts';

const lines = kafkaProperties({ ports: { broker: 21_000, controller: 21_001 }, dataFolder: '/run/a b\\c' }).split('\n');

it('listens on 127.0.0.1 alone, on the ports given', () => {
  expect(lines).toContain('listeners=PLAINTEXT://127.0.0.1:21000,CONTROLLER://127.0.0.1:21001');
  expect(lines).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:21000');
  expect(lines).toContain('controller.quorum.voters=1@127.0.0.1:21001');
});

it('makes no topics by itself', () => {
  expect(lines).toContain('auto.create.topics.enable=false');
});

it('keeps its data in the folder given, backslashes escaped', () => {
  expect(lines).toContain('log.dirs=/run/a b\\\\c');
});

it('asks no internal topic for a second broker', () => {
  const replicas = lines.filter((line) => /replication\.factor|min\.isr/.test(line));
  expect(replicas).toHaveLength(5);
  expect(replicas.every((line) => line.endsWith('=1'))).toBe(true);
});
