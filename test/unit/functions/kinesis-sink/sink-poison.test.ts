import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../../functions/kinesis-sink/plan/entry.ts';
import { aKinesisSink, kinds, offsets, ofOneKey, records } from '../../../support/a-kinesis-sink.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { answer, fakeKinesis, sdkError } from '../../../support/fake-kinesis.ts';

const SOME_BASE64 = Buffer.from('whatever').toString('base64');

/** A payload that no decoder takes: a fault of ours that shows with this record alone. */
const unreadable = (canary: string) => {
  const read = () => {
    throw new RangeError(`cannot read ${canary}`);
  };
  return { base64: SOME_BASE64, byteLength: 8, bytes: read, text: read };
};

describe('a record that cannot be planned', () => {
  it.each([
    { name: 'by its value', record: { ...aRecord({ offset: 1, key: 'a' }), value: unreadable('CANARY') } },
    { name: 'by its key', record: { ...aRecord({ offset: 1 }), key: unreadable('CANARY') } },
  ])('$name becomes one dead letter, and its neighbours are delivered', async ({ record }) => {
    const kinesis = fakeKinesis();
    const { queue, deadLetters } = fakeDeadLetters();
    const sink = aKinesisSink({ port: kinesis.port, deadLetters: queue, envelope: 'json' });
    const outcomes = await sink.write([aRecord({ offset: 0, key: 'a' }), record, aRecord({ offset: 2, key: 'a' })]);
    expect(kinds(outcomes)).toEqual(['written', 'deadLettered', 'written']);
    expect(deadLetters).toMatchObject([{ offset: 1, code: 'planning_failed', stage: 'converting' }]);
    expect(sink.telemetry.metrics()).toMatchObject({ PlanningFailures: 1 });
    expect(JSON.stringify([deadLetters, sink.telemetry.lines])).not.toContain('CANARY');
  });

  it('holds up what follows in its lane until its dead letter is durable', async () => {
    const kinesis = fakeKinesis();
    const { queue } = fakeDeadLetters(() => false);
    const sink = aKinesisSink({ port: kinesis.port, deadLetters: queue, envelope: 'json' });
    const bad = { ...aRecord({ offset: 0, key: 'a' }), value: unreadable('CANARY') };
    const outcomes = await sink.write([bad, aRecord({ offset: 1, key: 'a' }), aRecord({ offset: 2, key: 'b' })]);
    expect(kinds(outcomes)).toEqual(['failed', 'skipped', 'written']);
  });
});

