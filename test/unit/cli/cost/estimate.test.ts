import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventText } from '../../../../bench/harness/event.ts';
import {
  BENCH,
  type CpuFigure,
  cpuMicrosPerRecord,
  type Measured,
  readMeasured,
} from '../../../../cli/cost/measured.ts';
import { estimate } from '../../../../cli/cost/model/estimate.ts';
import { eventBytesOf, invocationsOf } from '../../../../cli/cost/model/invocations.ts';
import { dollarsPerMonth, SECONDS_A_MONTH, type Way } from '../../../../cli/cost/model/lines.ts';
import { DEFAULT_SINKS, type SinkSettings } from '../../../../cli/cost/model/sink-settings.ts';
import { ROUND_TRIPS, type Traffic } from '../../../../cli/cost/model/traffic.ts';
import { PRICES } from '../../../../cli/cost/prices.ts';

const measured = readMeasured(readFileSync('bench/RESULTS.md', 'utf8'));
const traffic = (changes: Partial<Traffic> = {}): Traffic => ({
  recordsPerSecond: 1_000,
  valueBytes: 1_000,
  keys: 10_000,
  partitions: undefined,
  ...changes,
});
const ways = (of: Traffic, sinks = DEFAULT_SINKS, figures: Measured = measured): readonly Way[] =>
  estimate(sinks, of, figures, ROUND_TRIPS, PRICES);
