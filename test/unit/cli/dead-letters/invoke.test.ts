import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { lambdaInvoke } from '../../../../cli/dead-letters/redrive/invoke.ts';
import { aStage } from '../../../support/a-dead-letter-bucket.ts';

interface Answered {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Lambda's Invoke: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function aLambda(...answers: readonly Answered[]) {
  const calls: { readonly path: string | undefined; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { status, headers, body } = answers[calls.length] ?? { status: 500 };
    calls.push({ path: request.url, body: Buffer.concat(chunks).toString() });
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'OWN');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's');
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });
  return calls;
}

const throttled = { status: 429, headers: { 'x-amzn-errortype': 'TooManyRequestsException' }, body: '{}' };

describe('the invocation of a deployed function', () => {
  it('sends the event to the function of the stage, and has what it answered', async () => {
    const calls = await aLambda({ status: 200, body: '{"mskSinks":"redrive"}' });
    expect(await lambdaInvoke(aStage)('documentdbSink', '{"records":{}}')).toEqual({
      payload: '{"mskSinks":"redrive"}',
      hasFailed: false,
    });
    const path = `/2015-03-31/functions/${aStage.functionNames.documentdbSink}/invocations`;
    expect(calls).toEqual([{ path, body: '{"records":{}}' }]);
  });

  it('has failed where the function has, even without an answer', async () => {
    await aLambda({ status: 200, headers: { 'x-amz-function-error': 'Unhandled' } });
    expect(await lambdaInvoke(aStage)('kinesisSink', '{}')).toEqual({ payload: '', hasFailed: true });
  });

  it('is tried again while Lambda throttles', async () => {
    const calls = await aLambda(throttled, { status: 200, body: '{}' });
    expect(await lambdaInvoke(aStage)('kinesisSink', '{}')).toEqual({ payload: '{}', hasFailed: false });
    expect(calls).toHaveLength(2);
  });

  it('that is denied names the right, the function and the account', async () => {
    await aLambda({ status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' }, body: '{"message":"no"}' });
    const { functionNames, accountId } = aStage;
    const words = `lambda:InvokeFunction on the function ${functionNames.kinesisSink}: allow it in account ${accountId}`;
    await expect(lambdaInvoke(aStage)('kinesisSink', '{}')).rejects.toThrow(words);
  });
});
