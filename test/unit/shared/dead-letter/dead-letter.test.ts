import { describe, expect, it } from 'vitest';
import { type DeadLetter, deadLetterKey, deadLetterOf } from '../../../../shared/dead-letter/dead-letter.ts';
import { createDeadLetterQueue, type DeadLetterStore } from '../../../../shared/dead-letter/dead-letter-queue.ts';
import { DEAD_LETTER_TIMEOUT_MS, DEAD_LETTERS_IN_FLIGHT_MAX } from '../../../../shared/limits.ts';
import { poison } from '../../../../shared/outcome.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { recordedTelemetry } from '../../../support/recorded-telemetry.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const aLetter = (offset = 42, context: { readonly deadLetterTopic?: string } = {}): DeadLetter =>
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
      ...context,
    },
  );

describe('a dead letter', () => {
  it('holds all there is to know, byte for byte', () => {
    expect(aLetter()).toStrictEqual({
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

  it("says that the broker's clock gave the timestamp, so that a redrive makes the same record", () => {
    const record = { ...aRecord(), timestampType: 'LOG_APPEND_TIME' } as const;
    const context = { functionName: 'f', target: 't', stage: 'writing', attempts: 1, atMs: 0 } as const;
    expect(deadLetterOf(record, poison('no_match', ''), context).timestampType).toBe('LOG_APPEND_TIME');
  });

  it('names the topic that a connector file has for dead letters', () => {
    const deadLetterTopic = 'orders-dlq';
    expect(aLetter(42, { deadLetterTopic })).toEqual({ ...aLetter(), deadLetterTopic });
  });

  it('of a tombstone without a key has neither', () => {
    const cause = poison('rejected_by_target', 'rejected');
    const context = { functionName: 'f', target: 't', stage: 'writing', attempts: 1, atMs: 0 } as const;
    expect(deadLetterOf(aRecord({ key: null, value: null }), cause, context)).toMatchObject({
      keyBase64: null,
      valueBase64: null,
      headers: [],
    });
  });

  it('lies under function, topic, partition and an offset of 20 digits', () => {
    expect(deadLetterKey(aLetter())).toMatch(
      /^dead-letters\/documentdbSink\/web-orders\/3\/00000000000000000042-[0-9a-f]{16}\.json$/,
    );
  });

  it('has the key of its record again after a replay, whatever became of the record this time', () => {
    const again = { ...aLetter(), code: 'rejected_by_target', reason: 'other', attempts: 7, at: 'later' } as const;
    expect(deadLetterKey(again)).toBe(deadLetterKey(aLetter()));
  });

  it.each([
    { what: 'time', change: { timestamp: 1_700_000_000_001 } },
    { what: 'key', change: { keyBase64: 'aQ==' } },
    { what: 'absent key', change: { keyBase64: null } },
    { what: 'value', change: { valueBase64: '/wE=' } },
    { what: 'absent value', change: { valueBase64: null } },
    { what: 'headers', change: { headers: [['a', 'yA==']] } },
    { what: 'key and value changed over', change: { keyBase64: '/wA=', valueBase64: 'aw==' } },
  ] as const)(
    'overwrites no letter of a topic made anew: another $what at one offset has another key',
    ({ change }) => {
      expect(deadLetterKey({ ...aLetter(), ...change })).not.toBe(deadLetterKey(aLetter()));
    },
  );
});

function setUp(store: DeadLetterStore) {
  const clock = new VirtualClock();
  const { meter, metrics } = recordedTelemetry();
  return { clock, metrics, queue: createDeadLetterQueue({ store, clock, random: () => 0.5, meter }) };
}

describe('the queue', () => {
  it('is durable only when the store has it', async () => {
    const bodies = new Map<string, string>();
    const { clock, queue } = setUp({
      put: (key, body) => {
        bodies.set(key, body);
        return Promise.resolve();
      },
    });
    expect(await queue.put(aLetter(), deadlineIn(clock.nowMs()))).toBe(true);
    expect(JSON.parse(bodies.get(deadLetterKey(aLetter())) ?? '')).toEqual(aLetter());
    expect(clock.waitingCount()).toBe(0);
  });

  it('tries again after a failure, later from time to time, and counts the failures', async () => {
    const triedAtMs: number[] = [];
    const { clock, queue, metrics } = setUp({
      put: () => {
        triedAtMs.push(clock.nowMs());
        return triedAtMs.length < 4 ? Promise.reject(new Error('503')) : Promise.resolve();
      },
    });
    const startMs = clock.nowMs();
    expect(await clock.run(queue.put(aLetter(), deadlineIn(startMs)))).toBe(true);
    expect(triedAtMs.map((atMs) => atMs - startMs)).toEqual([0, 50, 150, 350]);
    expect(metrics()).toEqual({ DeadLetterWritesFailed: 3 });
  });

  it('takes a store that throws for one that refuses', async () => {
    const { clock, queue } = setUp({
      put: () => {
        throw new Error('503');
      },
    });
    expect(await clock.run(queue.put(aLetter(), deadlineIn(clock.nowMs(), 10_000)))).toBe(false);
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

  it('writes at most 32 dead letters at once', async () => {
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

  it('writes at most 32 at once, too, when more come while others are under way', async () => {
    let open = 0;
    let openMax = 0;
    const { clock, queue } = setUp({
      put: async (_key, _body, signal) => {
        open += 1;
        openMax = Math.max(openMax, open);
        await clock.waitUntil(clock.nowMs() + 100, signal);
        open -= 1;
      },
    });
    const deadline = deadlineIn(clock.nowMs());
    const putMany = () => Promise.all(Array.from({ length: 64 }, (_, offset) => queue.put(aLetter(offset), deadline)));
    const early = putMany();
    await clock.advance(150);
    await clock.run(Promise.all([early, putMany()]));
    expect(openMax).toBe(DEAD_LETTERS_IN_FLIGHT_MAX);
  });

  it('frees the place of a dead letter that failed', async () => {
    const triedOffsets = new Set<string>();
    const { clock, queue } = setUp({
      put: (key) => {
        const isFirstTry = !triedOffsets.has(key);
        triedOffsets.add(key);
        return isFirstTry ? Promise.reject(new Error('503')) : Promise.resolve();
      },
    });
    const deadline = deadlineIn(clock.nowMs());
    const deadLetters = Array.from({ length: 100 }, (_, offset) => queue.put(aLetter(offset), deadline));
    expect((await clock.run(Promise.all(deadLetters))).every(Boolean)).toBe(true);
  });

  it('begins no dead letter after sendUntilMs that waited for its place until then', async () => {
    const begunAtMs: number[] = [];
    const { clock, queue } = setUp({
      put: () => {
        begunAtMs.push(clock.nowMs());
        return new Promise(() => undefined);
      },
    });
    const deadline = deadlineIn(clock.nowMs(), 11_000); // places become free every two seconds, also at sendUntilMs
    const deadLetters = Array.from({ length: 200 }, (_, offset) => queue.put(aLetter(offset), deadline));
    expect((await clock.run(Promise.all(deadLetters))).some(Boolean)).toBe(false);
    expect(Math.max(...begunAtMs)).toBeLessThan(deadline.sendUntilMs);
    expect(clock.nowMs()).toBeLessThanOrEqual(deadline.answerByMs);
  });

  it('gives a try up when the answer is due before its two seconds are over', async () => {
    const { clock, queue } = setUp({ put: () => new Promise(() => undefined) });
    const startMs = clock.nowMs();
    const deadline = { sendUntilMs: startMs + 100, answerByMs: startMs + 200 };
    expect(await clock.run(queue.put(aLetter(), deadline))).toBe(false);
    expect(clock.nowMs()).toBe(deadline.answerByMs);
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
    expect(await queue.put(aLetter(), deadlineIn(clock.nowMs(), 5_000))).toBe(false);
    expect(tries).toBe(0);
  });
});
