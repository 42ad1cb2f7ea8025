import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readMeasured } from '../../../../cli/cost/measured.ts';
import { estimate } from '../../../../cli/cost/model/estimate.ts';
import { DEFAULT_SINKS } from '../../../../cli/cost/model/sink-settings.ts';
import { ROUND_TRIPS } from '../../../../cli/cost/model/traffic.ts';
import { parseCostOptions } from '../../../../cli/cost/options.ts';
import { PRICES } from '../../../../cli/cost/prices.ts';

const page = readFileSync('docs/sizing.md', 'utf8');
const measured = readMeasured(readFileSync('bench/RESULTS.md', 'utf8'));
const rows = [...page.matchAll(/^\| (\d+) \|.*\|$/gm)].map(([row]) =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => Number(cell.replace(/[$, ]/g, ''))),
);

describe('docs/sizing.md', () => {
  it('has commands that the command understands', () => {
    const commands = [...page.matchAll(/^npm run cost -- (.*?)(?:\s+#.*)?$/gm)].map(([, args = '']) => args.split(' '));
    expect(commands).toHaveLength(3);
    for (const args of commands) expect(parseCostOptions(args)).toMatchObject({ traffic: { recordsPerSecond: 1_000 } });
  });

  it('reaches 1 GB/s', () => {
    expect(rows.map(([, megabytes]) => megabytes)).toEqual([0.01, 1, 10, 100, 1_000]);
  });

  it.each(rows)(
    'has the sizes of the model for %i records a second',
    (recordsPerSecond, _megabytes, keys, ...sizes) => {
      const traffic = { recordsPerSecond, valueBytes: 1_000, keys: keys ?? 0, partitions: undefined };
      const ways = estimate(DEFAULT_SINKS, traffic, measured, ROUND_TRIPS, PRICES);
      const size = ways.find(({ name }) => name === 'kinesisSink')?.size ?? {};
      const [pollers, pollerUnits, partitionsMin, invocationsPerSecond, , shards] = sizes;
      expect({ pollers, pollerUnits, partitionsMin, invocationsPerSecond, shards }).toEqual({
        pollers: size['pollers'],
        pollerUnits: size['pollerUnits'],
        partitionsMin: size['partitionsMin'],
        invocationsPerSecond: size['invocationsPerSecond'],
        shards: size['shards'],
      });
    },
  );
});
