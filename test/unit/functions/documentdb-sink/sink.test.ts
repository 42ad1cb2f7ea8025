import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../../../shared/dead-letter.ts';
import type { SourceRecord } from '../../../../shared/record.ts';
import { aDocumentdbSink, inWords } from '../../../support/a-documentdb-sink.ts';
import { aRecord, batchesOf, deadlineIn } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { type FakeDocuments, type Fault, foreignError, LEAK } from '../../../support/fake-documents.ts';

const order = (offset: number, key: string, fields: object = {}, partition = 0): SourceRecord =>
  aRecord({ offset, key, partition, value: JSON.stringify({ v: offset, ...fields }) });
const notJson = (offset: number, key: string | null): SourceRecord => aRecord({ offset, key, value: `{"${LEAK}` });
const tombstone = (offset: number, key: string): SourceRecord => aRecord({ offset, key, value: null });

const many = (count: number, fault: Fault): Fault[] => Array.from({ length: count }, () => fault);
const idsSent = ({ store }: { store: FakeDocuments }) =>
  store.calls.map(({ statements }) => statements.map(({ q }) => (q as { _id: unknown })._id));
/** What was stored under a key, by the offset it came from. */
const version = (store: FakeDocuments, key: string) => store.get(key)?.get('v');

describe('folding', () => {
  it('sends one write for a document however many records a partition has for it, and settles them all', async () => {
    const sink = aDocumentdbSink();
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b'), tombstone(3, 'a'), order(4, 'a')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'written', 'written']);
    expect(idsSent(sink)).toEqual([['a', 'b']]);
    expect([version(sink.store, 'a'), version(sink.store, 'b')]).toEqual([4, 2]);
    expect(sink.telemetry.metrics()).toMatchObject({ RecordsFolded: 2, WriteCommands: 1 });
  });

  it('sends the writes of two partitions to one document in different waves', async () => {
    const sink = aDocumentdbSink();
    const outcomes = await sink.write([order(1, 'a'), order(9, 'a', {}, 1), order(2, 'b'), order(5, 'c', {}, 1)]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'written', 'written']);
    expect(idsSent(sink)).toEqual([['a', 'b', 'c'], ['a']]);
    expect(version(sink.store, 'a')).toBe(9);
  });
});

