import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { assumeWithSts } from '../../../../../../functions/documentdb-sink/connector/registry/glue/glue-credentials.ts';
import {
  createObjectReader,
  createParameterReader,
  createSecretReader,
  regionOf,
} from '../../../../../../functions/documentdb-sink/target/connection/aws-readers.ts';
import { ErrorAnswer, useAwsServer } from '../../../../../support/aws-server.ts';

const { signal } = new AbortController();
const SECRET = 'arn:aws:secretsmanager:us-east-1:111111111111:secret:docdb-AbCdEf';
const PARAMETER = 'arn:aws:ssm:us-east-1:111111111111:parameter/docdb/host:3';
const ROLE = { arn: 'arn:aws:iam::222222222222:role/schemas', sessionName: 'connect', region: 'us-east-2' };

describe('a secret or a parameter', () => {
  it.each([
    [SECRET, 'us-east-1'],
    ['arn:aws-cn:secretsmanager:cn-north-1:111111111111:secret:a/b-AbCdEf', 'cn-north-1'],
    [PARAMETER, 'us-east-1'],
    ['docdb', undefined],
    ['/prod/docdb', undefined],
  ])('%s is read in the region of its ARN: %s', (name, region) => {
    expect(regionOf(name)).toBe(region);
  });
});

describe('AWS is asked', () => {
  it('for a secret by its name, or by its ARN in another region', async () => {
    const aws = await useAwsServer({ GetSecretValue: ({ body }) => ({ SecretString: `of ${body.SecretId}` }) });
    const read = createSecretReader();
    expect(await read('docdb', signal)).toBe('of docdb');
    expect(await read(SECRET, signal)).toBe(`of ${SECRET}`);
    expect(aws.of('GetSecretValue').map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
  });

  it('for a decrypted parameter', async () => {
    const aws = await useAwsServer({ GetParameter: ({ body }) => ({ Parameter: { Value: `of ${body.Name}` } }) });
    const read = createParameterReader();
    expect(await read('/prod/docdb', signal)).toBe('of /prod/docdb');
    expect(await read(PARAMETER, signal)).toBe(`of ${PARAMETER}`);
    expect(aws.of('GetParameter')).toMatchObject([
      { region: 'eu-west-1', body: { WithDecryption: true } },
      { region: 'us-east-1', body: { WithDecryption: true } },
    ]);
  });

  it('for the bytes of an object', async () => {
    const aws = await useAwsServer({ GET: () => Buffer.from([0, 255]) });
    expect([...(await createObjectReader(true)('trust', 'a/b.pem', signal))]).toEqual([0, 255]);
    expect(aws.of('GET').map(({ path }) => path)).toEqual(['/trust/a/b.pem']);
  });

  it('for an object in the region of its bucket, which S3 names', async () => {
    const elsewhere = new ErrorAnswer(301, '<Error><Code>PermanentRedirect</Code></Error>', {
      'x-amz-bucket-region': 'eu-central-1',
    });
    const aws = await useAwsServer({ GET: ({ region }) => (region === 'eu-central-1' ? Buffer.from([1]) : elsewhere) });
    const read = createObjectReader(true);
    for (let time = 0; time < 2; time += 1) expect([...(await read('trust', 'ca.pem', signal))]).toEqual([1]);
    expect(
      aws
        .of('GET')
        .map(({ region }) => region)
        .slice(0, 2),
    ).toEqual(['eu-west-1', 'eu-central-1']);
  });

  it('for a session of the role of a schema registry, in the region of the registry', async () => {
    const aws = await useAwsServer();
    expect(await assumeWithSts(ROLE, signal)).toMatchObject({ AccessKeyId: 'ASIAASSUMED', SessionToken: 'token' });
    expect(aws.of('AssumeRole')).toMatchObject([
      { region: 'us-east-2', body: { RoleArn: ROLE.arn, RoleSessionName: 'connect' } },
    ]);
  });
});

describe.each<[string, string, (given: AbortSignal) => Promise<unknown>]>([
  ['a secret', 'GetSecretValue', (given) => createSecretReader()('docdb', given)],
  ['a parameter', 'GetParameter', (given) => createParameterReader()('/docdb', given)],
  ['an object', 'GET', (given) => createObjectReader(true)('trust', 'ca.pem', given)],
  ['a session', 'AssumeRole', (given) => assumeWithSts(ROLE, given)],
])('a question for %s', (_what, action, ask) => {
  it('is asked once: the caller decides when to try again', async () => {
    const aws = await useAwsServer({ [action]: () => new ErrorAnswer(500, '') });
    await expect(ask(signal)).rejects.toThrow();
    expect(aws.of(action)).toHaveLength(1);
  });

  it('waits 3 s for an answer', async () => {
    await useAwsServer({ [action]: () => vi.advanceTimersByTime(3_000) });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await expect(ask(signal)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('ends when it is aborted', async () => {
    const controller = new AbortController();
    await useAwsServer({
      [action]: () => {
        controller.abort();
        return new Promise(() => undefined);
      },
    });
    await expect(ask(controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
