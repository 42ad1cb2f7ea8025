import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_SINKS, sinksOf } from '../../../../cli/cost/model/sink-settings.ts';
import { parseCostOptions } from '../../../../cli/cost/options.ts';
import { overridePrices, PRICES } from '../../../../cli/cost/prices.ts';
import { readStageFile } from '../../../../infra/stage-file/read-stage-file.ts';

const LEAST = ['--records-per-second', '1000', '--bytes', '250', '--keys', '10'];

describe('the options of npm run cost', () => {
  it('are the traffic, and round trips that were measured or assumed', () => {
    expect(parseCostOptions(LEAST)).toMatchObject({
      traffic: { recordsPerSecond: 1_000, valueBytes: 250, keys: 10, partitions: undefined },
      roundTrips: { kinesisMs: 13, documentdbMs: 10 },
      json: false,
    });
  });

  it('take the least that is possible', () => {
    const least = ['--records-per-second', '0.001', '--bytes', '1', '--keys', '1', '--partitions', '1'];
    const free = ['--kinesis-ms', '0', '--documentdb-ms', '0', '--price', 'mcuHour=0'];
    expect(parseCostOptions([...least, ...free])).toMatchObject({
      traffic: { recordsPerSecond: 0.001, valueBytes: 1, keys: 1, partitions: 1 },
      ...{ roundTrips: { kinesisMs: 0, documentdbMs: 0 }, prices: { mcuHour: 0 } },
    });
    expect(parseCostOptions(['--help'])).toBe('help');
  });

  it('take a stage, prices and round trips', () => {
    const more = [
      '--stage',
      'dev',
      '--price',
      'mcuHour=0.12',
      '--price',
      'shardHour=0.02',
      '--kinesis-ms',
      '5',
      '--json',
    ];
    expect(parseCostOptions([...LEAST, ...more])).toMatchObject({
      stage: 'dev',
      prices: { mcuHour: 0.12, shardHour: 0.02 },
      roundTrips: { kinesisMs: 5, documentdbMs: 10 },
      json: true,
    });
  });

  it.each([
    [['--bytes', '1', '--keys', '1'], '--records-per-second is missing'],
    [[...LEAST, '--keys', '0'], '--keys must be a number of at least 1, got "0"'],
    [[...LEAST, '--bytes', 'many'], '--bytes must be a number of at least 1, got "many"'],
    [
      [...LEAST, '--bytes', '4194305'],
      '--bytes must be at most 4194304, got "4194305": an event of Lambda holds no larger record',
    ],
    [[...LEAST, '--keys', ' '], '--keys must be a number of at least 1, got " "'],
    [[...LEAST, '--kinesis-ms', ' '], '--kinesis-ms must be a number of at least 0, got " "'],
    [[...LEAST, '--kinesis-ms=-1'], '--kinesis-ms must be a number of at least 0, got "-1"'],
    [[...LEAST, '--documentdb-ms', '1s'], '--documentdb-ms must be a number of at least 0, got "1s"'],
    [[...LEAST, '--partitions', '0'], '--partitions must be a number of at least 1, got "0"'],
    [[...LEAST, '--price', 'mcuHour'], '--price must be NAME=DOLLARS'],
    [[...LEAST, '--price', '1mcuHour=2'], '--price must be NAME=DOLLARS'],
    [[...LEAST, '--price', 'mcuHour=two'], '--price mcuHour must be a number of at least 0, got "two"'],
    [[...LEAST, '--colour'], 'npm run cost'],
  ])('%j: %s', (args, message) => {
    expect(() => parseCostOptions(args)).toThrow(message);
  });
});

describe('the prices', () => {
  it('of a user stand above those of the file, with where they are from', () => {
    const { prices } = overridePrices(PRICES, { mcuHour: 0.12 }, 'prices.eu.json');
    expect(prices.mcuHour).toMatchObject({ dollars: 0.12, source: 'prices.eu.json', evidence: 'yours' });
    expect(prices.shardHour).toEqual(PRICES.prices.shardHour);
    expect(overridePrices(PRICES, { mcuHour: 0 }, 'prices.eu.json').prices.mcuHour.dollars).toBe(0);
  });

  it.each([
    [{ toString: 1 }, 'there is no price "toString"; prices are pollerUnitHour,'],
    [{ mcuHour: -1 }, 'mcuHour must be an amount of dollars, 0 or more'],
    [{ mcuHour: '1' }, 'mcuHour must be an amount of dollars, 0 or more'],
    [{ mcuHour: Number.NaN }, 'mcuHour must be an amount of dollars, 0 or more'],
  ])('of a user are refused if they are none: %j', (dollars, message) => {
    expect(() => overridePrices(PRICES, dollars, '--price')).toThrow(message);
  });
});

describe('the settings that cost depends on', () => {
  it('have the defaults of a stage file', () => {
    const written = parse(readFileSync('config/dev.yml', 'utf8'));
    delete written.trigger.pollersMax;
    const groups = ['msk-sinks-dev-kinesisSink', 'msk-sinks-dev-documentdbSink'];
    expect(sinksOf(readStageFile('msk-sinks', 'dev', written))).toEqual(
      DEFAULT_SINKS.map((each, index) => ({ ...each, pollerGroup: groups[index] })),
    );
  });

  it('follow a stage file', () => {
    const written = parse(readFileSync('config/dev.yml', 'utf8'));
    written.trigger = { topics: ['orders', 'bills'], mode: 'provisioned', pollerGroup: 'none', batchRecordsMax: 5_000 };
    Object.assign(written.kinesisSink, { aggregation: 'bucket', ordering: 'partition', requestsInFlightMax: 7 });
    written.documentdbSink.poolSizeMax = 9;
    written.metrics = 'essential';
    const [kinesis, documentdb] = sinksOf(readStageFile('msk-sinks', 'dev', written));
    expect(kinesis).toMatchObject({
      mappings: 2,
      pollerGroups: 2,
      batchRecordsMax: 5_000,
      ...{ aggregation: 'bucket', order: 'partition', requestsInFlightMax: 7 },
      metrics: 14 + 2 * 14,
    });
    expect(documentdb).toMatchObject({ mappings: 2, aggregation: 'off', order: 'key', requestsInFlightMax: 9 });
  });
});
