import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { localRoles } from '../../../../../local/engines/aws/policies.ts';
import { DEFAULT_RESOURCES } from '../../../../../local/engines/aws/resources.ts';

const [writer, kinesis, documentdb] = localRoles(DEFAULT_RESOURCES);

describe('a policy', () => {
  it("lets exactly kinesisSink's role with the external id assume account B's role", () => {
    expect(writer?.account).toBe('222222222222');
    expect(writer?.trustPolicy.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: 'arn:aws:iam::111111111111:role/msk-sinks-local-kinesis' },
        Condition: { StringEquals: { 'sts:ExternalId': 'msk-sinks-local' } },
      },
    ]);
  });

  it("lets account B's role do to the one stream what its template in infra/ allows, and nothing else", async () => {
    const template = await readFile('infra/stream-account.yml', 'utf8');
    const [, actions] = /Action: \[(kinesis:[^\]]*)\]/.exec(template) ?? [];
    expect(writer?.policy.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: actions?.split(', '),
        Resource: 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders',
      },
    ]);
  });

  it('gives each function its own target and dead letters, and nothing of the other', () => {
    expect(kinesis?.policy.Statement.flatMap((statement) => statement['Action'])).toEqual([
      'sts:AssumeRole',
      's3:PutObject',
    ]);
    expect(documentdb?.policy.Statement.flatMap((statement) => statement['Action'])).toEqual([
      'secretsmanager:GetSecretValue',
      's3:PutObject',
    ]);
  });

  it('follows other names', () => {
    const [other] = localRoles({ ...DEFAULT_RESOURCES, stream: 'payments', accountB: '333333333333' });
    expect(other?.policy.Statement[0]?.['Resource']).toBe('arn:aws:kinesis:eu-west-1:333333333333:stream/payments');
  });
});
