import fc from 'fast-check';
import { expect, it } from 'vitest';
import { statementOf } from '../../../../functions/documentdb-sink/commands.ts';
import { fold } from '../../../../functions/documentdb-sink/fold.ts';
import { markOf } from '../../../../functions/documentdb-sink/mark.ts';
import { hardDelete, tombstoneDelete } from '../../../../functions/documentdb-sink/write-models/delete-one.ts';
import { replaceOne } from '../../../../functions/documentdb-sink/write-models/replace-one.ts';
import type { Write } from '../../../../functions/documentdb-sink/write-models/write.ts';
import { aRecord } from '../../../support/builders.ts';
import { FakeDocuments } from '../../../support/fake-documents.ts';

type Kind = 'replace' | 'hard delete' | 'tombstone delete';

function aWrite(kind: Kind, offset: number): Write {
  const mark = markOf(aRecord({ offset }));
  if (kind === 'hard delete') return hardDelete('k', mark);
  return kind === 'replace' ? replaceOne('k', new Map([['v', offset]]), mark) : tombstoneDelete('k', mark, 0);
}

async function applied(writes: readonly Write[], storedOffset: number | undefined) {
  const documents = new FakeDocuments();
  if (storedOffset !== undefined) documents.put('k', { v: 'old', _k: { 'orders-0': BigInt(storedOffset), ts: 0n } });
  const signal = new AbortController().signal;
  for (const write of writes) {
    const kind = write.kind === 'delete' ? 'delete' : 'update';
    await documents.write({ database: 'shop', collection: 'orders' }, kind, [statementOf(write)], signal);
  }
  return documents.collection().get('text k');
}

const kinds = (...allowed: Kind[]) => fc.array(fc.constantFrom(...allowed), { minLength: 1, maxLength: 8 });

it.each([
  { deletes: 'tombstones', kinds: kinds('replace', 'tombstone delete') },
  { deletes: 'hard', kinds: kinds('replace', 'hard delete') },
])(
  'a fold has the result of its records one by one ($deletes), whether or not the document exists',
  async ({ kinds }) => {
    await fc.assert(
      // An older document, one of the batch's own offsets (a replay), a newer one, or none.
      fc.asyncProperty(kinds, fc.option(fc.nat(30), { nil: undefined }), async (drawn, stored) => {
        const writes = drawn.map((kind, index) => aWrite(kind, 10 + index));
        // With hard deletes, a newer stored document is deleted by no record, so folding must not either.
        const folded = fold(writes);
        expect(folded.count).toBe(writes.length);
        expect(await applied([folded.write], stored)).toEqual(await applied(writes, stored));
      }),
      { numRuns: 500 },
    );
  },
);