describe('poison', () => {
  it.each([
    ['a value that is not JSON', notJson(1, 'a'), 'payload_invalid'],
    ['no key', order(1, 'a', {}), 'payload_invalid'],
    ['a reserved field', order(1, 'a', { _k: 1 }), 'payload_invalid'],
    ['another reserved field', order(1, 'a', { _deletedAt: 1 }), 'payload_invalid'],
  ])('%s: a dead letter, alone, in order', async (name, record, code) => {
    const { queue, letters } = fakeDeadLetters();
    const sink = aDocumentdbSink({ deadLetters: queue });
    const culprit = name === 'no key' ? { ...record, key: null } : record;
    const outcomes = await sink.write([order(0, 'b'), culprit, order(2, 'c')]);
    expect(outcomes.map(inWords)).toEqual(['written', `deadLettered ${code}`, 'written']);
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({ offset: 1, target: 'shop.orders', stage: 'converting', code, attempts: 0 });
  });

  it('takes a reserved name below the top level for a name like any other', async () => {
    const sink = aDocumentdbSink();
    const outcomes = await sink.write([order(1, 'a', { inner: { _k: 1, _deletedAt: 2 } })]);
    expect(outcomes.map(inWords)).toEqual(['written']);
  });

  it('keeps the document locked until its letter is durable, and nothing else', async () => {
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

  it('holds back what follows no longer than its own letter takes, whatever other letters take', async () => {
    const put = async ({ offset }: DeadLetter) => {
      if (offset === 3) return new Promise<boolean>(() => undefined);
      await sink.clock.waitUntil(sink.clock.nowMs() + 100);
      return true;
    };
    const sink = aDocumentdbSink({ deadLetters: { put } });
    const outcomes = await sink.write([notJson(1, 'a'), order(2, 'a'), notJson(3, 'b')]);
    expect(outcomes.map(inWords)).toEqual(['deadLettered payload_invalid', 'written', 'failed dead_letter_failed']);
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

  it('is unsettled when its letter fails, and so is what follows for the document', async () => {
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

  it('is unsettled when its letter is never answered, by the time the answer is due', async () => {
    const sink = aDocumentdbSink({ deadLetters: { put: () => new Promise<boolean>(() => undefined) } });
    const startMs = sink.clock.nowMs();
    const outcomes = await sink.write([notJson(1, 'a'), order(2, 'a')]);
    expect(outcomes.map(inWords)).toEqual(['failed dead_letter_failed', 'skipped']);
    expect(sink.clock.nowMs() - startMs).toBe(58_500);
  });

  it('blocks its document where the policy says so, and is counted and passed over where it says that', async () => {
    const records = [notJson(1, 'a'), order(2, 'a'), order(3, 'b')];
    const blocking = await aDocumentdbSink({ onPoison: 'block' }).write(records);
    expect(blocking.map(inWords)).toEqual(['failed payload_invalid', 'skipped', 'written']);
    const skipping = await aDocumentdbSink({ onPoison: 'skip' }).write(records);
    expect(skipping.map(inWords)).toEqual(['ignored poison', 'written', 'written']);
  });

  it('by the thousand is buried in time that grows with the number of letters alone, however many wait at once', async () => {
    const put = () => new Promise<boolean>((resolve) => setImmediate(resolve, true));
    const sink = aDocumentdbSink({ deadLetters: { put } });
    const records = Array.from({ length: 3_000 }, (_, offset) => notJson(offset, `k${offset}`));
    const outcomes = await sink.sink.write(batchesOf(records), deadlineIn(sink.clock.nowMs()));
    expect(new Set(outcomes.map(inWords))).toEqual(new Set(['deadLettered payload_invalid']));
  });

  it('in a fold is found, and only what it brought is left out', async () => {
    const { queue, letters } = fakeDeadLetters();
    const refuses = (document: ReadonlyMap<string, unknown>) => (document.get('bad') === true ? 121 : undefined);
    const sink = aDocumentdbSink({ deadLetters: queue, documents: { refuses } });
    const outcomes = await sink.write([order(1, 'a'), order(2, 'a'), order(3, 'a', { bad: true }), order(4, 'b')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'deadLettered rejected_by_target', 'written']);
    expect(version(sink.store, 'a')).toBe(2);
    expect(idsSent(sink)).toEqual([['a', 'b'], ['a'], ['a']]);
    expect(letters[0]).toMatchObject({ offset: 3, stage: 'writing', attempts: 1 });
    expect(letters[0]?.reason).toBe('the server refuses the document: DocumentValidationFailure (code 121)');
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
    const { queue, letters } = fakeDeadLetters();
    const sink = aDocumentdbSink({ deadLetters: queue, documents: { refusesCommand: () => 9 } });
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b')]);
    expect(outcomes.map(inWords)).toEqual(['failed rejected_by_target', 'failed rejected_by_target']);
    expect(letters).toEqual([]);
  });
});

describe('limits of a command', () => {
  it('cuts a wave where the server takes no more operations, or no more bytes', async () => {
    const records = Array.from({ length: 10 }, (_, offset) => order(offset, `k${offset}`));
    const byCount = aDocumentdbSink({ documents: { limits: { operationsMax: 4 } } });
    await byCount.write(records);
    expect(byCount.store.calls.map(({ statements }) => statements.length)).toEqual([4, 4, 2]);
    const byBytes = aDocumentdbSink({ documents: { limits: { documentBytesMax: 5_000 } } });
    await byBytes.write(records);
    expect(byBytes.store.calls.every(({ statements }) => statements.length <= 4)).toBe(true);
  });

  it('has no more commands under way than the pool has connections', async () => {
    const sink = aDocumentdbSink({ documents: { limits: { operationsMax: 1 } }, poolSizeMax: 2 });
    let underWay = 0;
    let peak = 0;
    const write = sink.store.write.bind(sink.store);
    sink.store.write = async (...parameters) => {
      underWay += 1;
      peak = Math.max(peak, underWay);
      await sink.clock.waitUntil(sink.clock.nowMs() + 10);
      underWay -= 1;
      return write(...parameters);
    };
    await sink.write(Array.from({ length: 7 }, (_, offset) => order(offset, `k${offset}`)));
    expect(peak).toBe(2);
  });
});

describe('another unique index', () => {
  const unique = { uniqueIndexes: [{ field: 'email' }] };

  it('is no poison when a record of the batch frees the value: delete X(e), upsert Y(e)', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique });
    sink.store.put('x', { email: 'e', v: 0 });
    const outcomes = await sink.write([tombstone(1, 'x'), order(2, 'y', { email: 'e' })]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written']);
    expect([...sink.store.collection().keys()]).toEqual(['text y']);
    expect(sink.store.calls.map(({ kind }) => kind)).toEqual(['delete', 'update']);
  });

  it('is no poison when a later record of the batch frees the value', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique });
    sink.store.put('x', { email: 'e', v: 0 });
    const outcomes = await sink.write([order(1, 'y', { email: 'e' }), order(2, 'x', { email: 'f' })]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written']);
    expect(idsSent(sink)).toEqual([['y', 'x'], ['y']]);
  });

  it('lets a value move between documents by way of a third value, whatever folding made of it', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique });
    sink.store.put('x', { email: '1' });
    sink.store.put('y', { email: '2' });
    const outcomes = await sink.write([
      order(1, 'x', { email: 'free' }),
      order(2, 'y', { email: '1' }),
      order(3, 'x', { email: '2' }),
    ]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'written']);
    expect([sink.store.get('x')?.get('email'), sink.store.get('y')?.get('email')]).toEqual(['2', '1']);
  });

  it('has the records concerned sent one by one, in the order of their offsets', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique });
    sink.store.put('b', { email: 'e' });
    sink.store.put('d', { email: 'z' });
    const outcomes = await sink.write([
      order(1, 'a', { email: '1' }),
      order(2, 'b', { email: 'e' }),
      order(3, 'b', { email: 'z' }),
      order(4, 'a', { email: 'e' }),
      order(5, 'd', { email: 'y' }),
    ]);
    expect(outcomes.map(inWords)).toEqual(Array(5).fill('written'));
    expect(idsSent(sink)).toEqual([['a', 'b', 'd'], ['a'], ['b'], ['b'], ['a']]);
  });

  it('has the partitions concerned sent one after another, and by one command in 5 s while the target is fatal', async () => {
    const records = [order(1, 'x', { email: 'e' }, 0), order(1, 'y', { email: 'e' }, 1)];
    const calls = async (faults: readonly (Fault | undefined)[]) => {
      const sink = aDocumentdbSink({ deletes: 'hard', documents: { ...unique, faults } });
      sink.store.put('taken', { email: 'e' });
      await sink.write(records);
      return idsSent(sink);
    };
    expect(await calls([])).toEqual([['x', 'y'], ['x'], ['y']]);
    expect(await calls([undefined, ...many(1_000, { kind: 'code', code: 13 })])).toHaveLength(3 + 10);
  });

  it('is poison for the record alone once everything before it is settled', async () => {
    const { queue, letters } = fakeDeadLetters();
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique, deadLetters: queue });
    sink.store.put('taken', { email: 'e' });
    const outcomes = await sink.write([
      order(1, 'a', { email: '1' }),
      order(2, 'x', { email: '2' }),
      order(3, 'x', { email: 'e' }),
      order(4, 'b', { email: '4' }),
    ]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'deadLettered duplicate_key', 'written']);
    expect(sink.store.get('x')?.get('email')).toBe('2');
    expect(letters[0]).toMatchObject({ offset: 3, code: 'duplicate_key', stage: 'writing' });
  });

  it('is unsettled while an earlier record of its partition is: that one may free the value', async () => {
    const { queue, letters } = fakeDeadLetters(({ offset }: DeadLetter) => offset !== 1);
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique, deadLetters: queue });
    sink.store.put('taken', { email: 'e' });
    const outcomes = await sink.write([
      notJson(1, 'taken'),
      order(2, 'x', { email: 'e' }),
      order(3, 'x', { email: 'e' }),
    ]);
    expect(outcomes.map(inWords)).toEqual(['failed dead_letter_failed', 'failed duplicate_key', 'skipped']);
    expect(letters).toEqual([]);
  });

  it('is judged as soon as the letters of the records before it are durable, whatever other letters take', async () => {
    const sink = aDocumentdbSink({
      deletes: 'hard',
      documents: unique,
      deadLetters: {
        put: async ({ offset }) => {
          if (offset === 3) return new Promise<boolean>(() => undefined);
          await sink.clock.waitUntil(sink.clock.nowMs() + 100);
          return true;
        },
      },
    });
    sink.store.put('taken', { email: 'e' });
    const outcomes = await sink.write([notJson(1, 'p'), order(2, 'x', { email: 'e' }), notJson(3, 'q')]);
    expect(outcomes.map(inWords)).toEqual([
      'deadLettered payload_invalid',
      'deadLettered duplicate_key',
      'failed dead_letter_failed',
    ]);
    expect(sink.telemetry.metrics()).toMatchObject({ UniqueCollisions: 3 });
  });

  it('is stale, not poison, where the document is newer already', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique });
    sink.store.put('taken', { email: 'e' });
    sink.store.put('x', { email: 'newer', _k: { 'orders-0': 9n, ts: 0n } });
    const write = sink.store.write.bind(sink.store);
    // As a server answers that looks at this index before the one on _id.
    sink.store.write = async (...parameters) => {
      const reply = await write(...parameters);
      return { ...reply, writeErrors: reply.writeErrors.map((error) => ({ ...error, duplicateIndex: 'email_1' })) };
    };
    const outcomes = await sink.write([order(2, 'x', { email: 'e' })]);
    expect(outcomes.map(inWords)).toEqual(['ignored stale']);
  });

  it('refuses tombstones where it is not sparse: unsettled, with the reason, and nothing is written', async () => {
    const sink = aDocumentdbSink({ documents: unique });
    const outcomes = await sink.write([order(1, 'a', { email: '1' })]);
    expect(outcomes[0]).toMatchObject({ kind: 'failed', failure: { code: 'rejected_by_target', retryable: true } });
    expect(JSON.stringify(outcomes)).toContain('set deletes: hard');
    expect(sink.store.calls).toEqual([]);
    const sparse = aDocumentdbSink({ documents: { uniqueIndexes: [{ field: 'email', sparse: true }] } });
    expect((await sparse.write([order(1, 'a', { email: '1' }), tombstone(2, 'a')])).map(inWords)).toEqual([
      'written',
      'written',
    ]);
  });
});

