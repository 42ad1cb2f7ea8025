import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { kinesisSettings, tombstoneOf } from '../../../../../functions/kinesis-sink/settings/settings.ts';

describe('what becomes of a tombstone', () => {
  it.each([
    { envelope: 'none', tombstone: undefined, becomes: 'empty' },
    { envelope: 'json', tombstone: undefined, becomes: 'envelope' },
    { envelope: 'json', tombstone: 'empty', becomes: 'empty' },
    { envelope: 'json', tombstone: 'skip', becomes: 'skip' },
    { envelope: 'none', tombstone: 'skip', becomes: 'skip' },
  ] as const)('is $becomes with envelope: $envelope and tombstone: $tombstone', ({ becomes, ...settings }) => {
    expect(tombstoneOf(settings)).toBe(becomes);
  });
});

describe('a setting', () => {
  const takes = (name: keyof typeof kinesisSettings.entries, value: unknown) =>
    v.safeParse(kinesisSettings.entries[name], value).success;

  it.each([
    ['partitionKeyPrefix', 'p'.repeat(128)],
    ['externalId', 'e'.repeat(1224)],
    ['partitionKeyConstant', 'c'.repeat(256)],
    ['partitionKeyPointer', `/${'p'.repeat(255)}`],
    ['sessionName', 'doka-{stage}-{uuid}'],
  ] as const)('%s takes the longest there is', (name, value) => {
    expect(takes(name, value)).toBe(true);
    expect(takes(name, `${value}${'x'.repeat(80)}`)).toBe(false);
  });

  it.each([
    ['streamArn', 'arn:aws:kinesis:eu-west-1:222222222222:orders'],
    ['roleArn', 'arn:aws:iam::222222222222:user/writer'],
    ['externalId', 'a'],
    ['externalId', 'a bc'],
    ['externalId', 'bc a'],
    ['partitionKeyPrefix', 'é'],
    ['partitionKeyPrefix', 'a b'],
    ['partitionKeyConstant', ' '],
    ['partitionKeyPointer', ''],
    ['partitionKeyPointer', 'id'],
    ['partitionKeyPointer', '/a~2'],
    ['sessionName', 'a b'],
    ['ordering', 'keys'],
    ['aggregation', 'on'],
    ['envelope', 'avro'],
    ['tombstone', 'null'],
    ['partitionKey', 'header'],
  ] as const)('%s does not take %j', (name, value) => {
    expect(takes(name, value)).toBe(false);
  });
});
