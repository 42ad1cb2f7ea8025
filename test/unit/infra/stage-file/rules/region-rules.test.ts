import { describe, expect, it } from 'vitest';
import { aStageFile, type StageFileChanges } from '../../../../support/a-stage-file.ts';
import { problemsOf } from '../../../../support/problems-of.ts';

const problemsWith = (changes: StageFileChanges) => problemsOf(aStageFile(changes));
const topicArn = 'arn:aws:sns:eu-west-1:111111111111:on-call';

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

  it('is the key of the region of what it encrypts', () => {
    const secret = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-AbCdEf';
    const schemaRegistry = {
      SchemaRegistryURI: 'https://registry.example.com',
      EventRecordFormat: 'JSON',
      AccessConfigs: [{ Type: 'BASIC_AUTH', URI: secret }],
      SchemaValidationConfigs: [{ Attribute: 'VALUE' }],
    };
    const withKeys = (secretKmsKeyArn: string) => ({
      cluster: { authentication: 'mutualTls', secretArn: secret, secretKmsKeyArn },
      documentdbSink: { secretKmsKeyArn },
      trigger: {
        onFailure: 'arn:aws:sqs:eu-west-1:111111111111:failures',
        onFailureKmsKeyArn: secretKmsKeyArn,
        schemaRegistry,
        schemaRegistryKmsKeyArn: secretKmsKeyArn,
      },
    });
    expect(problemsWith(withKeys(key))).toEqual(
      [
        'cluster.secretKmsKeyArn',
        'documentdbSink.secretKmsKeyArn',
        'trigger.onFailureKmsKeyArn',
        'trigger.schemaRegistryKmsKeyArn',
      ].map(
        (path) => `${path} is in us-east-1, but what the key encrypts is in eu-west-1: write the key of that region`,
      ),
    );
    expect(problemsWith(withKeys(key.replace('us-east-1', 'eu-west-1')))).toEqual([]);
  });

  it('may be in another region together with its key', () => {
    const elsewhere = 'arn:aws:secretsmanager:us-east-1:111111111111:secret:a-AbCdEf';
    expect(problemsWith({ documentdbSink: { secretArn: elsewhere, secretKmsKeyArn: key } })).toEqual([]);
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