describe('poison', () => {
  const tooLarge = aRecord({ offset: 1, key: 'a', value: new Uint8Array(200) });
  const input = [
    aRecord({ offset: 0, key: 'a' }),
    tooLarge,
    aRecord({ offset: 2, key: 'a' }),
    aRecord({ offset: 3, key: 'b' }),
  ];

  it('becomes one dead letter; its neighbours are delivered', async () => {
    const kinesis = fakeKinesis();
    const { queue, deadLetters } = fakeDeadLetters();
    const sink = aKinesisSink({ port: kinesis.port, deadLetters: queue, recordBytesMax: 100 });
    const outcomes = await sink.write(input);
    expect(kinds(outcomes)).toEqual(['written', 'deadLettered', 'written', 'written']);
    expect(sink.telemetry.metrics()).not.toHaveProperty('PlanningFailures');
    expect(deadLetters).toMatchObject([
      {
        offset: 1,
        code: 'payload_too_large',
        stage: 'converting',
        attempts: 0,
        function: 'kinesisSink',
        target: 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders',
        at: '2023-11-14T22:13:20.000Z',
      },
    ]);
    expect(outcomes[1]).toMatchObject({ code: 'payload_too_large' });
  });

  it('in a row becomes a row of letters, in order', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const outcomes = await aKinesisSink({ port: fakeKinesis().port, deadLetters: queue, recordBytesMax: 3 }).write(
      ofOneKey(4),
    );
    expect(new Set(kinds(outcomes))).toEqual(new Set(['deadLettered']));
    expect(deadLetters.map(({ offset }) => offset)).toEqual([0, 1, 2, 3]);
  });

  it.each([
    { onPoison: 'block' as const, expected: ['failed', 'skipped', 'written'], sent: [0, 2] },
    { onPoison: 'skip' as const, expected: ['ignored', 'written', 'written'], sent: [0, 2, 1] },
  ])('that Kinesis found obeys onPoison: $onPoison, too', async ({ onPoison, expected, sent }) => {
    const isBad = (entry: Entry) => entry.records[0]?.position.offset === 0;
    const kinesis = fakeKinesis((entries) => (entries.some(isBad) ? { kind: 'invalid' } : answer));
    const { queue, deadLetters } = fakeDeadLetters();
    const outcomes = await aKinesisSink({ port: kinesis.port, deadLetters: queue, onPoison }).write([
      aRecord({ offset: 0, key: 'a' }),
      aRecord({ offset: 1, key: 'a' }),
      aRecord({ offset: 2, key: 'b' }),
    ]);
    expect(kinds(outcomes)).toEqual(expected);
    expect([...new Set(offsets(kinesis.requests.flat()))]).toEqual(sent);
    expect(deadLetters).toEqual([]);
  });

  it('stays unsettled, and holds its lane, when its dead letter cannot be written', async () => {
    const kinesis = fakeKinesis();
    const { queue } = fakeDeadLetters(() => false);
    const outcomes = await aKinesisSink({ port: kinesis.port, deadLetters: queue, recordBytesMax: 100 }).write(input);
    expect(kinds(outcomes)).toEqual(['written', 'failed', 'skipped', 'written']);
    expect(outcomes[1]).toMatchObject({ failure: { code: 'dead_letter_failed', retryable: true } });
    expect(outcomes[2]).toMatchObject({ blockedBy: { offset: 1 } });
    expect(JSON.stringify(outcomes[1])).toContain('more than the 100 bytes of recordKiBMax');
  });

  it('holds its lane until its dead letter is durable', async () => {
    const deadLetter = Promise.withResolvers<boolean>();
    const kinesis = fakeKinesis();
    const setup = aKinesisSink({
      port: kinesis.port,
      deadLetters: { put: () => deadLetter.promise },
      recordBytesMax: 100,
    });
    const work = setup.write(input, deadlineIn(setup.clock.nowMs(), 60_000));
    await expect.poll(() => kinesis.stored.length).toBe(2);
    expect(offsets(kinesis.stored)).toEqual([0, 3]);
    deadLetter.resolve(true);
    expect(kinds(await work)).toEqual(['written', 'deadLettered', 'written', 'written']);
    expect(offsets(kinesis.stored)).toEqual([0, 3, 2]);
  });

  it('holds its lane for good with onPoison: block', async () => {
    const outcomes = await aKinesisSink({ port: fakeKinesis().port, onPoison: 'block', recordBytesMax: 100 }).write(
      input,
    );
    expect(kinds(outcomes)).toEqual(['written', 'failed', 'skipped', 'written']);
    expect(outcomes[1]).toMatchObject({ failure: { code: 'payload_too_large', retryable: false } });
  });

  it('holds the answer with onPoison: block until nothing more may be sent, after every other lane is delivered', async () => {
    const kinesis = fakeKinesis();
    const setup = aKinesisSink({ port: kinesis.port, onPoison: 'block', recordBytesMax: 100 });
    const { sendUntilMs } = deadlineIn(setup.clock.nowMs());
    const work = setup.write(input);
    await expect.poll(() => offsets(kinesis.stored)).toEqual([0, 3]);
    await work;
    expect(setup.clock.nowMs()).toBe(sendUntilMs);
  });

  it('is counted and passed over with onPoison: skip', async () => {
    const outcomes = await aKinesisSink({ port: fakeKinesis().port, onPoison: 'skip', recordBytesMax: 100 }).write(
      input,
    );
    expect(outcomes).toMatchObject([{}, { kind: 'ignored', reason: 'poison' }, { kind: 'written' }, {}]);
  });

  it('is looked for in both halves at once: a slow one does not hold up the records of the other', async () => {
    const kinesis = fakeKinesis();
    const setup = aKinesisSink({
      port: {
        putRecords: async (entries, signal) => {
          if (entries.length === 4) throw sdkError('InvalidArgumentException', 400);
          const isSlow = entries.some(({ records: [record] }) => record?.position.offset === 0);
          if (isSlow) await setup.clock.waitUntil(Number.POSITIVE_INFINITY, signal);
          return await kinesis.port.putRecords(entries, signal);
        },
      },
    });
    const outcomes = await setup.write(records(4), deadlineIn(setup.clock.nowMs(), 12_000));
    expect(kinds(outcomes)).toEqual(['failed', 'failed', 'written', 'written']);
  });

  it('is looked for no longer than there is time to send', async () => {
    const setup = aKinesisSink({
      port: {
        putRecords: async (_entries, signal) => {
          await setup.clock.waitUntil(setup.clock.nowMs() + 1_000, signal);
          throw sdkError('InvalidArgumentException', 400);
        },
      },
    });
    const deadline = deadlineIn(setup.clock.nowMs(), 10_000);
    const outcomes = await setup.write(records(400), deadline);
    expect(setup.clock.nowMs()).toBeLessThanOrEqual(deadline.sendUntilMs + 1_000);
    const blamed = outcomes.filter((outcome) => outcome.kind !== 'failed' || !outcome.failure.retryable);
    expect(blamed).toEqual([]);
  });

  it('is found among the entries of a request that Kinesis rejects as a whole', async () => {
    const isBad = (entry: Entry) => entry.records[0]?.position.offset === 7;
    const kinesis = fakeKinesis((entries) => (entries.some(isBad) ? { kind: 'invalid' } : answer));
    const { queue, deadLetters } = fakeDeadLetters();
    const outcomes = await aKinesisSink({ port: kinesis.port, deadLetters: queue }).write(records(20));
    expect(kinds(outcomes).filter((kind) => kind === 'written')).toHaveLength(19);
    const timesSent = kinesis.requests.filter((entries) => entries.some(isBad)).length;
    expect(timesSent).toBeGreaterThan(2);
    expect(deadLetters).toMatchObject([
      { offset: 7, code: 'rejected_by_target', stage: 'writing', attempts: timesSent },
    ]);
  });

  it('has its dead letter written while others are still looked for, so that a long search gets somewhere', async () => {
    const isBad = (entry: Entry) => (entry.records[0]?.position.offset ?? 0) % 3 === 0;
    const kinesis = fakeKinesis((entries) => (entries.some(isBad) ? { kind: 'invalid' } : answer));
    const setup = aKinesisSink({
      port: {
        putRecords: async (entries, signal) => {
          await setup.clock.waitUntil(setup.clock.nowMs() + 1_000, signal);
          return kinesis.port.putRecords(entries, signal);
        },
      },
    });
    const outcomes = await setup.write(records(400), deadlineIn(setup.clock.nowMs(), 30_000));
    expect(new Set(kinds(outcomes))).toEqual(new Set(['written', 'deadLettered', 'failed']));
  });

  it('holds back no record that was rejected in its company, however long its dead letter takes', async () => {
    const isBad = (entry: Entry) => entry.records[0]?.position.offset === 0;
    const kinesis = fakeKinesis((entries) => (entries.some(isBad) ? { kind: 'invalid' } : answer));
    const never = new Promise<boolean>(() => undefined);
    const setup = aKinesisSink({ port: kinesis.port, deadLetters: { put: () => never } });
    const outcomes = await setup.write(records(4), deadlineIn(setup.clock.nowMs(), 30_000));
    expect(kinds(outcomes)).toEqual(['failed', 'written', 'written', 'written']);
  });
});

describe('tombstones', () => {
  it('become entries without data', async () => {
    const kinesis = fakeKinesis();
    await aKinesisSink({ port: kinesis.port }).write([aRecord({ value: null })]);
    expect(kinesis.stored).toMatchObject([{ dataBase64: '' }]);
  });

  it('are ignored and counted with tombstone: skip, and no empty value with them', async () => {
    const kinesis = fakeKinesis();
    const outcomes = await aKinesisSink({ port: kinesis.port, tombstone: 'skip' }).write([
      aRecord({ offset: 0, value: null }),
      aRecord({ offset: 1, value: '' }),
    ]);
    expect(outcomes).toMatchObject([{ kind: 'ignored', reason: 'tombstone' }, { kind: 'written' }]);
    expect(offsets(kinesis.stored)).toEqual([1]);
  });
});
