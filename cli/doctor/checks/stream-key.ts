import type { Ask, Value } from '../ask.ts';
import { type Context, look } from '../context.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';

const TITLE = 'encryption';
const OF_WRITER = 'the right to the key';

/** The key that encrypts the stream, asked in the stream's account, and whether the writer may use the key. */
export async function encryption(context: Context, ask: Ask, stream: Value): Promise<readonly Finding[]> {
  const { EncryptionType, KeyId } = stream;
  if (EncryptionType !== 'KMS') {
    return [warning(TITLE, 'the stream is not encrypted', 'aws kinesis start-stream-encryption')];
  }
  if (String(KeyId).includes('alias/aws/kinesis')) return [managedKey(context, String(KeyId))];
  return await look(
    ask,
    {
      title: TITLE,
      command: 'kms describe-key',
      options: { 'key-id': String(KeyId) },
      right: 'kms:DescribeKey',
      missing: () =>
        failed(TITLE, `the key ${KeyId} does not exist`, 'aws kinesis start-stream-encryption with another key'),
    },
    async ({ KeyMetadata: key }: Value) => {
      if (key.KeyManager === 'AWS') return [managedKey(context, String(KeyId))];
      if (key.KeyState !== 'Enabled') {
        return [
          failed(
            TITLE,
            `the key ${KeyId} is ${key.KeyState}, so that the stream takes no record`,
            'enable the key (aws kms enable-key, or aws kms cancel-key-deletion)',
          ),
        ];
      }
      return [ok(TITLE, `${KeyId} is Enabled`), ...(await mayUse(context, ask, String(key.Arn)))];
    },
  );
}

/** An AWS managed key serves its own account alone. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html */
function managedKey({ deployment: { file } }: Context, keyId: string): Finding {
  const { streamArn, roleArn } = file.kinesisSink ?? {};
  const isUsedFromOutside = roleArn === undefined && streamArn?.split(':')[4] !== file.accountId;
  return isUsedFromOutside
    ? failed(TITLE, `${keyId} serves the stream's own account alone`, 'give the stream a customer managed key')
    : ok(TITLE, keyId);
}

/** What the policies of the writing role say; the key's own policy counts too. https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html */
async function mayUse({ deployment: { file } }: Context, ask: Ask, keyArn: string): Promise<readonly Finding[]> {
  const { roleArn, streamArn } = file.kinesisSink ?? {};
  if (roleArn === undefined || streamArn === undefined) return [];
  return await look(
    ask,
    {
      title: OF_WRITER,
      command: 'iam simulate-principal-policy',
      options: {
        ...{ 'policy-source-arn': roleArn, 'action-names': 'kms:GenerateDataKey', 'resource-arns': keyArn },
        'context-entries': `ContextKeyName=kms:EncryptionContext:aws:kinesis:arn,ContextKeyValues=${streamArn},ContextKeyType=string`,
      },
      right: 'iam:SimulatePrincipalPolicy',
      missing: () => failed(OF_WRITER, 'the role in account B does not exist', 'deploy infra/stream-account.yml'),
    },
    ({ EvaluationResults: [result] }: Value) =>
      result?.EvalDecision === 'allowed'
        ? ok(OF_WRITER, 'the role in account B may use the key')
        : failed(
            OF_WRITER,
            `the role in account B may not use ${keyArn}: ${result?.EvalDecision}`,
            `deploy account B with KmsKeyArn=${keyArn}, or allow kms:GenerateDataKey in the key's policy`,
          ),
  );
}
