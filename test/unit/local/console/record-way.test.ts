import { describe, expect, it } from 'vitest';
import {
  copiesOf,
  documentStep,
  findRecords,
  foundRecord,
  sinkSteps,
} from '../../../../local/console/acts/record-way.ts';
import type { InvocationView } from '../../../../local/console/state/view.ts';
import type { ProducedRecord } from '../../../../local/orders/producer.ts';

const record = (partition: number, offset: number, key: string | null, value: string | null = 'v'): ProducedRecord => ({
  ...{ partition, offset, key, value, poison: undefined, timestampMs: 5 },
});
const produced = [record(0, 0, 'order-1'), record(1, 0, 'order-12'), record(0, 1, 'order-1', 'w'), record(1, 1, null)];
const placesOf = (search: string) =>
  findRecords(search, produced).map(({ partition, offset }) => `${partition}@${offset}`);

describe('a search for records', () => {
  it.each([
    ['0@1', ['0@1']],
    [' orders-1@0 ', ['1@0']],
    ['a-topic-1@0', ['1@0']],
    ['3@7', []],
    ['order-1', ['0@1', '0@0']],
    ['order-', ['0@1', '1@0', '0@0']],
    ['Order', []],
    ['  ', []],
  ])('for %j finds %j', (search, expected) => {
    expect(placesOf(search)).toEqual(expected);
  });

  it('finds the newest, if there are many', () => {
    const many = Array.from({ length: 30 }, (_, offset) => record(0, offset, `order-${offset}`));
    const found = findRecords('order-', many).map(({ offset }) => offset);
    expect(found).toEqual(Array.from({ length: 20 }, (_, place) => 29 - place));
  });

  it('shows the beginning of a value', () => {
    expect(foundRecord(record(0, 0, 'k', 'é'.repeat(700)))).toMatchObject({
      valueBytes: 1_400,
      valueStart: 'é'.repeat(600),
    });
    expect(foundRecord(record(0, 0, 'k', null))).toMatchObject({ valueBytes: null, valueStart: null });
  });
});

describe("a record's way through the functions", () => {
  const invocation = (kind: 'running' | 'settled', partition = 0): InvocationView => ({
    ...{
      id: 'documentdbSink-1',
      sink: 'documentdbSink',
      startedAtMs: 1,
      durationMs: 2,
      recordCount: 3,
      repeatedCount: 0,
    },
    parts: [{ partition, firstOffset: 4, lastOffset: 6, recordCount: 3 }],
    ...{ outcome: undefined, resentCount: undefined, codes: [], response: { kind } },
  });
  const step = (offset: number, settledUpTo: number, invocations: readonly InvocationView[] = []) =>
    sinkSteps(record(0, offset, 'k'), { invocations, settledUpTo: new Map([['documentdbSink', settledUpTo]]) });

  it('ends when the mapping has settled it', () => {
    expect(step(5, 6)).toMatchObject([{ name: 'documentdbSink', state: 'settled' }]);
    expect(step(5, 5)).toMatchObject([{ state: 'waits' }]);
    expect(step(5, 6, [invocation('running')])).toMatchObject([{ state: 'settled' }]);
  });

  it('names the invocations that held it', () => {
    expect(step(4, 0, [invocation('running')])).toMatchObject([
      { state: 'inFlight', invocations: [{ id: 'documentdbSink-1' }] },
    ]);
    expect(step(6, 0, [invocation('settled')])).toMatchObject([{ state: 'waits', invocations: [{}] }]);
    expect(step(7, 0, [invocation('running')])).toMatchObject([{ state: 'waits', invocations: [] }]);
    expect(step(5, 0, [invocation('running', 1)])).toMatchObject([{ state: 'waits', invocations: [] }]);
  });
});

describe("a record's place in the targets", () => {
  const stored = (partitionKey: string, data: string, sequenceNumber: string) => ({
    ...{ shardId: 'shardId-1', partitionKey, data: Buffer.from(data), sequenceNumber },
  });

  it('is each copy in the stream with its key and value', () => {
    const stream = [stored('k', 'v', '1'), stored('k', 'w', '2'), stored('other', 'v', '3'), stored('k', 'v', '4')];
    expect(copiesOf(record(0, 0, 'k'), stream).map(({ sequenceNumber }) => sequenceNumber)).toEqual(['1', '4']);
    expect(copiesOf(record(0, 0, null), stream).map(({ sequenceNumber }) => sequenceNumber)).toEqual(['1', '3', '4']);
    expect(copiesOf(record(0, 0, 'k', null), [stored('k', '', '5')])).toHaveLength(1);
  });

  it.each([
    [undefined, 'none', null],
    [{ _k: { 'orders-1': 9 } }, 'none', null],
    [{ _k: { 'orders-0': 5 } }, 'thisRecord', 5],
    [{ _k: { 'orders-0': 6 } }, 'newerRecord', 6],
    [{ _k: { 'orders-0': 4 } }, 'olderRecord', 4],
  ])('with the document %j is %s', (document, state, sourceOffset) => {
    expect(documentStep(record(0, 5, 'k'), 'orders', document)).toEqual({ state, sourceOffset, isDeleted: false });
  });

  it('says that a document is deleted', () => {
    const document = { _k: { 'orders-0': 5 }, _deletedAt: new Date(0) };
    expect(documentStep(record(0, 5, 'k', null), 'orders', document)).toMatchObject({
      state: 'thisRecord',
      isDeleted: true,
    });
  });
});
