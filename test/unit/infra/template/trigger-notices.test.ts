import { describe, expect, it } from 'vitest';
import { templateParts } from '../../../../infra/template/template.ts';
import { aStageFile } from '../../../support/a-stage-file.ts';

const noticesOf = (trigger: object) =>
  templateParts('msk-sinks', 'dev', aStageFile({ kinesisSink: { trigger } })).notices;
const patterns = (count: number) => ({ filter: Array.from({ length: count }, () => ({ value: { type: ['order'] } })) });

describe('packaging says', () => {
  it("that more than 5 patterns need a raised quota, and nothing up to Lambda's default", () => {
    expect(noticesOf(patterns(5))).toEqual([]);
    expect(noticesOf(patterns(6))).toEqual([
      'kinesisSink: filter has 6 patterns, and Lambda accepts more than 5 only after the quota was raised',
    ]);
  });

  it.each([
    ['arn:aws:sqs:eu-west-1:111111111111:failed', 1],
    ['arn:aws:sns:eu-west-1:111111111111:failed', 1],
    ['kafka://failed', 0],
    ['bucket', 0],
  ])('where failed records exist only in Kafka: %s', (onFailure, count) => {
    const notices = noticesOf({ onFailure });
    expect(notices).toHaveLength(count);
    for (const notice of notices) expect(notice).toMatch(/^kinesisSink: onFailure gets the positions .* without the/);
  });
});
