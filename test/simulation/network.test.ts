import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { randomOf } from './scenario/random.ts';
import { createTimeline, EPOCH_MS } from './scenario/timeline.ts';
import { Environment } from './services/environment.ts';
import { exchange, foreign, type NetworkFault } from './services/network.ts';

const TIMEOUT_MS = 10_000;

/** One request whose caller waits ten seconds: when it was served, and what the caller heard. */
async function oneRequest(seed: number, fault: NetworkFault | undefined) {
  const timeline = createTimeline();
  const environment = new Environment('environment 1', timeline);
  const controller = new AbortController();
  const served: number[] = [];
  const heard: string[] = [];
  let listenerCount = 0;
  timeline.at(EPOCH_MS + TIMEOUT_MS, () => controller.abort());
  const parts = { timeline, random: randomOf(`network ${seed}`) };
  void exchange(environment, parts, {
    serve: () => {
      served.push(timeline.nowMs() - EPOCH_MS);
      return Promise.resolve('answer');
    },
    fault,
    broken: () => foreign('ECONNRESET'),
    aborted: () => foreign('AbortError'),
    signal: controller.signal,
  })
    .then(
      (answer) => heard.push(answer),
      (error: Error) => heard.push(error.name),
    )
    .finally(() => {
      listenerCount = getEventListeners(controller.signal, 'abort').length;
    });
  await timeline.runUntil(() => false, EPOCH_MS + 120_000);
  return { served, heard, listenerCount };
}

const manyRequests = (fault: NetworkFault | undefined) =>
  Promise.all(Array.from({ length: 60 }, (_, seed) => oneRequest(seed, fault)));

const allHeard = (requests: Awaited<ReturnType<typeof manyRequests>>) =>
  [...new Set(requests.flatMap(({ heard }) => heard))].sort();

describe('a request', () => {
  it('is served once and answered where nothing goes wrong', async () => {
    const requests = await manyRequests(undefined);
    expect(requests.every(({ served }) => served.length === 1)).toBe(true);
    expect(allHeard(requests)).toEqual(['answer']);
  });

  it('that has ended no longer listens to its signal: ten thousand stories would keep their worlds', async () => {
    const requests = [...(await manyRequests(undefined)), ...(await manyRequests('requestLost'))];
    expect(requests.map(({ listenerCount }) => listenerCount)).toEqual(requests.map(() => 0));
  });

  it('that is lost is never served; its caller sees the connection break, or nothing until it gives up', async () => {
    const requests = await manyRequests('requestLost');
    expect(requests.flatMap(({ served }) => served)).toEqual([]);
    expect(allHeard(requests)).toEqual(['AbortError', 'ECONNRESET']);
  });

  it('whose answer is lost is served, and its caller knows as little as if it were not', async () => {
    const requests = await manyRequests('answerLost');
    expect(requests.every(({ served }) => served.length === 1)).toBe(true);
    expect(allHeard(requests)).toEqual(['AbortError', 'ECONNRESET']);
  });

  it('that is slow is served all the same, also long after its caller gave up', async () => {
    const requests = await manyRequests('slow');
    expect(requests.every(({ served }) => served.length === 1)).toBe(true);
    const late = requests.filter(({ served }) => (served[0] ?? 0) > TIMEOUT_MS);
    expect(late.length).toBeGreaterThan(10);
    expect(allHeard(late)).toEqual(['AbortError']);
  });
});
