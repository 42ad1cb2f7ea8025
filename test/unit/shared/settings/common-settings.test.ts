import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { deploymentSettings } from '../../../../shared/settings/common-settings.ts';

const takes = (name: keyof typeof deploymentSettings, value: unknown) =>
  v.safeParse(deploymentSettings[name], value).success;

describe('what the deployment gives both functions', () => {
  it.each([
    ['stage', 'prod-2'],
    ['stage', 's'.repeat(32)],
    ['serviceName', 's'.repeat(64)],
    ['triggerMode', 'provisioned'],
    ['triggerMode', 'onDemand'],
    ['deadLetterBucket', 'letters.of-2'],
    ['deadLetterBucket', 'l'.repeat(63)],
  ] as const)('%s may be %s', (name, value) => {
    expect(takes(name, value)).toBe(true);
  });

  it.each([
    ['stage', 's'.repeat(33)],
    ['stage', 'prod blue'],
    ['stage', 'é-prod'],
    ['stage', 'prod-é'],
    ['serviceName', 's'.repeat(65)],
    ['serviceName', 'é-sinks'],
    ['serviceName', 'sinks-é'],
    ['triggerMode', 'on-demand'],
    ['triggerMode', ''],
    ['deadLetterBucket', 'l'.repeat(64)],
    ['deadLetterBucket', 'le'],
    ['deadLetterBucket', 'Letters'],
    ['deadLetterBucket', 'letterS'],
    ['deadLetterBucket', 'letters-'],
    ['deadLetterBucket', '-letters'],
  ] as const)('%s may not be %s', (name, value) => {
    expect(takes(name, value)).toBe(false);
  });
});
