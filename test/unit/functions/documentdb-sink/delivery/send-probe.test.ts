import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { type ProbeParts, sendProbe } from '../../../../../functions/documentdb-sink/delivery/send-probe.ts';
import type { Statement, WriteReply } from '../../../../../functions/documentdb-sink/target/document-store.ts';
import { foreignError } from '../../../../support/fake-documents.ts';

const ERROR = { index: 0, code: 121, duplicateIndex: undefined };

async function probed(answer: () => Promise<WriteReply>) {
  const sent: (readonly Statement[])[] = [];
  const store = {
    write: (_namespace: unknown, kind: string, statements: readonly Statement[]) => {
      expect(kind).toBe('update');
      sent.push(statements);
      return answer();
    },
  } as unknown as ProbeParts['store'];
  const namespace = { database: 'shop', collection: 'orders' };
  const result = await sendProbe({ store, namespace, signal: new AbortController().signal });
  return { result, sent };
}

describe('the probe of a collection', () => {
  it('is a guarded update of a document that nobody has, and inserts nothing', async () => {
    const { sent } = await probed(async () => ({ count: 0, writeErrors: [] }));
    expect(sent).toEqual([
      [
        {
          q: { _id: expect.any(ObjectId), '_k.probe': { $not: { $gt: 0n } } },
          u: new Map([['$setOnInsert', new Map([['_k.probe', 0n]])]]),
          upsert: false,
        },
      ],
    ]);
    const again = await probed(async () => ({ count: 0, writeErrors: [] }));
    expect(again.sent).not.toEqual(sent);
  });

  it('shows that the collection accepts writes when it matches nothing and has no error', async () => {
    expect((await probed(async () => ({ count: 0, writeErrors: [] }))).result).toBe(true);
    expect((await probed(async () => ({ count: 1, writeErrors: [] }))).result).toBe(false);
    expect((await probed(async () => ({ count: 0, writeErrors: [ERROR] }))).result).toBe(false);
  });

  it('of a server that is deaf ends with the signal', async () => {
    const store = { write: () => new Promise(() => undefined) } as unknown as ProbeParts['store'];
    const namespace = { database: 'shop', collection: 'orders' };
    const result = await sendProbe({ store, namespace, signal: AbortSignal.abort() });
    expect(result).toMatchObject({ kind: 'retry', failure: { code: 'deadline_exceeded' } });
  });

  it('says why it failed, and never rejects', async () => {
    const { result } = await probed(() => Promise.reject(foreignError('MongoServerError', 13)));
    expect(result).toMatchObject({ kind: 'fatal', scope: 'collection', failure: { code: 'access_denied' } });
  });
});
