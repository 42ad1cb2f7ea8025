import { describe, expect, it } from 'vitest';
import { connectionTo } from '../../../../cli/kafka/connection.ts';
import { iamToken } from '../../../../cli/kafka/iam-token.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-to-be-sent', sessionToken: 'a/session' };

describe('the token of a login with IAM', () => {
  it('is a signed URL of 15 minutes that connects to clusters of the region, and holds no secret key', async () => {
    const token = await iamToken('eu-west-1', CREDENTIALS, new Date('2026-11-29T12:00:00Z'));
    expect(token).toMatch(/^[\w-]+$/);
    const url = new URL(Buffer.from(token, 'base64url').toString());
    expect(url.origin).toBe('https://kafka.eu-west-1.amazonaws.com');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: 'kafka-cluster:Connect',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20261129/eu-west-1/kafka-cluster/aws4_request',
      'X-Amz-Date': '20261129T120000Z',
      'X-Amz-Expires': '900',
      'X-Amz-Security-Token': 'a/session',
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
      'User-Agent': 'msk-sinks',
    });
    expect(url.href).not.toContain('not-to-be-sent');
  });
});

describe('a connection to brokers', () => {
  it('is in the clear without a login, and over TLS with one', () => {
    const brokers = { bootstrapServers: 'a:1,b:2', tls: false, login: undefined };
    expect(connectionTo(brokers, 'eu-west-1')).toEqual({
      ...{ clientId: 'msk-sinks', bootstrapBrokers: ['a:1', 'b:2'], connectTimeout: 10_000 },
    });
    expect(
      connectionTo({ ...brokers, tls: true, login: { kind: 'scram', username: 'u', password: 'p' } }, 'eu-west-1'),
    ).toMatchObject({
      tls: {},
      tlsServerName: true,
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'u', password: 'p' },
    });
    expect(connectionTo({ ...brokers, tls: true, login: { kind: 'iam' } }, 'eu-west-1')).toMatchObject({
      sasl: { mechanism: 'OAUTHBEARER' },
    });
  });
});
