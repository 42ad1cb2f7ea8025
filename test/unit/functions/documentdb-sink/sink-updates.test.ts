import { describe, expect, it } from 'vitest';
import { aCollection, at, inc, K, set, versionsIn } from '../../../support/a-collection.ts';
import type { Fault } from '../../../support/fake-documents.ts';
import { replaceOf, updateOf } from '../../../support/write-models.ts';

describe('an update that must not be applied twice', () => {
  it('is not sent for ever when it is delivered again: its guard excludes its own stored version', async () => {
    const { documents, wordsOf, stored } = aCollection();
    expect(await wordsOf(at(5, inc))).toEqual(['written']);
    expect(await wordsOf(at(5, inc))).toEqual(['ignored already_applied']);
    expect(stored()?.get('n')).toBe(1);
    expect(documents.calls).toHaveLength(2);
    expect(documents.calls[1]?.statements[0]?.['q']).toEqual({ _id: 'k', '_k.orders-0': { $not: { $gte: 5n } } });
  });

  it('is not applied twice if another partition wrote in between: updates keep the stored versions of other partitions', async () => {
    const { wordsOf, stored } = aCollection();
    await wordsOf(at(5, inc));
    await wordsOf({ ...at(1, inc), partition: 1 });
    expect(await wordsOf(at(5, inc))).toEqual(['ignored already_applied']);
    expect(stored()?.get('n')).toBe(2);
    expect(versionsIn(stored())).toMatchObject({ 'orders-0': 5n, 'orders-1': 1n });
  });

  it('is written, not ignored, if the lost answer was one of this batch', async () => {
    const { wordsOf, stored } = aCollection({ documents: { faults: [{ kind: 'lostAnswer' }] } });
    expect(await wordsOf(at(5, inc))).toEqual(['written']);
    expect(stored()?.get('n')).toBe(1);
  });

  it('is sent by itself: three of them are three, each once', async () => {
    const { documents, wordsOf, stored } = aCollection();
    expect(await wordsOf(at(5, inc), at(6, inc), at(7, inc))).toEqual(['written', 'written', 'written']);
    expect(stored()?.get('n')).toBe(3);
    expect(documents.calls).toHaveLength(3);
  });
});

describe('upsert 5, then update 6 that makes no document', () => {
  const records = [at(5, updateOf(K, { $inc: { n: 5 } })), at(6, set(6, false))];

  it('leaves 6 unsent while 5 is unsettled: it would match nothing, and count as settled', async () => {
    const faults = Array.from({ length: 1_000 }, (): Fault => ({ kind: 'code', code: 10_107 }));
    const { documents, wordsOf } = aCollection({ documents: { faults } });
    expect(await wordsOf(...records)).toEqual(['failed target_failed', 'skipped']);
    const updates = documents.calls.flatMap(({ statements }) => statements.map(({ u }) => u as Map<string, unknown>));
    expect(updates.every((update) => update.has('$inc'))).toBe(true);
  });

  it('sends 6 once 5 is settled', async () => {
    const { wordsOf, stored } = aCollection({ documents: { faults: [{ kind: 'unreachable' }] } });
    expect(await wordsOf(...records)).toEqual(['written', 'written']);
    expect([stored()?.get('n'), stored()?.get('v')]).toEqual([5, 6]);
  });

  it('sends 6 although 5 is a dead letter', async () => {
    const refuses = (update: ReadonlyMap<string, unknown>) => (update.has('$inc') ? 14 : undefined);
    const { wordsOf } = aCollection({ documents: { refuses } });
    expect(await wordsOf(...records)).toEqual(['deadLettered rejected_by_target', 'ignored no_match']);
  });
});

describe('an update that makes no document', () => {
  it('and finds none is ignored and counted, or a dead letter where that is wanted', async () => {
    const ignoring = aCollection();
    const { words, metrics } = await ignoring.invoke([at(5, set(5, false)), at(6, set(6, false))]);
    expect(words).toEqual(['ignored no_match', 'ignored no_match']);
    expect(metrics).toMatchObject({ GuardReads: 1 });
    const rejecting = aCollection({ onNoMatch: 'deadLetter' });
    expect(await rejecting.wordsOf(at(5, set(5, false)), at(6, set(6, false)))).toEqual(
      Array(2).fill('deadLettered no_match'),
    );
    expect(rejecting.deadLetters.map(({ offset }) => offset)).toEqual([5, 6]);
  });

  it('takes a tombstone for no document', async () => {
    const { documents, wordsOf, stored } = aCollection({ deletes: 'tombstone' });
    documents.put('k', { _k: { 'orders-0': 3n, ts: 0n }, _deletedAt: new Date(0) });
    expect(await wordsOf(at(5, set(5, false)))).toEqual(['ignored no_match']);
    expect(await wordsOf(at(6, replaceOf(K, { ...K, v: 6 }, false)))).toEqual(['ignored no_match']);
    expect(stored()?.has('v')).toBe(false);
    expect(documents.calls[0]?.statements[0]?.['q']).toMatchObject({ _deletedAt: { $exists: false } });
  });

  it('is looked up, where others of its command matched: the count does not show which', async () => {
    const { documents, invoke } = aCollection();
    documents.put('there', { v: 1 });
    const own = (id: string) => updateOf({ _id: id }, { $set: { v: 2 } }, false);
    const { words } = await invoke([
      at(5, own('there')),
      at(6, own('gone')),
      at(7, updateOf({ _id: 'made' }, { $set: { v: 1 } })),
    ]);
    expect(words).toEqual(['written', 'ignored no_match', 'written']);
    expect(documents.reads).toEqual([['there', 'gone']]);
  });

  it('is unsettled, and perhaps done, while nobody can be asked whether it matched', async () => {
    const { documents, invoke } = aCollection();
    documents.findVersions = () => Promise.reject(Object.assign(new Error(), { name: 'MongoNetworkError' }));
    const { outcomes } = await invoke([at(5, set(5, false))]);
    expect(outcomes).toMatchObject([{ kind: 'failed', failure: { mayBeWritten: true, retryable: true } }]);
  });

  it('is never taken for success by a count that is too high, or too low for those that make documents', async () => {
    for (const change of [1, -1]) {
      const { documents, wordsOf } = aCollection();
      const write = documents.write.bind(documents);
      let isWrong = true;
      documents.write = async (...parameters) => {
        const reply = await write(...parameters);
        if (!isWrong) return reply;
        isWrong = false;
        return { ...reply, count: reply.count + change };
      };
      expect(await wordsOf(at(5, set(5)))).toEqual(['written']);
      expect(documents.calls).toHaveLength(2);
    }
  });
});
