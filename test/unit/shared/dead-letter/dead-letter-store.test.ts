import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createS3Store } from '../../../../shared/dead-letter/dead-letter-store.ts';
import { type Answer, ErrorAnswer, useAwsServer } from '../../../support/aws-server.ts';

const { signal } = new AbortController();

/** The real client against an S3 that answers as told; by default it takes each object. */
async function aStore(answer: Answer = () => '') {
  const s3 = await useAwsServer({ PUT: answer });
  return { store: createS3Store({ bucket: 'letters', pathStyle: true }), s3 };
}

describe('the store of dead letters', () => {
  it('writes each letter as an object of its bucket', async () => {
    const { store, s3 } = await aStore();
    await store.put('dead-letters/kinesisSink/orders/0/1.json', '{"offset":1}', signal);
    await store.put('dead-letters/kinesisSink/orders/0/2.json', '{"offset":2}', signal);
    expect(s3.calls).toMatchObject([
      {
        path: '/letters/dead-letters/kinesisSink/orders/0/1.json',
        body: '{"offset":1}',
        contentType: 'application/json',
      },
      { path: '/letters/dead-letters/kinesisSink/orders/0/2.json', body: '{"offset":2}', accessKeyId: 'OWN' },
    ]);
  });

  it('tries once: the queue of dead letters tries again', async () => {
    const refusal = new ErrorAnswer(503, '<Error><Code>SlowDown</Code></Error>');
    const { store, s3 } = await aStore(() => refusal);
    await expect(store.put('a.json', '{}', signal)).rejects.toMatchObject({ name: 'SlowDown' });
    expect(s3.calls).toHaveLength(1);
  });

  it('gives a silent S3 up after two seconds', async () => {
    const { store } = await aStore(() => vi.advanceTimersByTime(2_000));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await expect(store.put('a.json', '{}', signal)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('ends when it is aborted', async () => {
    const { store } = await aStore(() => new Promise(() => undefined));
    const controller = new AbortController();
    const put = store.put('a.json', '{}', controller.signal);
    controller.abort();
    await expect(put).rejects.toMatchObject({ name: 'AbortError' });
  });
});
