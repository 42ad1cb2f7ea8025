// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what CloudFormation substitutes looks like a placeholder of a template string.
import { describe, expect, it } from 'vitest';
import { member } from '../../../../local/template/intrinsic.ts';
import { parseTemplate } from '../../../../local/template/parse-template.ts';
import { readFunctions } from '../../../../local/template/read-functions.ts';
import { templateResolver } from '../../../../local/template/template-resolver.ts';

const TEMPLATE = `
Parameters:
  Stage: { Type: String, Default: dev }
  Secret: { Type: String }
Resources:
  Letters: { Type: AWS::S3::Bucket, Properties: { BucketName: !Sub 'letters-\${Stage}' } }
  Alarms: { Type: AWS::SNS::Topic }
  Jobs: { Type: AWS::SQS::Queue }
  Table: { Type: AWS::DynamoDB::Table }
  Sink:
    Type: AWS::Lambda::Function
    Metadata: { 'aws:asset:path': asset.1 }
    Properties:
      Handler: src/orders.handler
      Runtime: nodejs22.x
      Timeout: 30
      Environment:
        Variables:
          BUCKET: !Ref Letters
          QUEUE_ARN: !GetAtt Jobs.Arn
          TEXT: !Join ['-', [!Ref Stage, 'x', !Sub ['\${Own}/\${AWS::Region}/\${!Kept}', { Own: !Ref Alarms }]]]
          COUNT: 7
          FLAG: true
  Plain: { Type: AWS::Lambda::Function, Properties: { Handler: index.handler, Runtime: nodejs24.x, Layers: [a] } }
`;

const template = parseTemplate(TEMPLATE);
const resolve = templateResolver(template);

describe('a template', () => {
  it('may be JSON as well', () => {
    expect(parseTemplate('{"Resources":{"Sink":{"Type":"AWS::Lambda::Function"}}}')).toEqual({
      Resources: { Sink: { Type: 'AWS::Lambda::Function' } },
    });
  });

  it.each([
    [{ Ref: 'Stage' }, 'dev'],
    [{ Ref: 'Letters' }, 'letters-dev'],
    [{ 'Fn::GetAtt': ['Letters', 'Arn'] }, 'arn:aws:s3:::letters-dev'],
    [{ Ref: 'Alarms' }, 'arn:aws:sns:eu-west-1:000000000000:alarms'],
    [{ 'Fn::GetAtt': 'Sink.Arn' }, 'arn:aws:lambda:eu-west-1:000000000000:function:sink'],
    [{ 'Fn::Sub': '${AWS::Partition}:${Jobs.Arn}' }, 'aws:arn:aws:sqs:eu-west-1:000000000000:jobs'],
    [{ 'Fn::Join': ['', ['a', 1]] }, 'a1'],
    [{ Ref: 'Secret' }, undefined],
    [{ Ref: 'Table' }, undefined],
    [
      { 'Fn::Sub': '{"bucket":"${Letters}","stages":{"${Stage}":"${!Stage}}"}}' },
      '{"bucket":"letters-dev","stages":{"dev":"${Stage}}"}}',
    ],
    [{ 'Fn::Sub': 'x-${Secret}' }, undefined],
    [{ 'Fn::GetAtt': ['Jobs', 'QueueUrl'] }, undefined],
    [{ 'Fn::ImportValue': 'x' }, undefined],
  ])('resolves %j to %j', (intrinsic, expected) => {
    expect(resolve(intrinsic)).toBe(expected);
  });

  it('takes the values of parameters that are given', () => {
    const given = templateResolver(template, { Secret: 's', 'AWS::Region': 'us-east-1' });
    expect(given({ 'Fn::Sub': '${Secret} ${Stage} ${AWS::Region}' })).toBe('s dev us-east-1');
  });
});

describe('the functions of a template', () => {
  it("are read with Lambda's defaults", () => {
    expect(readFunctions(template, { resolve })).toEqual([
      {
        ...{ logicalId: 'Sink', name: 'Sink', handler: 'src/orders.handler', runtime: 'nodejs22.x' },
        ...{ timeoutMs: 30_000, memoryMb: 128, hasLayers: false, assetPath: 'asset.1' },
        environment: {
          BUCKET: 'letters-dev',
          QUEUE_ARN: 'arn:aws:sqs:eu-west-1:000000000000:jobs',
          TEXT: 'dev-x-arn:aws:sns:eu-west-1:000000000000:alarms/eu-west-1/${Kept}',
          COUNT: '7',
          FLAG: 'true',
        },
      },
      expect.objectContaining({ logicalId: 'Plain', timeoutMs: 3_000, environment: {}, hasLayers: true }),
    ]);
  });

  it('may be only some of them, with variables of the caller', () => {
    const options = { resolve, logicalIds: new Set(['Plain']), environment: { A: '1' } };
    expect(readFunctions(template, options)).toMatchObject([{ logicalId: 'Plain', environment: { A: '1' } }]);
  });

  const problemsOf = (changes: object, environment = {}) => {
    const Properties = { ...Object(member(member(member(template, 'Resources'), 'Plain'), 'Properties')), ...changes };
    const changed = { Resources: { Plain: { Type: 'AWS::Lambda::Function', Properties } } };
    return () => readFunctions(changed, { resolve, environment });
  };

  it.each([
    [{ Runtime: 'python3.14' }, 'Plain.Runtime: is python3.14'],
    [{ Runtime: undefined }, 'Plain.Runtime: is missing; write a runtime of Node'],
    [{ Handler: undefined }, 'Plain.Handler: is missing'],
    [{ PackageType: 'Image' }, 'Plain.PackageType: is Image'],
    [{ Timeout: 901 }, 'Plain.Timeout: is 901; must be 1..900'],
    [
      { Environment: { Variables: { TABLE: { Ref: 'Table' } } } },
      'Plain.Environment.Variables.TABLE: {"Ref":"Table"} is known only in AWS; give the variable a value',
    ],
  ])('are refused with %j', (changes, problem) => {
    expect(problemsOf(changes)).toThrow(problem);
  });

  it('need no value that only AWS knows where the caller gives one', () => {
    const changes = { Environment: { Variables: { TABLE: { Ref: 'Table' } } } };
    expect(problemsOf(changes, { TABLE: 'orders' })()).toMatchObject([{ environment: { TABLE: 'orders' } }]);
  });
});
