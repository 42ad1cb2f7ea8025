import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../../../shared/dead-letter/dead-letter.ts';
import { aDocumentdbSink, idsSent, inWords, notJson, order, version } from '../../../support/a-documentdb-sink.ts';
import { batchesOf, deadlineIn } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { planned, updateOf } from '../../../support/write-models.ts';

describe('poison', () => {
  it.each([
    ['a value that is not JSON', notJson(1, 'a'), 'payload_invalid'],
    ['no key', order(1, 'a', {}), 'payload_invalid'],
    ['a reserved field', order(1, 'a', { _k: 1 }), 'payload_invalid'],
    ['another reserved field', order(1, 'a', { _deletedAt: 1 }), 'payload_invalid'],
  ])('%s: a dead letter, alone, in order', async (name, record, code) => {
    const { queue, deadLetters } = fakeDeadLetters();
    const sink = aDocumentdbSink({ deadLetters: queue });
    const culprit = name === 'no key' ? { ...record, key: null } : record;
    const outcomes = await sink.write([order(0, 'b'), culprit, order(2, 'c')]);
    expect(outcomes.map(inWords)).toEqual(['written', `deadLettered ${code}`, 'written']);
    expect(deadLetters).toHaveLength(1);
    expect(deadLetters[0]).toMatchObject({
      function: 'documentdbSink',
      offset: 1,
      target: 'shop.orders',
      stage: 'converting',
      code,
      attempts: 0,
    });
  });

  it("names the connector's dead-letter topic in each dead letter, if the file has one", async () => {
    for (const deadLetterTopic of ['orders-dlq', undefined]) {
      const { queue, deadLetters } = fakeDeadLetters();
      await aDocumentdbSink({ deadLetters: queue, deadLetterTopic }).write([notJson(1, 'a')]);
      expect(deadLetters.map((deadLetter) => deadLetter.deadLetterTopic)).toEqual([deadLetterTopic]);
    }
  });

  it('takes a reserved name below the top level for a name like any other', async () => {
    const sink = aDocumentdbSink();
    const outcomes = await sink.write([order(1, 'a', { inner: { _k: 1, _deletedAt: 2 } })]);
    expect(outcomes.map(inWords)).toEqual(['written']);
  });

  it('keeps the document locked until its dead letter is durable, and nothing else', async () => {
    let accept: (durable: boolean) => void = () => undefined;
    const sink = aDocumentdbSink({
      deadLetters: { put: () => new Promise<boolean>((resolve) => (accept = resolve)) },
    });
    const batches = batchesOf([order(1, 'a'), notJson(2, 'a'), order(3, 'a'), order(4, 'b')]);
    const work = sink.sink.write(batches, deadlineIn(sink.clock.nowMs()));
    await sink.clock.advance(1_000);
    expect([version(sink.store, 'a'), version(sink.store, 'b')]).toEqual([1, 4]);
    accept(true);
    expect((await work).map(inWords)).toEqual(['written', 'deadLettered payload_invalid', 'written', 'written']);
    expect(version(sink.store, 'a')).toBe(3);
  });

  it('holds back what follows no longer than its own dead letter takes, whatever other dead letters take', async () => {
    const put = async ({ offset }: DeadLetter) => {
      if (offset === 3) return new Promise<boolean>(() => undefined);
      await sink.clock.waitUntil(sink.clock.nowMs() + 100);
      return true;
    };
    const sink = aDocumentdbSink({ deadLetters: { put } });
    const outcomes = await sink.write([notJson(1, 'a'), order(2, 'a'), notJson(3, 'b')]);
    expect(outcomes.map(inWords)).toEqual(['deadLettered payload_invalid', 'written', 'failed dead_letter_failed']);
  });

  it('is found among hundreds of folded writes with a few commands', async () => {
    const { mapper, record } = planned();
    const sink = aDocumentdbSink({ mapper });
    sink.store.put('a', { text: 'no document' });
    const paths = ['text.inner', ...Array.from({ length: 299 }, (_, index) => `field${index}`)];
    const records = paths.map((path, offset) => record({ offset }, [updateOf({ _id: 'a' }, { $set: { [path]: 1 } })]));
    const [first, ...others] = (await sink.write(records)).map(inWords);
    expect(first).toBe('deadLettered rejected_by_target');
    expect(new Set(others)).toEqual(new Set(['written']));
    expect(sink.store.calls.length).toBeLessThan(30);
  });

  it('leaves no timer behind', async () => {
    const put = async () => {
      await sink.clock.waitUntil(sink.clock.nowMs() + 100);
      return true;
    };
    const sink = aDocumentdbSink({ deadLetters: { put } });
    sink.store.ensureTtlIndex = () => sink.clock.waitUntil(sink.clock.nowMs() + 1_000);
    let pending = 0;
    const { waitUntil } = sink.clock;
    sink.clock.waitUntil = async (...parameters) => {
      pending += 1;
      await waitUntil(...parameters);
      pending -= 1;
    };
    expect((await sink.write([notJson(1, 'a'), order(2, 'a')])).map(({ kind }) => kind)).toEqual([
      'deadLettered',
      'written',
    ]);
    await sink.clock.advance(0);
    expect(pending).toBe(0);
  });

  it('is unsettled when its dead letter fails, and so is what follows for the document', async () => {
    const sink = aDocumentdbSink({ deadLetters: fakeDeadLetters(() => false).queue });
    const outcomes = await sink.write([notJson(1, 'a'), order(2, 'a'), order(3, 'b')]);
    expect(outcomes.map(inWords)).toEqual(['failed dead_letter_failed', 'skipped', 'written']);
    expect(outcomes[1]).toMatchObject({ blockedBy: { offset: 1 } });
    expect(sink.store.get('a')).toBeUndefined();
  });

  it('without a key is alone: no other is behind it', async () => {
    const { queue } = fakeDeadLetters(({ offset }: DeadLetter) => offset !== 1);
    const sink = aDocumentdbSink({ deadLetters: queue });
    const outcomes = await sink.write([notJson(1, null), notJson(2, null)]);
    expect(outcomes.map(inWords)).toEqual(['failed dead_letter_failed', 'deadLettered payload_invalid']);
  });

  it('is unsettled when its dead letter is never answered, a moment after the answer is due', async () => {
    const sink = aDocumentdbSink({ deadLetters: { put: () => new Promise<boolean>(() => undefined) } });
    const startMs = sink.clock.nowMs();
    const outcomes = await sink.write([notJson(1, 'a'), order(2, 'a')]);
    expect(outcomes.map(inWords)).toEqual(['failed dead_letter_failed', 'skipped']);
    expect(sink.clock.nowMs() - startMs).toBe(58_550);
  });

  it('blocks its document where the policy says so, and is counted and passed over where it says that', async () => {
    const records = [notJson(1, 'a'), order(2, 'a'), order(3, 'b')];
    const blocking = await aDocumentdbSink({ onPoison: 'block' }).write(records);
    expect(blocking.map(inWords)).toEqual(['failed payload_invalid', 'skipped', 'written']);
    const skipping = await aDocumentdbSink({ onPoison: 'skip' }).write(records);
    expect(skipping.map(inWords)).toEqual(['ignored poison', 'written', 'written']);
  });

  it('holds the answer with onPoison: block until nothing more may be sent, after every other document is written', async () => {
    const sink = aDocumentdbSink({ onPoison: 'block' });
    const { sendUntilMs } = deadlineIn(sink.clock.nowMs());
    const work = sink.write([notJson(1, 'a'), order(2, 'b')]);
    await expect.poll(() => version(sink.store, 'b')).toBe(2);
    await work;
    expect(sink.clock.nowMs()).toBe(sendUntilMs);
  });

  it('by the thousand is buried in time that grows with the number of letters alone, however many wait at once', async () => {
    const put = () => new Promise<boolean>((resolve) => setImmediate(resolve, true));
    const sink = aDocumentdbSink({ deadLetters: { put } });
    const records = Array.from({ length: 3_000 }, (_, offset) => notJson(offset, `k${offset}`));
    const outcomes = await sink.sink.write(batchesOf(records), deadlineIn(sink.clock.nowMs()));
    expect(new Set(outcomes.map(inWords))).toEqual(new Set(['deadLettered payload_invalid']));
  });

  it('in a fold is found, and only what it brought is left out', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const refuses = (document: ReadonlyMap<string, unknown>) => (document.get('bad') === true ? 121 : undefined);
    const sink = aDocumentdbSink({ deadLetters: queue, documents: { refuses } });
    const outcomes = await sink.write([order(1, 'a'), order(2, 'a'), order(3, 'a', { bad: true }), order(4, 'b')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'deadLettered rejected_by_target', 'written']);
    expect(version(sink.store, 'a')).toBe(2);
    expect(idsSent(sink)).toEqual([['a', 'b'], ['a'], ['a']]);
    expect(deadLetters[0]).toMatchObject({ offset: 3, stage: 'writing', attempts: 1 });
    expect(deadLetters[0]?.reason).toBe('DocumentDB refused the document: DocumentValidationFailure (code 121)');
  });

  it.each([2, 9, 14, 28, 40, 52, 57, 66, 121, 10334, 17280])(
    'is what the server says with code %i of one write',
    async (code) => {
      const sink = aDocumentdbSink({ documents: { refuses: (_document, id) => (id === 'a' ? code : undefined) } });
      const outcomes = await sink.write([order(1, 'a'), order(2, 'b')]);
      const expected = code > 10_000 ? 'payload_too_large' : 'rejected_by_target';
      expect(outcomes.map(inWords)).toEqual([`deadLettered ${expected}`, 'written']);
    },
  );

  it('is a document larger than the server says it takes, which is never sent', async () => {
    const sink = aDocumentdbSink({ documents: { limits: { documentBytesMax: 2_000 } } });
    const outcomes = await sink.write([
      order(1, 'a', { x: 'x'.repeat(2_000) }),
      order(2, 'b', { x: 'x'.repeat(1_000) }),
    ]);
    expect(outcomes.map(inWords)).toEqual(['deadLettered payload_too_large', 'written']);
    expect(idsSent(sink)).toEqual([['b']]);
  });

  it('is found among the writes of a command that is refused as a whole, by ever smaller commands', async () => {
    const refusesCommand = (document: ReadonlyMap<string, unknown>) => (document.get('bad') === true ? 22 : undefined);
    const sink = aDocumentdbSink({ documents: { refusesCommand } });
    const records = Array.from({ length: 64 }, (_, offset) => order(offset, `k${offset}`, { bad: offset === 40 }));
    const outcomes = await sink.write(records);
    expect(outcomes.map(inWords).filter((words) => words !== 'written')).toEqual(['deadLettered rejected_by_target']);
    expect(outcomes[40]?.kind).toBe('deadLettered');
    expect(sink.store.calls.length).toBeLessThan(30);
  });

  it('is not said of a record when the server refuses every command: it may be us', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const sink = aDocumentdbSink({ deadLetters: queue, documents: { refusesCommand: () => 9 } });
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b')]);
    expect(outcomes.map(inWords)).toEqual(['failed rejected_by_target', 'failed rejected_by_target']);
    expect(deadLetters).toEqual([]);
  });
});
