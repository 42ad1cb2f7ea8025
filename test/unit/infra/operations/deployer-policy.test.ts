import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deadLetterBucketName, functionName, SINKS } from '../../../../infra/sinks.ts';
import { templateParts } from '../../../../infra/template/template.ts';
import { aStageFile } from '../../../support/a-stage-file.ts';

interface Statement {
  readonly Sid: string;
  readonly Resource: string | readonly string[];
}

const { Statement: statements }: { readonly Statement: readonly Statement[] } = JSON.parse(
  readFileSync('infra/deployer-policy.json', 'utf8'),
);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html: an asterisk is any text. */
function covers(sid: string, arn: string): boolean {
  const patterns = statements.filter((each) => each.Sid === sid).flatMap(({ Resource }) => Resource);
  return patterns.some((pattern) => {
    const [start = '', ...others] = pattern.split('*');
    const last = others.pop();
    if (last === undefined) return arn === pattern;
    return others.length === 0 && arn.startsWith(start) && arn.endsWith(last);
  });
}

const ACCOUNT = '111111111111';
const regional = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${ACCOUNT}:${resource}`;

/** What a deployment of a stage touches, by the statement that lets it. */
function touchedBy(stage: string): readonly (readonly [sid: string, arn: string])[] {
  const alarms = { topicArn: 'arn:aws:sns:eu-west-1:111111111111:on-call' };
  const { resources } = templateParts('msk-sinks', stage, aStageFile({ alarms }));
  const alarmNames = Object.values(
    resources.Resources as Record<string, { Properties?: { AlarmName?: string } }>,
  ).flatMap(({ Properties }) => Properties?.AlarmName ?? []);
  const functions = SINKS.map((sink) => functionName('msk-sinks', stage, sink));
  return [
    ...functions.map((name) => ['Functions', regional('lambda', `function:${name}`)] as const),
    ...functions.map((name) => ['Logs', regional('logs', `log-group:/aws/lambda/${name}`)] as const),
    ...alarmNames.map((name) => ['Alarms', regional('cloudwatch', `alarm:${name}`)] as const),
    ['Buckets', `arn:aws:s3:::${deadLetterBucketName('msk-sinks', stage, ACCOUNT)}`],
    ['Buckets', `arn:aws:s3:::msk-sinks-${stage}-serverlessdeploymentbucket-0a1b2c`],
    ...['KinesisSink', 'DocumentdbSink'].map(
      (id) =>
        ['PoliciesOfManyTopics', `arn:aws:iam::${ACCOUNT}:policy/msk-sinks-${stage}-${id}TopicsPolicy1-0A`] as const,
    ),
  ];
}

describe("the deployer's policy", () => {
  it('covers what a deployment of the stage touches', () => {
    const touched = touchedBy('dev');
    expect(touched.length).toBeGreaterThan(20);
    expect(touched.filter(([sid, arn]) => !covers(sid, arn))).toEqual([]);
  });

  it('covers nothing of a stage whose name begins alike', () => {
    expect(touchedBy('dev-eu').filter(([sid, arn]) => covers(sid, arn))).toEqual([]);
  });
});
