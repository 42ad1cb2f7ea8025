import { describe, expect, it } from 'vitest';
import { DUPLICATE_KEY } from '../support/document-server/write-error.ts';
import { type CommandFaults, ReplicaSet, type Stored } from './services/documents/replica-set.ts';

const NO_FAULTS: CommandFaults = {
  failStatement: () => undefined,
  insertFirst: () => false,
  failWriteConcern: () => false,
};

/** A server whose upserts hesitate until they are told to go on. */
function aServer({ isPatient = false, uniqueField }: { isPatient?: boolean; uniqueField?: string } = {}) {
  const hesitating: (() => void)[] = [];
  let nowMs = 0;
  const server = new ReplicaSet({
    nowMs: () => nowMs,
    hesitate: () => (isPatient ? new Promise((resolve) => hesitating.push(resolve)) : Promise.resolve()),
    shuffle: (items) => items,
    operationsMax: 100,
    uniqueIndexes:
      uniqueField === undefined ? [] : [{ name: `${uniqueField}_1`, fields: [uniqueField], isSparse: true }],
  });
  return {
    server,
    goOn: () => hesitating.shift()?.(),
    passMs: (durationMs: number) => {
      nowMs += durationMs;
    },
  };
}

const guardOf = (id: string, offset: number, field = 'orders-0') => ({
  _id: id,
  [`_k.${field}`]: { $not: { $gt: BigInt(offset) } },
});

const upsert = (id: string, offset: number, fields: Readonly<Record<string, unknown>> = {}) => ({
  q: guardOf(id, offset),
  u: new Map<string, unknown>([['_id', id], ...Object.entries(fields), ['_k', { 'orders-0': BigInt(offset), ts: 0n }]]),
  upsert: true,
});

const remove = (id: string, offset: number) => ({ q: guardOf(id, offset), limit: 1 });

const sourceVersionOf = (stored: Stored | undefined) =>
  (stored?.get('_k') as Record<string, unknown> | undefined)?.['orders-0'];

const written = { count: 1, writeErrors: [] };
const duplicateOf = (index: string) => ({
  count: 0,
  writeErrors: [{ index: 0, code: DUPLICATE_KEY, duplicateIndex: index }],
});

describe('two upserts of an absent document at once', () => {
  it('both look and find nothing; one inserts, the other gets E11000 whatever its version', async () => {
    const { server, goOn } = aServer({ isPatient: true });
    const older = server.write('update', [upsert('a', 1)], NO_FAULTS);
    const newer = server.write('update', [upsert('a', 2)], NO_FAULTS);
    goOn();
    expect(await older).toEqual(written);
    goOn();
    expect(await newer).toEqual(duplicateOf('_id_'));
    expect(sourceVersionOf(server.documentOf('a'))).toBe(1n);
  });

  it('the second time the newer one matches what is there, and the older one does not', async () => {
    const { server } = aServer();
    await server.write('update', [upsert('a', 1)], NO_FAULTS);
    expect(await server.write('update', [upsert('a', 2)], NO_FAULTS)).toEqual(written);
    expect(await server.write('update', [upsert('a', 1)], NO_FAULTS)).toEqual(duplicateOf('_id_'));
    expect(await server.write('update', [upsert('a', 2)], NO_FAULTS)).toEqual(written);
  });
});

describe('a write that is not durable yet', () => {
  const unsure: CommandFaults = { ...NO_FAULTS, failWriteConcern: () => true };

  it('is met by other writes and seen by no read, and is gone after a failover', async () => {
    const { server } = aServer();
    await server.write('update', [upsert('a', 1)], NO_FAULTS);
    await expect(server.write('update', [upsert('a', 2)], unsure)).rejects.toMatchObject({ code: 64 });
    expect(await server.write('update', [upsert('a', 1)], unsure).catch(() => 'error')).toBe('error');
    expect(server.findVersions(['a'], 0)).toEqual([
      { id: 'a', versions: { 'orders-0': 1n, ts: 0n }, isDeleted: false },
    ]);
    expect(server.failOver()).toHaveLength(1);
    expect(sourceVersionOf(server.documentOf('a'))).toBe(1n);
  });

  it('is made durable by every later acknowledgement, and no failover takes it back', async () => {
    const { server } = aServer();
    await expect(server.write('update', [upsert('a', 1)], unsure)).rejects.toMatchObject({ code: 64 });
    await server.write('update', [upsert('b', 1)], NO_FAULTS);
    expect(server.failOver()).toEqual([]);
    expect(server.findVersions(['a', 'b'], 0)).toHaveLength(2);
  });

  it('gives back what it replaced, through several of them', async () => {
    const { server } = aServer();
    await server.write('update', [upsert('a', 1)], NO_FAULTS);
    for (const offset of [2, 3]) await server.write('update', [upsert('a', offset)], unsure).catch(() => undefined);
    await server.write('delete', [remove('a', 4)], unsure).catch(() => undefined);
    expect(server.documentOf('a')).toBeUndefined();
    server.failOver();
    expect(sourceVersionOf(server.documentOf('a'))).toBe(1n);
    expect(server.changesOf('a').map(({ isUndone }) => isUndone)).toEqual([false, true, true, true]);
  });
});

describe('a command that a failover meets', () => {
  it('is interrupted, and what it did is gone', async () => {
    const { server, goOn } = aServer({ isPatient: true });
    const first = server.write('update', [upsert('a', 1), upsert('b', 1)], NO_FAULTS);
    goOn();
    await new Promise((resolve) => setImmediate(resolve)); // the second one hesitates
    server.failOver();
    goOn();
    await expect(first).rejects.toMatchObject({ code: 11_602 });
    expect(server.documents().length).toBe(0);
  });
});

