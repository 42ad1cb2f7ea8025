import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../../functions/kinesis-sink/entry.ts';
import { aKinesisSink, kinds, offsets, records } from '../../../support/a-kinesis-sink.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { answer, fakeKinesis, sdkError } from '../../../support/fake-kinesis.ts';

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
    const { queue, letters } = fakeDeadLetters();
    const outcomes = await aKinesisSink({ port: kinesis.port, deadLetters: queue, recordBytesMax: 100 }).write(input);
    expect(kinds(outcomes)).toEqual(['written', 'deadLettered', 'written', 'written']);
    expect(letters).toMatchObject([{ offset: 1, code: 'payload_too_large', stage: 'converting', attempts: 0 }]);
  });

  it('stays unsettled, and holds its lane, when its letter cannot be written', async () => {
    const kinesis = fakeKinesis();
    const { queue } = fakeDeadLetters(() => false);
    const outcomes = await aKinesisSink({ port: kinesis.port, deadLetters: queue, recordBytesMax: 100 }).write(input);
    expect(kinds(outcomes)).toEqual(['written', 'failed', 'skipped', 'written']);
  });

  it('holds its lane until its letter is durable', async () => {
    const letter = Promise.withResolvers<boolean>();
    const kinesis = fakeKinesis();
    const setup = aKinesisSink({
      port: kinesis.port,
      deadLetters: { put: () => letter.promise },
      recordBytesMax: 100,
    });
    const work = setup.write(input, deadlineIn(setup.clock.nowMs(), 60_000));
    await expect.poll(() => kinesis.stored.length).toBe(2);
    expect(offsets(kinesis.stored)).toEqual([0, 3]);
    letter.resolve(true);
    expect(kinds(await work)).toEqual(['written', 'deadLettered', 'written', 'written']);
    expect(offsets(kinesis.stored)).toEqual([0, 3, 2]);
  });

  it('holds its lane for good with onPoison: block', async () => {
    const outcomes = await aKinesisSink({ port: fakeKinesis().port, onPoison: 'block', recordBytesMax: 100 }).write(
      input,
    );
    expect(kinds(outcomes)).toEqual(['written', 'failed', 'skipped', 'written']);
    expect(outcomes[1]).toMatchObject({ failure: { retryable: false } });
  });

  it('is counted and passed over with onPoison: skip', async () => {
    const outcomes = await aKinesisSink({ port: fakeKinesis().port, onPoison: 'skip', recordBytesMax: 100 }).write(
      input,
    );
    expect(outcomes).toMatchObject([{}, { kind: 'ignored', reason: 'poison' }, { kind: 'written' }, {}]);
  });

  it('says in its letter how often it was sent', async () => {
    const kinesis = fakeKinesis((_entries, call) => ({ kind: call < 3 ? 'reset' : 'invalid' }));
    const { queue, letters } = fakeDeadLetters();
    await aKinesisSink({ port: kinesis.port, deadLetters: queue }).write(records(1));
    expect(letters).toMatchObject([{ stage: 'writing', attempts: 3 }]);
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
    expect(new Set(kinds(outcomes))).toEqual(new Set(['failed']));
  });

  it('is found among the entries of a request that Kinesis rejects as a whole', async () => {
    const isBad = (entry: Entry) => entry.record.position.offset === 7;
    const kinesis = fakeKinesis((entries) => (entries.some(isBad) ? { kind: 'invalid' } : answer));
    const { queue, letters } = fakeDeadLetters();
    const outcomes = await aKinesisSink({ port: kinesis.port, deadLetters: queue }).write(records(20));
    expect(kinds(outcomes).filter((kind) => kind === 'written')).toHaveLength(19);
    expect(letters).toMatchObject([{ offset: 7, code: 'rejected_by_target', stage: 'writing', attempts: 1 }]);
  });
});

describe('tombstones', () => {
  it('become entries without data', async () => {
    const kinesis = fakeKinesis();
    await aKinesisSink({ port: kinesis.port }).write([aRecord({ value: null })]);
    expect(kinesis.stored).toMatchObject([{ dataBase64: '' }]);
  });

  it('are ignored and counted with tombstone: skip', async () => {
    const kinesis = fakeKinesis();
    const outcomes = await aKinesisSink({ port: kinesis.port, tombstone: 'skip' }).write([aRecord({ value: null })]);
    expect(outcomes).toMatchObject([{ kind: 'ignored', reason: 'tombstone' }]);
    expect(kinesis.requests).toEqual([]);
  });
});
