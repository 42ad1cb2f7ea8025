import { describe, expect, it } from 'vitest';
import { aStageFile, type StageFileChanges } from '../../../../support/a-stage-file.ts';
import { problemsOf } from '../../../../support/problems-of.ts';

const problemsWith = (changes: StageFileChanges) => problemsOf(aStageFile(changes));
const topicArn = 'arn:aws:sns:eu-west-1:111111111111:on-call';

describe('alarms', () => {
  it('need a topic: without one, no other setting of theirs has an effect', () => {
    expect(problemsWith({ alarms: { pageTopicArn: topicArn, deadLettersMax: 5 } })).toEqual(
      ['pageTopicArn', 'deadLettersMax'].map(
        (name) =>
          `alarms.${name} needs topicArn: without a topic the deployment makes no alarms and no dashboard; write topicArn, or remove ${name}`,
      ),
    );
    expect(problemsWith({ alarms: {} })).toEqual([]);
    expect(problemsWith({ alarms: { topicArn, pageTopicArn: topicArn, deadLettersMax: 5 } })).toEqual([]);
  });

  it('let a batch wait for its window', () => {
    const slow = { batchWindowSeconds: 60 };
    expect(problemsWith({ alarms: { topicArn, recordAgeSecondsMax: 60 }, kinesisSink: { trigger: slow } })).toEqual([
      'alarms.recordAgeSecondsMax is 60, but a batch may wait 60 s (kinesisSink.trigger.batchWindowSeconds), and the alarm would rise with every batch: write a greater value',
    ]);
    expect(problemsWith({ alarms: { topicArn, recordAgeSecondsMax: 61 }, trigger: slow })).toEqual([]);
  });
});
