import { describe, expect, it } from 'vitest';
import { fixtureOf } from '../../../../cli/doctor/retries/fixture.ts';
import { planOf } from '../../../../cli/doctor/retries/run.ts';
import { scratchOf } from '../../../../cli/doctor/retries/scratch.ts';
import { deliveriesIn, readingOf } from '../../../../cli/doctor/retries/scratch-function.ts';
import { readStageFile } from '../../../../infra/stage-file/read-stage-file.ts';
import { aStageFile } from '../../../support/a-stage-file.ts';

const deployment = readStageFile('msk-sinks', 'dev', aStageFile({}));
const delivery = (...offsets: readonly number[]) => ({
  records: { 'scratch-0': offsets.map((offset) => ({ offset })) },
});

describe('the reading of the retries', () => {
  it.each([
    ['listedOnly', [delivery(0, 1, 2, 3, 4, 5), delivery(2)]],
    ['listedOnly', [delivery(0, 1), delivery(2, 3, 4, 5), delivery(2), delivery(2)]],
    ['fromLowest', [delivery(0, 1, 2, 3, 4, 5), delivery(2, 3, 4, 5)]],
    ['neither', [delivery(0, 1, 2, 3, 4, 5), delivery(0, 1, 2, 3, 4, 5)]],
    ['neither', [delivery(0, 1, 2), delivery(2), delivery(3, 4, 5)]],
    [undefined, [delivery(0, 1, 2, 3, 4, 5)]],
    [undefined, []],
  ])('is %s', (reading, deliveries) => {
    expect(readingOf(deliveries)).toBe(reading);
  });

  it('is made of the lines that the scratch function writes', () => {
    const line = `2026\tid\tINFO\tDELIVERY ${JSON.stringify(delivery(2))}\n`;
    expect(deliveriesIn(['START RequestId: 1', line])).toEqual([delivery(2)]);
  });
});

describe('what a run of the retries makes', () => {
  it('has names of its own below the stage, and nothing of the stage', () => {
    const scratch = scratchOf(deployment, '0a1b2c3d');
    expect(scratch.name).toBe('msk-sinks-dev-retries-0a1b2c3d');
    const text = JSON.stringify(scratch.template);
    expect(text).not.toContain('"orders"');
    expect(text).not.toContain('OnFailure');
    expect(scratch.template).toMatchObject({
      Resources: {
        Mapping: {
          Properties: {
            ...{ Topics: [scratch.name], FunctionResponseTypes: ['ReportBatchItemFailures'], MaximumRetryAttempts: 2 },
            AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: scratch.name },
          },
        },
      },
    });
  });

  it('is named in the plan', () => {
    const plan = planOf(scratchOf(deployment, '0a1b2c3d')).join('\n');
    expect(plan).toContain('the topic msk-sinks-dev-retries-0a1b2c3d');
    expect(plan).toContain('would delete the stack, the consumer group');
  });

  it('leaves no account and no cluster in the fixture', () => {
    const event = {
      eventSourceArn: 'arn:aws:kafka:eu-west-1:999999999999:cluster/secret/2-3',
      bootstrapServers: 'b-1.secret.kafka.eu-west-1.amazonaws.com:9098',
      ...delivery(2),
    };
    const text = fixtureOf([event], 'listedOnly', 'scratch');
    expect(text).not.toMatch(/999999999999|secret/);
    expect(JSON.parse(text)).toMatchObject({ reading: 'listedOnly', deliveries: [delivery(2)] });
  });
});
