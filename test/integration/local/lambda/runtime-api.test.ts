import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type RuntimeApi, type RuntimeEvent, startRuntimeApi } from '../../../../local/lambda/runtime-api.ts';

let api: RuntimeApi;

beforeEach(async () => {
  api = await startRuntimeApi();
  onTestFinished(() => api.close());
});

const anEvent = (requestId: string): RuntimeEvent => ({
  requestId,
  deadlineMs: 1_800_000_000_000,
  functionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:f',
  eventJson: '{"records":{}}',
});

const call = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
  await fetch(`http://${api.address}/2018-06-01/runtime${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });

describe('the Runtime API', () => {
  it('holds the request for the next event until there is one, and gives its headers', async () => {
    const next = call('GET', '/invocation/next');
    expect(await api.idle()).toBeUndefined();
    const answer = api.deliver(anEvent('r-1'));
    const response = await next;
    expect(await response.text()).toBe('{"records":{}}');
    expect(response.headers.get('lambda-runtime-aws-request-id')).toBe('r-1');
    expect(response.headers.get('lambda-runtime-deadline-ms')).toBe('1800000000000');
    expect(response.headers.get('lambda-runtime-invoked-function-arn')).toBe(anEvent('').functionArn);
    expect((await call('POST', '/invocation/r-1/response', '{"ok":true}')).status).toBe(202);
    expect(await answer).toEqual({ kind: 'response', payload: '{"ok":true}' });
  });

  it('gives an event that was there before the runtime asked', async () => {
    const answer = api.deliver(anEvent('r-1'));
    expect((await call('GET', '/invocation/next')).status).toBe(200);
    await call('POST', '/invocation/r-1/error', '{"errorType":"Late","errorMessage":"too late"}');
    expect(await answer).toEqual({ kind: 'error', errorType: 'Late', errorMessage: 'too late' });
  });

  it('takes the type of an error from its header when the body has none', async () => {
    const answer = api.deliver(anEvent('r-1'));
    await call('GET', '/invocation/next');
    await call('POST', '/invocation/r-1/error', 'not JSON', { 'lambda-runtime-function-error-type': 'Unhandled' });
    expect(await answer).toEqual({ kind: 'error', errorType: 'Unhandled', errorMessage: '' });
  });

  it('refuses an answer to another event than the one being handled', async () => {
    const answer = api.deliver(anEvent('r-1'));
    await call('GET', '/invocation/next');
    expect((await call('POST', '/invocation/r-0/response', '1')).status).toBe(400);
    expect((await call('POST', '/invocation/r-1/response', '2')).status).toBe(202);
    expect(await answer).toEqual({ kind: 'response', payload: '2' });
    expect((await call('POST', '/invocation/r-1/response', '3')).status).toBe(400);
  });

  it('refuses a response over 6,291,556 bytes and fails the event', async () => {
    const answer = api.deliver(anEvent('r-1'));
    await call('GET', '/invocation/next');
    expect((await call('POST', '/invocation/r-1/response', 'x'.repeat(6_291_557))).status).toBe(413);
    expect(await answer).toMatchObject({ kind: 'error', errorType: 'Function.ResponseSizeTooLarge' });
  });

  it('reports a runtime that could not start', async () => {
    await call('POST', '/init/error', '{"errorType":"Runtime.ImportModuleError","errorMessage":"no such file"}');
    expect(await api.idle()).toMatchObject({ kind: 'error', errorType: 'Runtime.ImportModuleError' });
  });

  it('handles one event at a time', async () => {
    const first = api.deliver(anEvent('r-1'));
    await expect(api.deliver(anEvent('r-2'))).rejects.toThrow('one event at a time');
    await call('GET', '/invocation/next');
    await expect(api.deliver(anEvent('r-2'))).rejects.toThrow('one event at a time');
    await call('POST', '/invocation/r-1/response', '1');
    await first;
  });

  it('keeps an event until the runtime has answered the one before and asks again', async () => {
    const next = call('GET', '/invocation/next');
    const first = api.deliver(anEvent('r-1'));
    await next;
    await call('POST', '/invocation/r-1/response', '1');
    await first;
    const second = api.deliver(anEvent('r-2'));
    const again = await call('GET', '/invocation/next');
    expect(again.headers.get('lambda-runtime-aws-request-id')).toBe('r-2');
    await call('POST', '/invocation/r-2/response', '2');
    expect(await second).toEqual({ kind: 'response', payload: '2' });
  });

  it('keeps the highest memory that was reported', async () => {
    await call('POST', '/init/error', '{}', { 'msk-sinks-memory-peak-kb': '204800' });
    await call('POST', '/init/error', '{}', { 'msk-sinks-memory-peak-kb': '102400' });
    expect(api.memoryPeakMb()).toBe(200);
  });

  it('answers 404 on any other path', async () => {
    expect((await call('GET', '/extension')).status).toBe(404);
  });
});