const sink = (name: 'kinesisSink' | 'documentdbSink', changes: Partial<SinkSettings> = {}): SinkSettings => {
  const found = DEFAULT_SINKS.find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return { ...found, ...changes };
};
const way = (all: readonly Way[], name: string): Way => {
  const found = all.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no way ${name}`);
  return found;
};
const dollarsOf = ({ lines }: Way, what: string): number =>
  lines.find((line) => line.what === what)?.dollarsPerMonth ?? Number.NaN;

describe('the estimate of costs', () => {
  it('has each function beside the other ways to its target', () => {
    expect(ways(traffic()).map(({ name, target }) => `${name} -> ${target}`)).toEqual([
      'kinesisSink -> Kinesis',
      'MSK Connect -> Kinesis',
      'doka in Kubernetes -> Kinesis',
      'documentdbSink -> DocumentDB',
      'MSK Connect -> DocumentDB',
    ]);
  });

  it('gives each line a price with unit, region, source and day', () => {
    expect(PRICES.readOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    const lines = ways(traffic()).flatMap((each) => each.lines);
    expect(lines.length).toBeGreaterThan(15);
    for (const { what, quantity, price, dollarsPerMonth: dollars } of lines) {
      expect(price, what).toMatchObject({ region: 'us-east-1', source: expect.stringMatching(/^https:\/\//) });
      expect(price.unit.length, what).toBeGreaterThan(1);
      expect(dollars, what).toBeCloseTo(quantity * price.dollars, 9);
      expect(dollars, what).toBeGreaterThan(0);
    }
  });

  it('equals a case that was computed by hand', () => {
    const cpu: CpuFigure = { microsPerRecord: 20, shareAt100Bytes: 1, invocationMs: 0, source: 'by hand' };
    const own = way(ways(traffic(), DEFAULT_SINKS, { kinesis: cpu, documentdb: cpu, connector: cpu }), 'kinesisSink');
    // One invocation a second with 1,000 records: 20 ms of CPU on 512/1769 of a vCPU, and one round of 13 ms.
    const durationMs = (20 * 1_769) / 512 + 13;
    expect(own.size).toMatchObject({
      pollers: 1,
      pollerUnits: 1,
      recordsPerInvocation: 1_000,
      invocationsPerSecond: 1,
    });
    expect(own.size['durationMs']).toBeCloseTo(durationMs, 9);
    expect(dollarsOf(own, 'pollers')).toBeCloseTo(135.05, 2); // 730 h x $0.185
    expect(dollarsOf(own, 'duration of the function')).toBeCloseTo(1.438, 3); // 2,628,000 s x 0.0821 s x 0.5 GB x $0.0000133334
    expect(dollarsOf(own, 'invocations')).toBeCloseTo(0.5256, 4); // 2.628 million x $0.20
    expect(dollarsOf(own, 'shards')).toBeCloseTo(21.9, 2); // 2 shards x 730 h x $0.015
    expect(dollarsOf(own, 'PUT payload units')).toBeCloseTo(36.792, 3); // 2,628 million x $0.014
  });

  it('never costs less a month with more records', () => {
    const rates = fc.tuple(
      fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      fc.double({ min: 1, max: 10, noNaN: true }),
    );
    const shape = fc.record({
      valueBytes: fc.integer({ min: 1, max: 900_000 }),
      keys: fc.integer({ min: 1, max: 1e6 }),
    });
    fc.assert(
      fc.property(rates, shape, ([recordsPerSecond, factor], changes) => {
        const [less, more] = [recordsPerSecond, recordsPerSecond * factor].map((rate) =>
          ways(traffic({ ...changes, recordsPerSecond: rate })),
        );
        more?.forEach((each, index) => {
          const other = less?.[index];
          if (other === undefined) throw new Error('both have the same ways');
          expect(dollarsPerMonth(each), each.name).toBeGreaterThanOrEqual(dollarsPerMonth(other) * (1 - 1e-9));
        });
      }),
    );
  });

  it('has no cost for pollers in on-demand mode', () => {
    const [own] = ways(traffic(), [sink('kinesisSink', { mode: 'onDemand' })]);
    expect(own?.lines.map(({ what }) => what)).not.toContain('pollers');
    expect(own?.size).not.toHaveProperty('pollers');
  });

  it('counts the units of a poller group once, whichever functions share it', () => {
    const [apart, shared] = [
      ['a', 'b'],
      ['a', 'a'],
    ].map(([kinesis = '', documentdb = '']) => {
      const sinks = [
        sink('kinesisSink', { pollerGroup: kinesis }),
        sink('documentdbSink', { pollerGroup: documentdb }),
      ];
      return (recordsPerSecond: number) =>
        ways(traffic({ recordsPerSecond }), sinks).flatMap(({ size }) => size['pollerUnits'] ?? []);
    });
    expect([apart?.(1_000), shared?.(1_000)]).toEqual([
      [1, 1],
      [1, 0],
    ]);
    expect([apart?.(50_000), shared?.(50_000)]).toEqual([
      [3, 3],
      [3, 2],
    ]);
    expect(
      ways(traffic(), [sink('kinesisSink', { pollerGroup: '' }), sink('documentdbSink', { pollerGroup: '' })]).flatMap(
        ({ size }) => size['pollerUnits'] ?? [],
      ),
    ).toEqual([1, 1]);
  });

  it('takes the records of a window, shares them among mappings, and has the pollers that each must have', () => {
    const runOf = (changes: Partial<SinkSettings>) =>
      invocationsOf(sink('kinesisSink', changes), traffic({ recordsPerSecond: 100 }), measured.kinesis, 13);
    expect(runOf({ batchWindowSeconds: 5 })).toMatchObject({ recordsEach: 500, perSecond: 0.2 });
    expect(runOf({ batchWindowSeconds: 5, mappings: 2 })).toMatchObject({ recordsEach: 250, partitionsMin: 2 });
    expect(runOf({ mappings: 2, pollersMin: 3 })).toMatchObject({ pollers: 6, pollerUnits: 1 });
    expect(runOf({ mappings: 2, pollerGroups: 2, pollerGroup: '' })).toMatchObject({ pollers: 2, pollerUnits: 2 });
  });

  it('counts fewer writes where records of a document meet in a batch', () => {
    const [few, many] = [10, 10_000].map(
      (keys) => way(ways(traffic({ keys })), 'documentdbSink').size['writesPerSecond'],
    );
    expect([few, many]).toEqual([10, 1_000]);
  });

  it('counts fewer PUT payload units with aggregation of small records', () => {
    const small = traffic({ valueBytes: 200 });
    const [off, bucket] = (['off', 'bucket'] as const).map((aggregation) => {
      const [own] = ways(small, [sink('kinesisSink', { aggregation })]);
      return own === undefined ? Number.NaN : dollarsOf(own, 'PUT payload units');
    });
    expect(bucket).toBeLessThan((off ?? 0) / 4);
  });

  it('lets the records of one key wait for each other, unless they are aggregated or unordered', () => {
    const cpu = measured.kinesis;
    const rounds = (changes: Partial<SinkSettings>) =>
      invocationsOf(sink('kinesisSink', changes), traffic({ keys: 1 }), cpu, 13).rounds;
    expect(rounds({})).toBe(1_000);
    expect(rounds({ order: 'partition' })).toBe(1_000);
    expect(rounds({ aggregation: 'key' })).toBe(1);
    expect(rounds({ order: 'none' })).toBe(1);
    expect(rounds({ order: 'none', requestsInFlightMax: 1 })).toBe(2); // 500 records in a request
  });

  it('says which limit the traffic exceeds', () => {
    const fast = traffic({ recordsPerSecond: 1_000_000, keys: 10, partitions: 3 });
    const notes = ways(fast, [sink('kinesisSink')])
      .flatMap((each) => each.notes)
      .join('\n');
    expect(notes).toMatch(/^3 partitions carry too little/m);
    expect(notes).toMatch(/trigger\.pollersMax allows 10 pollers, this traffic needs/);
    expect(notes).toMatch(/its shard takes 1,000 and 1 MB/);
    expect(ways(traffic(), [sink('kinesisSink')])[0]?.notes).toEqual([]);
  });

  it('knows a million records from a month', () => {
    expect(SECONDS_A_MONTH).toBe(2_628_000);
  });
});

describe('the inputs of the cost model', () => {
  it.each(['kinesis', 'documentdb'] as const)("give the bench's own CPU time for the bench's batch: %s", (target) => {
    const cpu = measured[target];
    const batch = sink(target === 'kinesis' ? 'kinesisSink' : 'documentdbSink', { batchRecordsMax: BENCH.records });
    const run = invocationsOf(batch, traffic({ recordsPerSecond: 1e6 }), cpu, 0);
    expect(run.recordsEach).toBe(BENCH.records);
    expect((run.cpuMs * 1_000) / BENCH.records).toBeCloseTo(cpu.microsPerRecord, 6);
    expect(cpu.source).toMatch(/^bench\/RESULTS\.md, \d{4}-\d{2}-\d{2}, [0-9a-f]{7}$/);
  });

  // Growth plots of 2026-11-28, 250 bytes, when a record of 1 KB took 17 us (Kinesis) and 41 us (DocumentDB).
  it.each([
    ['kinesis', 1, 1_313],
    ['kinesis', 10, 123],
    ['kinesis', 100, 19],
    ['kinesis', 1_000, 8.4],
    ['documentdb', 1, 963],
    ['documentdb', 10, 79],
    ['documentdb', 100, 20],
    ['documentdb', 1_000, 19.5],
  ] as const)(
    'foretell within a factor of 1.6 a batch that was measured apart: %s, %i records',
    (target, records, micros) => {
      const cpu = { ...measured[target], microsPerRecord: target === 'kinesis' ? 17 : 41 };
      const model = (cpu.invocationMs * 1_000) / records + cpuMicrosPerRecord(cpu, 250);
      expect(model).toBeGreaterThan(micros / 1.6);
      expect(model).toBeLessThan(micros * 1.6);
    },
  );

  it('take the rate of doka that was measured: 689 records a second from 4 partitions, 5 ms a call', () => {
    const all = estimate(
      DEFAULT_SINKS,
      traffic({ recordsPerSecond: 689 }),
      measured,
      { ...ROUND_TRIPS, kinesisMs: 5 },
      PRICES,
    );
    expect(way(all, 'doka in Kubernetes').size['pods']).toBe(4);
  });

  it.each([300, 1_000, 10_000])('know the size of a record of %i bytes in an event', (valueBytes) => {
    const text = eventText({ records: 100, partitions: 4, valueBytes }, 1_000_000);
    expect(eventBytesOf(valueBytes) / (text.length / 100)).toBeGreaterThan(0.9);
    expect(eventBytesOf(valueBytes) / (text.length / 100)).toBeLessThan(1.1);
  });

  it('are the newest figures, and their absence is an error', () => {
    const row = (ours: string) =>
      `| Kinesis, CPU of an invocation, ours, aggregation off | ${ours} ms | floor |\n| DocumentDB, CPU of a record, native | 20.0 us/record | floor |`;
    const text = `## 2026-01-01, aaaaaaa, Node\n${row('80.0')}\n## 2026-02-02, bbbbbbb, Node\n${row('40.0')}`;
    expect(readMeasured(text).kinesis).toMatchObject({
      microsPerRecord: 10,
      source: 'bench/RESULTS.md, 2026-02-02, bbbbbbb',
    });
    expect(() => readMeasured('')).toThrow('npm run bench -- --record');
    expect(() => readMeasured(row('0'))).toThrow('npm run bench -- --record');
  });
});