describe('the index that removes tombstones', () => {
  it('is made once per collection, beside the work', async () => {
    const sink = aDocumentdbSink();
    await sink.write([order(1, 'a')]);
    await sink.clock.advance(3_600_000);
    await sink.write([order(2, 'a'), aRecord({ topic: 'returns', offset: 1 })]);
    expect(sink.store.ttlIndexes).toEqual([
      { namespace: 'shop.orders', ttlSeconds: 86_400 },
      { namespace: 'shop.returns', ttlSeconds: 86_400 },
    ]);
  });

  it('is not made where deletes are hard', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard' });
    await sink.write([order(1, 'a')]);
    expect(sink.store.ttlIndexes).toEqual([]);
  });

  it('that cannot be made is a warning and a metric, and tried again later; nothing else', async () => {
    const sink = aDocumentdbSink();
    sink.store.ttlIndexFails = true;
    expect((await sink.write([order(1, 'a')])).map(inWords)).toEqual(['written']);
    expect(sink.telemetry.lines).toMatchObject([
      { level: 'warn', message: 'tombstone_index_failed', fields: { namespace: 'shop.orders' } },
    ]);
    expect(sink.telemetry.metrics()).toMatchObject({ TombstoneIndexFailed: 1 });
    sink.store.ttlIndexFails = false;
    await sink.clock.advance(60_000);
    await sink.write([order(2, 'a')]);
    expect(sink.store.ttlIndexes).toHaveLength(1);
  });

  it('that takes long holds the answer back for a moment at most', async () => {
    const sink = aDocumentdbSink();
    sink.store.ensureTtlIndex = () => new Promise(() => undefined);
    const startMs = sink.clock.nowMs();
    expect((await sink.write([order(1, 'a')])).map(inWords)).toEqual(['written']);
    expect(sink.clock.nowMs() - startMs).toBe(2_000);
  });
});

