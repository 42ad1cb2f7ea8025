import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../../functions/kinesis-sink/plan/entry.ts';
import { aKinesisSink } from '../../../support/a-kinesis-sink.ts';
import { aRecord } from '../../../support/builders.ts';
import { answer, fakeKinesis } from '../../../support/fake-kinesis.ts';

const recordsOf = (count: number, value = 'v') =>
  Array.from({ length: count }, (_, offset) => aRecord({ offset, key: `k${offset}`, value }));

const sizesOf = (requests: readonly (readonly Entry[])[]) => requests.map(({ length }) => length);

describe('large requests that get no answer', () => {
  it('become smaller until they get one: Kinesis stores them, and each try makes duplicates', async () => {
    const kinesis = fakeKinesis((entries) => (entries.length > 100 ? { kind: 'stored-then-reset' } : answer));
    const { write } = aKinesisSink({ port: kinesis.port, requestsInFlightMax: 1 });
    const outcomes = await write(recordsOf(500));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['written']));
    const sizes = sizesOf(kinesis.requests);
    expect(sizes.slice(0, 5)).toEqual([500, 500, 500, 250, 125]);
    expect(Math.max(...sizes.slice(5))).toBe(63);
    expect(sizes).toHaveLength(13);
  });

  it('keep their size while each of them gets an answer before it is lost too often', async () => {
    // Two of three are lost, again and again.
    const kinesis = fakeKinesis((_, call) => (call % 3 === 0 ? answer : { kind: 'reset' }));
    const { write } = aKinesisSink({ port: kinesis.port, requestsInFlightMax: 1 });
    await write(recordsOf(2_000));
    expect(sizesOf(kinesis.requests)).toEqual(Array(12).fill(500));
  });

  it('become smaller by their bytes, too', async () => {
    const kinesis = fakeKinesis((entries) => (entries.length > 2 ? { kind: 'reset' } : answer));
    const { write } = aKinesisSink({ port: kinesis.port, requestsInFlightMax: 1 });
    const outcomes = await write(recordsOf(8, 'x'.repeat(1_000_000)));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['written']));
    expect(Math.max(...sizesOf(kinesis.requests).slice(3))).toBe(2);
  });

  it('are not made ever smaller in an outage, which would multiply them', async () => {
    const kinesis = fakeKinesis(() => ({ kind: 'reset' }));
    const { write } = aKinesisSink({ port: kinesis.port });
    await write(recordsOf(500));
    expect(Math.min(...sizesOf(kinesis.requests))).toBeGreaterThanOrEqual(20);
  });

  it('say nothing when they are small', async () => {
    const kinesis = fakeKinesis((_, call) => (call <= 8 ? { kind: 'reset' } : answer));
    const { write } = aKinesisSink({ port: kinesis.port, requestsInFlightMax: 1 });
    await write(recordsOf(200));
    expect(new Set(sizesOf(kinesis.requests))).toEqual(new Set([200]));
  });
});
