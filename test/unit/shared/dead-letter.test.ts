import { describe, expect, it } from 'vitest';
import { type DeadLetter, deadLetterKey, deadLetterOf } from '../../../shared/dead-letter.ts';
import { createDeadLetterQueue, type DeadLetterStore } from '../../../shared/dead-letter-queue.ts';
import { DEAD_LETTER_TIMEOUT_MS, DEAD_LETTERS_IN_FLIGHT_MAX } from '../../../shared/limits.ts';
import { poison } from '../../../shared/outcome.ts';
import { aRecord, deadlineIn } from '../../support/builders.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { recordedTelemetry } from '../../support/recorded-telemetry.ts';

const aLetter = (offset = 42): DeadLetter =>
  deadLetterOf(
    aRecord({
      topic: 'web-orders',
      partition: 3,
      offset,
      timestampMs: 1_700_000_000_000,
      key: 'k',
      value: Uint8Array.of(0xff, 0x00),
      headers: [
        { name: 'a', value: Uint8Array.of(200) },
        { name: 'a', value: Uint8Array.of(1) },
      ],
    }),
    poison('payload_invalid', 'the value is not JSON'),
    {
      functionName: 'documentdbSink',
      target: 'shop.orders',
      stage: 'converting',
      attempts: 0,
      atMs: 1_700_000_001_000,
    },
  );

describe('a letter', () => {
  it('holds all there is to know, byte for byte', () => {
    expect(aLetter()).toEqual({
      version: 1,
      function: 'documentdbSink',
      topic: 'web-orders',
      partition: 3,
      offset: 42,
      timestamp: 1_700_000_000_000,
      keyBase64: 'aw==',
      valueBase64: '/wA=',
      headers: [
        ['a', 'yA=='],
        ['a', 'AQ=='],
      ],
      stage: 'converting',
      code: 'payload_invalid',
      reason: 'the value is not JSON',
      target: 'shop.orders',
      attempts: 0,
      at: '2023-11-14T22:13:21.000Z',
    });
  });

  it('lies under function, topic, partition and an offset of 20 digits', () => {
    expect(deadLetterKey(aLetter())).toBe('dead-letters/documentdbSink/web-orders/3/00000000000000000042.json');
  });
});

function setUp(store: DeadLetterStore) {
  const clock = new ManualClock();
  const { meter } = recordedTelemetry();
  return { clock, queue: createDeadLetterQueue({ store, clock, random: () => 0.5, meter }) };
}

describe('the queue', () => {
  it('says durable only when the store has the letter', async () => {
    const bodies = new Map<string, string>();
    const { clock, queue } = setUp({
      put: (key, body) => {
        bodies.set(key, body);
        return Promise.resolve();
      },
    });
    expect(await queue.put(aLetter(), deadlineIn(clock.nowMs()))).toBe(true);
    expect(JSON.parse(bodies.get(deadLetterKey(aLetter())) ?? '')).toEqual(aLetter());
  });

  it('tries again after a failure', async () => {
    let tries = 0;
    const { clock, queue } = setUp({
      put: () => {
        tries += 1;
        return tries < 3 ? Promise.reject(new Error('503')) : Promise.resolve();
      },
    });
    expect(await clock.run(queue.put(aLetter(), deadlineIn(clock.nowMs())))).toBe(true);
    expect(tries).toBe(3);
  });

  it('says not durable when the store stays away, but not before sendUntilMs is near', async () => {
    const { clock, queue } = setUp({ put: () => Promise.reject(new Error('503')) });
    const deadline = deadlineIn(clock.nowMs(), 60_000);
    expect(await clock.run(queue.put(aLetter(), deadline))).toBe(false);
    expect(clock.nowMs()).toBeGreaterThan(deadline.sendUntilMs - 5_000);
    expect(clock.nowMs()).toBeLessThan(deadline.answerByMs);
  });

  it('gives one try two seconds, even when the store is deaf to its signal', async () => {
    let tries = 0;
    const { clock, queue } = setUp({
      put: () => {
        tries += 1;
        return tries === 1 ? new Promise(() => undefined) : Promise.resolve();
      },
    });
    const startMs = clock.nowMs();
    expect(await clock.run(queue.put(aLetter(), deadlineIn(startMs)))).toBe(true);
    expect(clock.nowMs() - startMs).toBeGreaterThanOrEqual(DEAD_LETTER_TIMEOUT_MS);
    expect(clock.nowMs() - startMs).toBeLessThan(DEAD_LETTER_TIMEOUT_MS + 200);
  });

  it('writes at most 32 letters at once', async () => {
    let open = 0;
    let openMax = 0;
    const { clock, queue } = setUp({
      put: async () => {
        open += 1;
        openMax = Math.max(openMax, open);
        await Promise.resolve();
        open -= 1;
      },
    });
    const deadline = deadlineIn(clock.nowMs());
    const durable = await Promise.all(Array.from({ length: 100 }, (_, offset) => queue.put(aLetter(offset), deadline)));
    expect(durable.every(Boolean)).toBe(true);
    expect(openMax).toBe(DEAD_LETTERS_IN_FLIGHT_MAX);
  });

  it('writes nothing after sendUntilMs', async () => {
    let tries = 0;
    const { clock, queue } = setUp({
      put: () => {
        tries += 1;
        return Promise.resolve();
      },
    });
    expect(await queue.put(aLetter(), deadlineIn(clock.nowMs(), 4_000))).toBe(false);
    expect(tries).toBe(0);
  });
});
