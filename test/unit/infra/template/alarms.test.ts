import { describe, expect, it } from 'vitest';
import { templateParts } from '../../../../infra/template/template.ts';
import { aStageFile, type StageFileChanges } from '../../../support/a-stage-file.ts';

interface Alarm {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const TOPIC = 'arn:aws:sns:eu-west-1:111111111111:on-call';

const alarmsIn = (changes: StageFileChanges): Readonly<Record<string, Alarm>> =>
  Object.fromEntries(
    Object.entries(templateParts('msk-sinks', 'dev', aStageFile(changes)).resources.Resources).filter(
      ([, resource]) => (resource as Alarm).Type === 'AWS::CloudWatch::Alarm',
    ),
  ) as Readonly<Record<string, Alarm>>;

describe('the alarms of a stage', () => {
  it('are there only with a topic that takes them', () => {
    expect(alarmsIn({})).toEqual({});
  });

  it('watch each function for records that could not be planned, are stale though newer, or block', () => {
    expect(Object.keys(alarmsIn({ alarms: { topicArn: TOPIC } })).toSorted()).toEqual([
      'DocumentdbSinkPlanningFailuresAlarm',
      'DocumentdbSinkRecordsBlockedAlarm',
      'DocumentdbSinkStaleButNewerAlarm',
      'KinesisSinkPlanningFailuresAlarm',
      'KinesisSinkRecordsBlockedAlarm',
      'KinesisSinkStaleButNewerAlarm',
    ]);
  });

  it('read the metric that the function sends, with its dimensions', () => {
    const alarm = alarmsIn({ alarms: { topicArn: TOPIC } })['KinesisSinkRecordsBlockedAlarm'];
    expect(alarm?.Properties).toMatchObject({
      AlarmName: 'msk-sinks-dev-kinesisSink-RecordsBlocked',
      Namespace: 'msk-sinks',
      MetricName: 'RecordsBlocked',
      Dimensions: [
        { Name: 'service', Value: 'msk-sinks' },
        { Name: 'stage', Value: 'dev' },
        { Name: 'function', Value: 'kinesisSink' },
      ],
      Statistic: 'Sum',
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [TOPIC],
    });
  });

  it('need the ARN of an SNS topic', () => {
    expect(() => alarmsIn({ alarms: { topicArn: 'on-call' } })).toThrow(
      /alarms\.topicArn must be an ARN like arn:aws:sns:/,
    );
  });
});
