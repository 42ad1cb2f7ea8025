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

describe('what AWS takes from the region of the functions alone', () => {
  const key = 'arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555';

  it('is not named in another one', () => {
    const elsewhere = topicArn.replace('eu-west-1', 'us-east-1');
    const filter = [{ value: { type: ['order'] } }];
    expect(
      problemsWith({
        alarms: { topicArn: elsewhere, pageTopicArn: elsewhere },
        logKmsKeyArn: key,
        deadLetters: { kmsKeyArn: key },
        trigger: { filter, filterKmsKeyArn: key },
        cluster: {
          authentication: 'saslScram512',
          secretArn: 'arn:aws:secretsmanager:us-east-1:111111111111:secret:AmazonMSK_a-AbCdEf',
        },
      }),
    ).toEqual(
      [
        'alarms.topicArn',
        'alarms.pageTopicArn',
        'logKmsKeyArn',
        'deadLetters.kmsKeyArn',
        'cluster.secretArn',
        'trigger.filterKmsKeyArn',
      ].map((path) => `${path} is in us-east-1, but the functions are in eu-west-1: write one of eu-west-1`),
    );
  });

  it('has a region of any partition', () => {
    const sovereign = (text: string) =>
      text.replace('arn:aws:', 'arn:aws-eusc:').replace('eu-west-1', 'eusc-de-east-1');
    const file = JSON.parse(
      JSON.stringify(aStageFile({ documentdbSink: { caBundle: '/opt/ca.pem' } }), (_, value) =>
        typeof value === 'string' ? sovereign(value) : value,
      ),
    );
    expect(problemsOf(file)).toEqual([]);
  });
});
