import { describe, expect, it } from 'vitest';
import { backoffMs, machineSettings } from '../../../../../local/msk-trigger/machine/settings.ts';
import type { Mapping } from '../../../../../local/msk-trigger/mapping/mapping.ts';
import { aMapping } from '../mappings.ts';

function settingsOf(mapping: Partial<Mapping>) {
  return machineSettings(aMapping(mapping), { partialFailureRetry: 'listedOnly', envelopeBytes: 0 });
}

describe('the settings of a machine', () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
  it('cap endless retries at ten as soon as there is a destination', () => {
    const destination = { kind: 's3', bucketArn: 'arn:aws:s3:::letters' } as const;
    expect(settingsOf({ retriesMax: Number.POSITIVE_INFINITY, destination }).retriesMax).toBe(10);
    expect(settingsOf({ retriesMax: 10_000, destination })).toMatchObject({ retriesMax: 10_000, hasDestination: true });
    expect(settingsOf({ destination: undefined }).hasDestination).toBe(false);
    expect(settingsOf({ retriesMax: Number.POSITIVE_INFINITY }).retriesMax).toBe(Number.POSITIVE_INFINITY);
  });

  it('leave retries endless on demand, where no cap is documented', () => {
    const destination = { kind: 's3', bucketArn: 'arn:aws:s3:::letters' } as const;
    const onDemand = { retriesMax: Number.POSITIVE_INFINITY, destination, pollers: undefined };
    expect(settingsOf(onDemand)).toMatchObject({ retriesMax: Number.POSITIVE_INFINITY, pollers: 1 });
  });

  it('start with the smallest number of pollers, of five invocations each and 6 MB an invocation', () => {
    expect(settingsOf({ pollers: { min: 3, max: 9 } })).toMatchObject({
      pollers: 3,
      invocationsPerPollerMax: 5,
      payloadBytesMax: 6_291_456,
    });
  });
});

describe('the buffer of a machine', () => {
  it('has 64 MiB, or what is asked for', () => {
    const bufferOf = (bufferBytesMax?: number) => {
      const options = {
        partialFailureRetry: 'listedOnly',
        envelopeBytes: 0,
        ...(bufferBytesMax && { bufferBytesMax }),
      };
      return machineSettings(aMapping({}), options as Parameters<typeof machineSettings>[1]).bufferBytesMax;
    };
    expect([bufferOf(), bufferOf(7)]).toEqual([67_108_864, 7]);
  });
});

describe('the backoff', () => {
  it('doubles up to its bound', () => {
    expect([1, 2, 3, 6, 1_000].map((n) => backoffMs({ firstMs: 200, maxMs: 5_000 }, n))).toEqual([
      200, 400, 800, 5_000, 5_000,
    ]);
  });
});
