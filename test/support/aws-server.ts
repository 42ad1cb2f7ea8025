import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished, vi } from 'vitest';

/** One call of the function, as it stood on the wire. */
export interface AwsCall {
  /** `PutRecords`, `AssumeRole`, `GetSecretValue`, ..; for S3 `PUT` or `GET`. */
  readonly action: string;
  readonly path: string;
  readonly contentType: string | undefined;
  /** Of the signature: who signed, and for which region. */
  readonly accessKeyId: string;
  readonly region: string;
  /** Beside the signature, if the credentials are of a session. */
  readonly sessionToken: string | undefined;
  /** A JSON body, the fields of a form, or the text of an object. */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the request that it looks at.
  readonly body: any;
}

/** An answer with an HTTP status that says that the call failed. */
export class ErrorAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: string, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The answer to a call: a JSON value for JSON services, text for the others; an ErrorAnswer; undefined closes the connection. */
export type Answer = (call: AwsCall) => unknown;

export interface AwsServer {
  readonly url: string;
  /** All calls so far, in the order of their arrival. */
  readonly calls: readonly AwsCall[];
  of(action: string): readonly AwsCall[];
  /** The most calls of an action that were open at once. */
  openMax(action: string): number;
  /** How many connections callers opened. */
  connectionCount(): number;
  stop(): Promise<void>;
}

/** The access key of the session that AssumeRole hands out. */
export const ASSUMED_ACCESS_KEY_ID = 'ASIAASSUMED';

/** Such a server for one test, whose environment names the server and the credentials `OWN`. */
export async function useAwsServer(answers: Readonly<Record<string, Answer>> = {}): Promise<AwsServer> {
  const server = await startAwsServer(answers);
  const environment = {
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'OWN',
    AWS_SECRET_ACCESS_KEY: 's',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await server.stop();
  });
  return server;
}

/**
 * A server of the AWS calls that the functions make. It records every call, and answers as the services do, unless the test
 * answers a call itself.
 */
export async function startAwsServer(answers: Readonly<Record<string, Answer>> = {}): Promise<AwsServer> {
  const calls: AwsCall[] = [];
  let connectionCount = 0;
  const open = new Map<string, { now: number; max: number }>();
  const server = createServer(async (request, response) => {
    const call = await callOf(request).catch(() => undefined);
    if (call === undefined) return; // the caller went away before its request was complete
    calls.push(call);
    const counter = open.get(call.action) ?? { now: 0, max: 0 };
    open.set(call.action, counter);
    counter.now += 1;
    counter.max = Math.max(counter.max, counter.now);
    const answer = await (answers[call.action] ?? DEFAULT_ANSWERS[call.action])?.(call);
    counter.now -= 1;
    if (answer === undefined) request.socket.destroy();
    else if (answer instanceof ErrorAnswer) response.writeHead(answer.status, answer.headers).end(answer.body);
    else response.end(typeof answer === 'object' && !(answer instanceof Uint8Array) ? JSON.stringify(answer) : answer);
  });
  server.on('connection', () => {
    connectionCount += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    of: (action) => calls.filter((call) => call.action === action),
    openMax: (action) => open.get(action)?.max ?? 0,
    connectionCount: () => connectionCount,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const SIGNATURE = /Credential=([^/]+)\/\d+\/([^/]+)\//;

async function callOf(request: IncomingMessage): Promise<AwsCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const [, accessKeyId = '', region = ''] = SIGNATURE.exec(request.headers.authorization ?? '') ?? [];
  const { 'x-amz-target': target, 'content-type': contentType } = request.headers;
  const sessionToken = textOf(request.headers['x-amz-security-token']);
  const path = (request.url ?? '').split('?')[0] ?? '';
  const call = { path, contentType, accessKeyId, region, sessionToken };
  if (typeof target === 'string') return { ...call, action: target.split('.')[1] ?? '', body: JSON.parse(text) };
  if (contentType?.startsWith('application/x-www-form-urlencoded')) {
    const fields = Object.fromEntries(new URLSearchParams(text));
    return { ...call, action: fields['Action'] ?? '', body: fields };
  }
  return { ...call, action: request.method ?? '', body: text };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const assumeRole = (): string => `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult><Credentials>
    <AccessKeyId>${ASSUMED_ACCESS_KEY_ID}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
    <SessionToken>token</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration>
  </Credentials></AssumeRoleResult>
</AssumeRoleResponse>`;

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
export const putRecords = ({ body }: AwsCall) => ({
  FailedRecordCount: 0,
  Records: body.Records.map((_: unknown, index: number) => ({
    SequenceNumber: String(49_000 + index),
    ShardId: 'shardId-000000000000',
  })),
});

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html */
const describeStreamSummary = () => ({
  StreamDescriptionSummary: {
    StreamStatus: 'ACTIVE',
    MaxRecordSizeInKiB: 10_240,
    EncryptionType: 'NONE',
    RecordDistributionStrategy: 'PARTITION_KEY',
  },
});

const DEFAULT_ANSWERS: Readonly<Record<string, Answer>> = {
  AssumeRole: assumeRole,
  DescribeStreamSummary: describeStreamSummary,
  PutRecords: putRecords,
  PUT: () => '',
};