describe('trouble', () => {
  it('of a network is tried again with growing pauses until sendUntil, then unsettled and perhaps written', async () => {
    const { queue, letters } = fakeDeadLetters();
    const sink = aDocumentdbSink({ deadLetters: queue, documents: { faults: many(1_000, { kind: 'unreachable' }) } });
    const startMs = sink.clock.nowMs();
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b'), order(3, 'a')]);
    expect(outcomes.map(inWords)).toEqual(Array(3).fill('failed target_unreachable'));
    expect(outcomes[0]).toMatchObject({ failure: { retryable: true, mayBeWritten: true } });
    expect(sink.clock.nowMs() - startMs).toBe(55_000);
    expect(sink.store.calls.length).toBeGreaterThan(15);
    expect(sink.store.calls.length).toBeLessThan(40);
    expect(letters).toEqual([]);
  });

  it.each<Fault>([
    { kind: 'code', code: 13 },
    { kind: 'code', code: 18 },
    { kind: 'code', code: 301 },
  ])('that is fatal ($code) is tried once in 5 s, by one command, and never becomes a letter', async (fault) => {
    const { queue, letters } = fakeDeadLetters();
    const sink = aDocumentdbSink({
      deadLetters: queue,
      documents: { faults: many(1_000, fault), limits: { operationsMax: 1 } },
      poolSizeMax: 1,
    });
    const startMs = sink.clock.nowMs();
    const outcomes = await sink.write([order(1, 'a')]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['failed']);
    expect(sink.clock.nowMs() - startMs).toBe(55_000);
    expect(sink.store.calls).toHaveLength(fault.kind === 'code' && fault.code === 18 ? 12 : 11);
    expect(letters).toEqual([]);
  });

  it('that is fatal stops normal sending: one command in 5 s, however many there are', async () => {
    const faults = many(1_000, { kind: 'code', code: 13 });
    const sink = aDocumentdbSink({ documents: { faults, limits: { operationsMax: 1 } } });
    await sink.write([order(1, 'a'), order(2, 'b'), order(3, 'c')]);
    expect(sink.store.calls).toHaveLength(3 + 10);
  });

  it('that is fatal ends, and normal sending begins again, with the first command that is taken', async () => {
    const sink = aDocumentdbSink({
      documents: { faults: many(3, { kind: 'code', code: 13 }), limits: { operationsMax: 1 } },
    });
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b'), order(3, 'c')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'written']);
    expect(idsSent(sink)).toEqual([['a'], ['b'], ['c'], ['a'], ['b'], ['c']]);
  });

  it('of one collection holds up no other', async () => {
    const sink = aDocumentdbSink();
    const write = sink.store.write.bind(sink.store);
    sink.store.write = (namespace, ...rest) =>
      namespace.collection === 'returns'
        ? Promise.reject(Object.assign(new Error(LEAK), { name: 'MongoServerError', code: 13 }))
        : write(namespace, ...rest);
    const outcomes = await sink.write([
      aRecord({ topic: 'returns', offset: 1, key: 'r' }),
      ...[1, 2, 3].flatMap((offset) => [order(offset, 'a', {}, 0), order(offset, 'a', {}, 1)]),
    ]);
    expect(outcomes.map(inWords)).toEqual(['failed access_denied', ...Array(6).fill('written')]);
  });

  it('of refused credentials gets one new try at once: by then the secret was read again', async () => {
    const sink = aDocumentdbSink({ documents: { faults: [{ kind: 'code', code: 18 }] } });
    const startMs = sink.clock.nowMs();
    expect((await sink.write([order(1, 'a')])).map(inWords)).toEqual(['written']);
    expect(sink.clock.nowMs()).toBe(startMs);
  });

  it('that is silence ends when the answer is due: what was sent may be written, what was answered stands', async () => {
    const sink = aDocumentdbSink({
      documents: { faults: [undefined, { kind: 'hang' }], limits: { operationsMax: 1 } },
    });
    const startMs = sink.clock.nowMs();
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b'), order(3, 'b', {}, 1), order(4, 'c')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'failed deadline_exceeded', 'written', 'skipped']);
    expect(outcomes[1]).toMatchObject({ failure: { mayBeWritten: true } });
    expect(sink.clock.nowMs() - startMs).toBe(58_500);
  });

  it('without time leaves everything unsettled and unsent', async () => {
    const sink = aDocumentdbSink();
    const nowMs = sink.clock.nowMs();
    const outcomes = await sink.write([order(1, 'a'), notJson(2, 'b')], { sendUntilMs: nowMs, answerByMs: nowMs + 1 });
    expect(outcomes.map(inWords)).toEqual(['skipped', 'skipped']);
    expect(sink.store.calls).toEqual([]);
  });

  it.each<Fault>([
    { kind: 'unreachable' },
    { kind: 'driverError', name: 'MongoServerSelectionError' },
    { kind: 'code', code: 9 },
  ])(
    'that leaves it open whether a write is stored keeps other partitions from the document until that is known, whatever the next try says: $kind',
    async (fault) => {
      const sink = aDocumentdbSink({ documents: { faults: [{ kind: 'lostAnswer' }, fault] } });
      const outcomes = await sink.write([order(1, 'a'), order(9, 'a', {}, 1)]);
      expect(outcomes.map(inWords)).toEqual(['written', 'written']);
      expect(sink.store.calls.map(({ statements }) => Object.keys(statements[0]?.['q'] as object)[1])).toEqual([
        '_k.orders-0',
        '_k.orders-0',
        '_k.orders-0',
        '_k.orders-1',
      ]);
    },
  );

  it('that leaves it open whether a write is stored is reported so, whatever the last try said', async () => {
    const faults: Fault[] = [{ kind: 'lostAnswer' }, ...many(1_000, { kind: 'code', code: 13 })];
    const [outcome] = await aDocumentdbSink({ documents: { faults } }).write([order(1, 'a')]);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'access_denied', mayBeWritten: true } });
  });

  it.each<keyof FakeDocuments>(['findStrictUniqueIndexes', 'limits', 'write', 'findMarks'])(
    'that makes %s deaf, even to its signal, does not hold back the answer',
    async (method) => {
      const sink = aDocumentdbSink({ deletes: method === 'findMarks' ? 'hard' : 'tombstone' });
      Object.assign(sink.store, { [method]: () => new Promise(() => undefined) });
      const startMs = sink.clock.nowMs();
      const outcomes = await sink.write([tombstone(1, 'a')]);
      expect(outcomes).toMatchObject([{ kind: 'failed', failure: { code: 'deadline_exceeded', retryable: true } }]);
      expect(sink.clock.nowMs() - startMs).toBe(58_500);
    },
  );

  it('before anything is sent is said to have written nothing', async () => {
    const sink = aDocumentdbSink();
    sink.store.findStrictUniqueIndexes = () => Promise.reject(foreignError('MongoNetworkError'));
    const outcomes = await sink.write([order(1, 'a')]);
    expect(outcomes).toMatchObject([{ failure: { code: 'target_unreachable', mayBeWritten: false } }]);
    expect(sink.store.calls).toEqual([]);
  });

  it('never comes from a batch that is answered: its signal is left alone', async () => {
    const sink = aDocumentdbSink();
    const signals: AbortSignal[] = [];
    const write = sink.store.write.bind(sink.store);
    sink.store.write = (...parameters) => {
      signals.push(parameters[3]);
      return write(...parameters);
    };
    await sink.write([order(1, 'a')]);
    await sink.clock.advance(60_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });

  it('is never taken for success: a reply that speaks of writes that were not sent is no acknowledgement', async () => {
    const sink = aDocumentdbSink();
    const write = sink.store.write.bind(sink.store);
    const foreign = [{ index: 7, code: 121, duplicateIndex: undefined }];
    sink.store.write = async (...parameters) => {
      const reply = await write(...parameters);
      return sink.store.calls.length > 1 ? reply : { count: reply.count - 1, writeErrors: foreign };
    };
    expect((await sink.write([order(1, 'a'), order(2, 'b')])).map(inWords)).toEqual(['written', 'written']);
    expect(idsSent(sink)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('is never taken for success: a reply that counts fewer writes than were sent is no acknowledgement', async () => {
    const sink = aDocumentdbSink();
    const write = sink.store.write.bind(sink.store);
    let isShort = true;
    sink.store.write = async (...parameters) => {
      const reply = await write(...parameters);
      if (!isShort) return reply;
      isShort = false;
      return { ...reply, count: reply.count - 1 };
    };
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written']);
    expect(sink.store.calls).toHaveLength(2);
  });
});

it('says nothing of payloads, keys or foreign messages, whatever goes wrong', async () => {
  const faults: Fault[] = [
    { kind: 'unreachable' },
    { kind: 'code', code: 18 },
    { kind: 'code', code: 9_999 },
    { kind: 'code', code: 13 },
  ];
  for (const fault of faults) {
    const sink = aDocumentdbSink({
      onPoison: 'block',
      documents: { faults: many(1_000, fault), refuses: () => 121 },
    });
    sink.store.ttlIndexFails = true;
    const outcomes = await sink.write([notJson(1, LEAK), order(2, `${LEAK}2`, { [LEAK]: LEAK })]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
    expect(JSON.stringify([outcomes, sink.telemetry.lines, sink.telemetry.metrics()])).not.toContain(LEAK);
  }
});