describe('a read right after a failover', () => {
  it('may see what was durable before', async () => {
    const { server, passMs } = aServer();
    await server.write('update', [upsert('a', 1)], NO_FAULTS);
    passMs(100);
    await server.write('update', [upsert('a', 2)], NO_FAULTS);
    expect(server.findVersions(['a'], 99)).toEqual([
      { id: 'a', versions: { 'orders-0': 1n, ts: 0n }, isDeleted: false },
    ]);
    expect(server.findVersions(['a'], 100)).toEqual([
      { id: 'a', versions: { 'orders-0': 2n, ts: 0n }, isDeleted: false },
    ]);
  });
});

describe('a delete', () => {
  it('that finds nothing counts nothing, and is no error', async () => {
    const { server } = aServer();
    expect(await server.write('delete', [remove('a', 1)], NO_FAULTS)).toEqual({ count: 0, writeErrors: [] });
    expect(server.changesOf('a')).toMatchObject([{ after: undefined, durableAtMs: 0 }]);
  });

  it('leaves a newer document of its partition alone, and takes one of another partition', async () => {
    const { server } = aServer();
    await server.write('update', [upsert('a', 5)], NO_FAULTS);
    expect(await server.write('delete', [remove('a', 4)], NO_FAULTS)).toEqual({ count: 0, writeErrors: [] });
    expect(sourceVersionOf(server.documentOf('a'))).toBe(5n);
    const ofAnother = { q: guardOf('a', 1, 'orders-1'), limit: 1 };
    expect(await server.write('delete', [ofAnother], NO_FAULTS)).toEqual(written);
    expect(server.documentOf('a')).toBeUndefined();
  });
});

describe('somebody else', () => {
  it('who inserts first leaves a document that says nothing of our partitions: the write matches the next time', async () => {
    const { server } = aServer();
    const faults = { ...NO_FAULTS, insertFirst: () => true };
    expect(await server.write('update', [upsert('a', 1)], faults)).toEqual(duplicateOf('_id_'));
    expect(sourceVersionOf(server.documentOf('a'))).toBeUndefined();
    expect(await server.write('update', [upsert('a', 1)], faults)).toEqual(written);
  });

  it('takes only their own document away again', async () => {
    const { server } = aServer();
    server.insertForeign(new Map([['_id', 'a']]));
    server.removeForeign(new Map([['_id', 'a']]));
    await server.write('update', [upsert('a', 1)], NO_FAULTS);
    server.removeForeign(new Map([['_id', 'a']]));
    expect(sourceVersionOf(server.documentOf('a'))).toBe(1n);
  });
});

describe('another unique index', () => {
  it('refuses a value that another document holds, also to a stale write, and lets a document keep its own', async () => {
    const { server } = aServer({ uniqueField: 'email' });
    await server.write('update', [upsert('a', 1, { email: 1 })], NO_FAULTS);
    expect(await server.write('update', [upsert('b', 2, { email: 1 })], NO_FAULTS)).toEqual(duplicateOf('email_1'));
    expect(await server.write('update', [upsert('a', 3, { email: 1 })], NO_FAULTS)).toEqual(written);
    await server.write('update', [upsert('b', 9, { email: 2 })], NO_FAULTS);
    expect(await server.write('update', [upsert('b', 8, { email: 1 })], NO_FAULTS)).toEqual(duplicateOf('email_1'));
  });

  it('holds documents without the field as often as one likes', async () => {
    const { server } = aServer({ uniqueField: 'email' });
    for (const id of ['a', 'b']) expect(await server.write('update', [upsert(id, 1)], NO_FAULTS)).toEqual(written);
  });
});

describe('a statement that the server gives up', () => {
  it('changes nothing, and the others of its command are done', async () => {
    const { server } = aServer();
    const faults = {
      ...NO_FAULTS,
      failStatement: ({ q }: Readonly<Record<string, unknown>>) =>
        (q as { _id: string })._id === 'a' ? 112 : undefined,
    };
    expect(await server.write('update', [upsert('a', 1), upsert('b', 1)], faults)).toEqual({
      count: 1,
      writeErrors: [{ index: 0, code: 112, duplicateIndex: undefined }],
    });
    expect(server.documents().map((stored) => stored.get('_id'))).toEqual(['b']);
  });
});

describe('more operations than the server said it takes', () => {
  it('are refused', async () => {
    const { server } = aServer();
    const statements = Array.from({ length: 101 }, (_, index) => upsert(`${index}`, 1));
    await expect(server.write('update', statements, NO_FAULTS)).rejects.toMatchObject({ code: 16 });
  });
});

describe('a guard', () => {
  it('compares numbers alone: a mark of another type is none', async () => {
    const { server } = aServer();
    const strange = upsert('a', 1);
    strange.u.set('_k', { 'orders-0': 'z' });
    await server.write('update', [strange], NO_FAULTS);
    expect(await server.write('update', [upsert('a', 1)], NO_FAULTS)).toEqual(written);
  });
});

describe('a filter with an operator that this server does not know', () => {
  it('is an error, not a match', async () => {
    const { server } = aServer();
    await server.write('update', [upsert('a', 1)], NO_FAULTS);
    const statement = { ...upsert('a', 2), q: { _id: 'a', v: { $mod: [2, 0] } } };
    await expect(server.write('update', [statement], NO_FAULTS)).rejects.toThrow('$mod');
  });
});
