// What a connection is made of, through the real clients of AWS: a parameter of Systems Manager, a CA bundle in S3.

import { readFile } from 'node:fs/promises';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import {
  createObjectReader,
  createParameterReader,
} from '../../functions/documentdb-sink/target/connection/aws-readers.ts';
import { bundleOf, createTlsContextReader } from '../../functions/documentdb-sink/target/connection/tls-context.ts';
import { clientOptions } from '../../local/engines/aws/accounts.ts';
import { DEFAULT_RESOURCES } from '../../local/engines/aws/resources.ts';
import { endpointsOf } from '../support/engines-of-run.ts';

const { aws, documentdb } = await endpointsOf(inject('runFolder'));
const administrator = aws.administrators.accountA;
const options = clientOptions({ endpointUrl: aws.endpointUrl, resources: DEFAULT_RESOURCES }, administrator);
const { signal } = new AbortController();

beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', aws.endpointUrl);
  vi.stubEnv('AWS_REGION', DEFAULT_RESOURCES.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', administrator.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', administrator.secretAccessKey);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the setup of a connection', () => {
  it('reads a parameter that is encrypted', async () => {
    const client = new SSMClient(options);
    const parameter = { Name: '/docdb/host', Value: 'docdb.example', Type: 'SecureString', Overwrite: true } as const;
    await client.send(new PutParameterCommand(parameter));
    client.destroy();
    expect(await createParameterReader()('/docdb/host', signal)).toBe('docdb.example');
    await expect(createParameterReader()('/docdb/none', signal)).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });

  it('trusts a CA bundle that lies in S3, and says what is wrong with one that does not', async () => {
    const client = new S3Client({ ...options, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: 'truststores' }));
    const pem = await readFile(documentdb.caFile);
    await client.send(new PutObjectCommand({ Bucket: 'truststores', Key: 'docdb/ca.pem', Body: pem }));
    client.destroy();
    const trustIn = (url: string) =>
      createTlsContextReader(bundleOf(url, '/nowhere', createObjectReader(true)))(signal);
    await expect(trustIn('s3://truststores/docdb/ca.pem')).resolves.toBeDefined();
    await expect(trustIn('s3://truststores/docdb/none.pem')).rejects.toThrow('NoSuchKey');
  });
});
