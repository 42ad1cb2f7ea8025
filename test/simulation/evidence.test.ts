import { describe, expect, it } from 'vitest';
import { takenForAnOutage, waitingForEvidence, waitingForProbes } from './invariants/evidence.ts';
import type { Scenario, ScenarioRecord } from './scenario/scenario.ts';
import { KafkaLog, SECRET } from './services/kafka-log.ts';

/** Four refused records of one document, and a plain one behind them, in an invocation that may send for so long. */
function aWorld(sendMs: number, changed: Partial<ScenarioRecord> = {}) {
  const kafka = new KafkaLog(1);
  const refused = { key: 'a', atMs: 0, kind: 'refused', refusal: 'unlisted' } as const;
  for (const id of [0, 1, 2]) kafka.produce({ ...refused, id }, Buffer.from('x'));
  kafka.produce({ ...refused, ...changed, id: 3 }, Buffer.from('x'));
  kafka.produce({ key: 'a', atMs: 0, kind: 'plain', id: 4 }, Buffer.from('x'));
  const sent = kafka.produced.map(({ topicPartition, offset }) => `${topicPartition}@${offset}`);
  const scenario = { function: { timeoutMs: sendMs + 5_000 }, documentdb: {} } as unknown as Scenario;
  const waiting = waitingForEvidence({ sent, startedAtMs: Number.POSITIVE_INFINITY }, { kafka, scenario });
  return (offset: number) => waiting.has(`orders-0@${offset}`);
}

describe('the evidence against refused records of a document', () => {
  it('excuses the last of them and what stands behind it, where there is no time for all', () => {
    const isExcused = aWorld(20_000);
    expect([0, 1, 2, 3, 4].map(isExcused)).toEqual([false, false, false, true, true]);
  });

  it('excuses nothing where there is time', () => {
    expect([3, 4].map(aWorld(20_001))).toEqual([false, false]);
  });

  it('takes twice as long where one of them makes the server refuse the whole command, which is halved first', () => {
    expect([2, 3, 4].map(aWorld(40_000, { refusal: 'command' }))).toEqual([false, true, true]);
    expect([3, 4].map(aWorld(40_001, { refusal: 'command' }))).toEqual([false, false]);
  });

  it.each([
    ['is of another document', { key: 'b' }],
    ['is refused at once', { kind: 'refused', refusal: undefined }],
    ['is taken', { kind: 'plain' }],
  ] as const)('is not needed for a record that %s', (_name, changed) => {
    expect(aWorld(20_000, changed as Partial<ScenarioRecord>)(4)).toBe(false);
  });

  it('is of a partition, where documents share a value of an array', () => {
    const kafka = new KafkaLog(1);
    for (const id of [0, 1, 2]) {
      kafka.produce({ key: `${SECRET}-${2 + (id % 2)}`, atMs: 0, kind: 'plain', id }, Buffer.from('x'));
    }
    const sent = kafka.produced.map(({ topicPartition, offset }) => `${topicPartition}@${offset}`);
    const world = (documentdb: object) => {
      const scenario = { function: { timeoutMs: 15_000 }, documentdb } as unknown as Scenario;
      return [...waitingForEvidence({ sent, startedAtMs: Number.POSITIVE_INFINITY }, { kafka, scenario })];
    };
    expect(world({ hasArraysInKeys: true })).toEqual(['orders-0@1', 'orders-0@2']);
    expect(world({})).toEqual([]);
  });
});

describe('probes of a stream that may reject everything', () => {
  /** Two lanes, each with a rejected record and a plain one behind it. */
  function excusedIn(sendMs: number, kinds: readonly ScenarioRecord['kind'][], sink = 'kinesisSink') {
    const kafka = new KafkaLog(1);
    for (const [id, kind] of kinds.entries()) {
      kafka.produce({ key: `${SECRET}-${id % 2}`, atMs: 0, kind, id }, Buffer.from('x'));
    }
    const sent = kafka.produced.map(({ topicPartition, offset }) => `${topicPartition}@${offset}`);
    const kinesis = { ordering: 'key', partitionKey: 'key' };
    const scenario = { sink, function: { timeoutMs: sendMs + 5_000 }, kinesis } as unknown as Scenario;
    return [...waitingForProbes({ sent, startedAtMs: Number.POSITIVE_INFINITY }, { kafka, scenario })];
  }
  const TWO = ['refused', 'refused', 'plain', 'plain'] as const;

  it('excuse rejected records and what stands behind them, where there is no time for all', () => {
    expect(excusedIn(10_000, TWO)).toEqual(['orders-0@0', 'orders-0@1', 'orders-0@2', 'orders-0@3']);
    expect(excusedIn(10_000, ['plain', 'refused', 'refused', 'plain'])).toEqual([
      'orders-0@1',
      'orders-0@2',
      'orders-0@3',
    ]);
  });

  it('excuse nothing where there is time, where one record is rejected alone, or in DocumentDB', () => {
    expect(excusedIn(10_001, TWO)).toEqual([]);
    expect(excusedIn(1_000, ['refused', 'plain', 'plain', 'plain'])).toEqual([]);
    expect(excusedIn(10_000, TWO, 'documentdbSink')).toEqual([]);
  });
});

describe('a code that turned out to be an outage', () => {
  function excusedWith(faultKind: string, refusal: ScenarioRecord['refusal']) {
    const kafka = new KafkaLog(1);
    const kinds = ['plain', 'refused', 'plain'] as const;
    for (const [id, kind] of kinds.entries()) {
      const refused = kind === 'refused' && refusal !== undefined ? { refusal } : {};
      kafka.produce({ key: 'a', atMs: 0, kind, id, ...refused }, Buffer.from('x'));
    }
    kafka.produce({ key: 'b', atMs: 0, kind: 'plain', id: 3 }, Buffer.from('x'));
    const sent = kafka.produced.map(({ topicPartition, offset }) => `${topicPartition}@${offset}`);
    const scenario = { faults: [{ kind: faultKind }] } as unknown as Scenario;
    return [...takenForAnOutage({ sent, startedAtMs: Number.POSITIVE_INFINITY }, { kafka, scenario })];
  }

  it('excuses a record that is refused with such a code, and what stands behind it', () => {
    expect(excusedWith('documentdb.commandDoubted', 'command')).toEqual(['orders-0@1', 'orders-0@2']);
  });

  it('excuses no record that is refused at once, and nothing where no fault has such a code', () => {
    expect(excusedWith('documentdb.commandDoubted', undefined)).toEqual([]);
    expect(excusedWith('documentdb.answerLost', 'command')).toEqual([]);
  });
});
