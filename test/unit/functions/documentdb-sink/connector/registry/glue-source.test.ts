import { describe, expect, it } from 'vitest';
import {
  checkGlue,
  glueParts,
} from '../../../../../../functions/documentdb-sink/connector/registry/glue/glue-settings.ts';
import { createGlueSource } from '../../../../../../functions/documentdb-sink/connector/registry/glue/glue-source.ts';
import { signedHeaders } from '../../../../../../functions/documentdb-sink/connector/registry/glue/sign.ts';
import type {
  HttpOptions,
  HttpReply,
} from '../../../../../../functions/documentdb-sink/connector/registry/http-call.ts';
import { outage } from '../../../../../../functions/documentdb-sink/connector/registry/schema-source.ts';

const ID = '11111111-2222-3333-4444-555555555555';
const ENVIRONMENT = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'SECRET', AWS_SESSION_TOKEN: 'TOKEN' };
const signal = new AbortController().signal;

const reply = (status: number, body: unknown): HttpReply => ({ status, body: JSON.stringify(body) });

function glue(answer: HttpReply | Error, environment: Readonly<Record<string, string>> = ENVIRONMENT) {
  const calls: { readonly url: string; readonly options: HttpOptions }[] = [];
  const source = createGlueSource({
    ...glueParts(new Map([['region', 'eu-west-1']]), environment),
    call(url, options) {
      calls.push({ url: url.href, options });
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  });
  return { calls, fetch: () => source.fetch(ID, signal) };
}

describe("AWS Glue's registry", () => {
  it('gives a schema by the id of its version, to a signed call', async () => {
    const { calls, fetch } = glue(reply(200, { SchemaVersionId: ID, SchemaDefinition: '"int"', DataFormat: 'AVRO' }));
    expect(await fetch()).toEqual({ kind: 'found', schema: { type: 'AVRO', text: '"int"', references: new Map() } });
    expect(calls).toMatchObject([
      {
        url: 'https://glue.eu-west-1.amazonaws.com/',
        options: {
          method: 'POST',
          body: JSON.stringify({ SchemaVersionId: ID }),
          headers: {
            'content-type': 'application/x-amz-json-1.1',
            'x-amz-target': 'AWSGlue.GetSchemaVersion',
            'x-amz-security-token': 'TOKEN',
            authorization: expect.stringMatching(
              /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/glue\/aws4_request, /,
            ),
          },
        },
      },
    ]);
  });

  it('says that it does not know an id', async () => {
    expect(await glue(reply(400, { __type: 'EntityNotFoundException' })).fetch()).toEqual({ kind: 'unknown' });
  });

  it.each([
    [
      'no connection',
      Object.assign(new Error('SECRET'), { code: 'ECONNREFUSED' }),
      'schema_unavailable',
      'ECONNREFUSED',
    ],
    [
      'throttling',
      reply(400, { __type: 'com.amazonaws.glue#ThrottlingException' }),
      'schema_unavailable',
      'ThrottlingException',
    ],
    ['a failure', reply(500, { __type: 'InternalServiceException' }), 'schema_unavailable', '500'],
    [
      'a refusal',
      reply(400, { __type: 'AccessDeniedException', Message: 'SECRET' }),
      'misconfigured',
      'glue:GetSchemaVersion',
    ],
    [
      'credentials that have ended',
      reply(400, { __type: 'ExpiredTokenException' }),
      'misconfigured',
      'ExpiredTokenException',
    ],
    ['something else', { status: 200, body: '<html>' }, 'misconfigured', '200'],
  ])('takes %s for no fault of a record', async (_what, answer, code, detail) => {
    const found = await glue(answer).fetch();
    expect(found).toMatchObject({
      kind: 'unavailable',
      failure: { code, retryable: true, detail: expect.stringContaining(detail) },
    });
    expect(JSON.stringify(found)).not.toContain('SECRET');
  });

  // https://docs.aws.amazon.com/glue/latest/webapi/CommonErrors.html
  it.each([
    ...['ThrottlingException', 'ThrottledException', 'RequestLimitExceeded', 'InternalServiceException'],
    ...['InternalFailure', 'ServiceUnavailable', 'OperationTimeoutException', 'RequestTimeoutException'],
  ])('may have another answer than %s a moment later', async (name) => {
    const { fetch, calls } = glue(reply(400, { __type: `${name}:http://internal.amazon.com/coral/com.amazon.coral/` }));
    const detail = `AWS Glue answers 400 ${name}`;
    expect(await fetch()).toEqual(outage(detail));
    expect(calls).toHaveLength(1);
  });

  it.each<[number, Readonly<Record<string, unknown>>, string]>([
    [429, {}, 'schema_unavailable'],
    [500, {}, 'schema_unavailable'],
    [503, {}, 'schema_unavailable'],
    [499, {}, 'misconfigured'],
    [400, { __type: 5 }, 'misconfigured'],
    [200, { SchemaDefinition: '"int"' }, 'misconfigured'],
    [200, { DataFormat: 'AVRO' }, 'misconfigured'],
    [400, { SchemaDefinition: '"int"', DataFormat: 'AVRO' }, 'misconfigured'],
  ])('says with %s %j: %s', async (status, body, code) => {
    const found = await glue(reply(status, body)).fetch();
    expect(found).toMatchObject({ kind: 'unavailable', failure: { code } });
    const name = typeof body['__type'] === 'string' ? body['__type'] : '';
    expect(found.kind === 'unavailable' && found.failure.detail).toMatch(
      new RegExp(`^AWS Glue answers ${status} ${name}(:|$)`),
    );
  });

  it.each([
    'ExpiredTokenException',
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    'com.amazon.coral.service#InvalidSignatureException',
  ])('is asked again with new credentials where it refuses those that were kept: %s', async (name) => {
    const sessions = [
      { accessKeyId: 'OLD', secretAccessKey: 'a' },
      { accessKeyId: 'NEW', secretAccessKey: 'b' },
    ] as const;
    const refusals: unknown[] = [];
    const source = createGlueSource({
      ...glueParts(new Map([['region', 'eu-west-1']]), ENVIRONMENT),
      readCredentials(_signal, refused) {
        refusals.push(refused);
        return Promise.resolve(refused === undefined ? sessions[0] : sessions[1]);
      },
      call: (_url, { headers }) =>
        Promise.resolve(
          String(headers?.['authorization']).includes('Credential=NEW/')
            ? reply(200, { SchemaDefinition: '"int"', DataFormat: 'AVRO' })
            : reply(400, { __type: name }),
        ),
    });
    expect(await source.fetch(ID, signal)).toMatchObject({ kind: 'found' });
    expect(refusals).toEqual([undefined, sessions[0]]);
  });

  it('is asked once where it refuses what is asked, and not who asks', async () => {
    const refusals: unknown[] = [];
    const source = createGlueSource({
      ...glueParts(new Map([['region', 'eu-west-1']]), ENVIRONMENT),
      readCredentials(_signal, refused) {
        refusals.push(refused);
        return Promise.resolve({ accessKeyId: String(refusals.length), secretAccessKey: 'a' });
      },
      call: () => Promise.resolve(reply(400, { __type: 'AccessDeniedException' })),
    });
    await source.fetch(ID, signal);
    expect(refusals).toEqual([undefined]);
  });

  it('is asked once where there are no others', async () => {
    const { calls, fetch } = glue(reply(400, { __type: 'ExpiredTokenException' }));
    await fetch();
    expect(calls).toHaveLength(1);
  });

  it('cannot be asked without credentials', async () => {
    expect(await glue(reply(200, {}), {}).fetch()).toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    ['AWS_ACCESS_KEY_ID', { ...ENVIRONMENT, AWS_ACCESS_KEY_ID: '' }],
    ['AWS_SECRET_ACCESS_KEY', { ...ENVIRONMENT, AWS_SECRET_ACCESS_KEY: '' }],
  ])('cannot be asked without %s', async (_name, environment) => {
    const { fetch, calls } = glue(reply(200, {}), environment);
    expect(await fetch()).toMatchObject({ kind: 'unavailable', failure: { code: 'schema_unavailable' } });
    expect(calls).toEqual([]);
  });

  it.each([
    [{ region: 'eu-west-1' }, {}, 'https://glue.eu-west-1.amazonaws.com/'],
    [{ region: 'cn-north-1' }, {}, 'https://glue.cn-north-1.amazonaws.com.cn/'],
    [{ region: 'us-gov-west-1' }, {}, 'https://glue.us-gov-west-1.amazonaws.com/'],
    [{ region: 'eusc-de-east-1' }, {}, 'https://glue.eusc-de-east-1.amazonaws.eu/'],
    [{ region: 'eu-west-1' }, { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, 'http://127.0.0.1:4566/'],
    [
      { region: 'eu-west-1', endpoint: 'https://vpce.example/path' },
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' },
      'https://vpce.example/',
    ],
  ])('with %j and %j has the address %s', (settings, environment, address) => {
    expect(glueParts(new Map(Object.entries(settings)), environment).endpoint.href).toBe(address);
  });
});

describe('a call of AWS Glue', () => {
  it('is signed as AWS wants it', async () => {
    const call = {
      url: new URL('https://glue.us-east-1.amazonaws.com/'),
      headers: { 'x-amz-target': 'AWSGlue.GetSchemaVersion' },
      body: '{}',
    };
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
    const { authorization } = await signedHeaders(
      call,
      'us-east-1',
      credentials,
      new Date(Date.UTC(2015, 7, 30, 12, 36)),
    );
    // By Python's hmac, from the canonical request that AWS describes.
    const signature = '964077bd885820baca2fffce01dbc858c4f174557ac62870738cd97f149e409b';
    expect(authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/glue/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-target, Signature=${signature}`,
    );
  });
});

describe("the settings of Glue's converter", () => {
  const check = (settings: Readonly<Record<string, string>>) => () =>
    checkGlue(new Map(Object.entries({ region: 'eu-west-1', ...settings })), 'value.converter.');

  it.each([
    [{ region: '' }, 'value.converter.region=: must be'],
    [{ region: 'Ireland' }, 'like eu-west-1'],
    [{ region: 'eu-west-1a' }, 'like eu-west-1'],
    [{ endpoint: 'glue' }, 'value.converter.endpoint=glue: must be a URL'],
    [{ endpoint: 'see https://glue.example' }, 'must be a URL'],
    [{ endpoint: 'https://' }, 'must be a URL'],
    [{ endpoint: 'https://glue.example /' }, 'must be a URL'],
    [{ assumeRoleArn: 'role' }, "value.converter.assumeRoleArn=role: must be a role's ARN"],
    [{ assumeRoleArn: 'x arn:aws:iam::222222222222:role/schemas' }, "must be a role's ARN"],
    [{ assumeRoleArn: 'arn:aws:iam::22222222222:role/schemas' }, "must be a role's ARN"],
    [{ assumeRoleArn: 'arn:aws:iam::222222222222:role/' }, "must be a role's ARN"],
    [{ assumeRoleArn: 'arn:aws:iam::222222222222:user/schemas' }, "must be a role's ARN"],
    [
      { secondaryDeserializer: 'java.Class' },
      'value.converter.secondaryDeserializer=..: is refused: the function cannot run Java',
    ],
  ])('%o is refused', (settings, problem) => {
    expect(check(settings)).toThrow(problem);
  });

  it.each([
    { assumeRoleArn: 'arn:aws:iam::222222222222:role/schemas' },
    { assumeRoleArn: 'arn:aws-cn:iam::222222222222:role/path/schemas' },
    { endpoint: 'http://127.0.0.1:4566' },
    { endpoint: 'https://glue.example' },
  ])('may be %j', (settings) => {
    expect(check(settings)).not.toThrow();
  });
});
