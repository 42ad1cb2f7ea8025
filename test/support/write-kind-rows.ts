import type { WriteModel } from '../../functions/documentdb-sink/plan/write-model.ts';
import { deleteOf, insertOf, replaceOf, updateOf } from './write-models.ts';

export const K = { _id: 'k' };

export const B = { 'c.d': 1, e: 'x' };

export const BUSINESS = { c: { d: 1 }, e: 'x' };

export interface Row {
  readonly row: string;
  readonly deletes?: 'tombstone' | 'hard';
  /** It changes what is there, and makes nothing: the situations begin with an older document. */
  readonly needsDocument?: boolean;
  readonly key?: Readonly<Record<string, unknown>>;
  readonly write: (offset: number) => WriteModel;
  /** `outcome: what is stored`, by situation. */
  readonly nothingThere: string;
  readonly olderThere: string;
  readonly redelivered: string;
  readonly stale: string;
  readonly afterOthersUpdate: string;
  readonly afterOthersReplacement: string;
  readonly afterHardDelete: string;
  readonly afterTombstone: string;
  readonly lostAnswer: string;
  readonly twins: string;
}

export const ROWS: readonly Row[] = [
  {
    row: 'replace',

    write: (offset) => replaceOf(K, { ...K, v: offset }),
    nothingThere: 'written: {"v":5} at 0@5',
    olderThere: 'written: {"v":5} at 0@5',
    redelivered: 'written: {"v":5} at 0@5',
    stale: 'ignored stale: {"v":7} at 0@7',
    afterOthersUpdate: 'written: {"v":5} at 0@5',
    afterOthersReplacement: 'written: {"v":5} at 0@5',
    afterHardDelete: 'written: {"v":5} at 0@5',
    afterTombstone: 'ignored stale: tombstone at 0@6',
    lostAnswer: 'written: {"v":5} at 0@5',
    twins: 'written and written: {"v":5} at 0@5',
  },
  {
    row: 'replace by a business key',
    key: B,
    write: (offset) => replaceOf(B, { ...BUSINESS, v: offset }),
    nothingThere: 'written: {"v":5} at 0@5',
    olderThere: 'written: {"v":5} at 0@5',
    redelivered: 'written: {"v":5} at 0@5',
    stale: 'ignored stale: {"v":7} at 0@7',
    afterOthersUpdate: 'written: {"v":5} at 0@5',
    afterOthersReplacement: 'written: {"v":5} at 0@5',
    afterHardDelete: 'written: {"v":5} at 0@5',
    afterTombstone: 'ignored stale: tombstone at 0@6',
    lostAnswer: 'written: {"v":5} at 0@5',
    twins: 'written and written: {"v":5} at 0@5',
  },
  {
    row: 'replace without upsert',
    needsDocument: true,
    write: (offset) => replaceOf(K, { ...K, v: offset }, false),
    nothingThere: 'ignored no_match: absent',
    olderThere: 'written: {"v":5} at 0@5',
    redelivered: 'written: {"v":5} at 0@5',
    stale: 'ignored stale: {"v":7} at 0@7',
    afterOthersUpdate: 'written: {"v":5} at 0@5',
    afterOthersReplacement: 'written: {"v":5} at 0@5',
    afterHardDelete: 'ignored no_match: absent',
    afterTombstone: 'ignored stale: tombstone at 0@6',
    lostAnswer: 'written: {"v":5} at 0@5',
    twins: 'written and written: {"v":5} at 0@5',
  },
  {
    row: 'idempotent update',

    write: (offset) => updateOf(K, { $set: { v: offset } }),
    nothingThere: 'written: {"v":5} at 0@5',
    olderThere: 'written: {"old":3,"v":5} at 0@5',
    redelivered: 'written: {"v":5} at 0@5',
    stale: 'ignored stale: {"v":7} at 0@7',
    afterOthersUpdate: 'written: {"v":5,"other":900} at 0@5,1@900',
    afterOthersReplacement: 'written: {"other":900,"v":5} at 0@5,1@900',
    afterHardDelete: 'written: {"v":5} at 0@5',
    afterTombstone: 'ignored stale: tombstone at 0@6',
    lostAnswer: 'written: {"v":5} at 0@5',
    twins: 'written and written: {"v":5} at 0@5',
  },
  {
    row: 'idempotent update by a business key',
    key: B,
    write: (offset) => updateOf(B, { $set: { v: offset } }),
    nothingThere: 'written: {"v":5} at 0@5',
    olderThere: 'written: {"old":3,"v":5} at 0@5',
    redelivered: 'written: {"v":5} at 0@5',
    stale: 'ignored stale: {"v":7} at 0@7',
    afterOthersUpdate: 'written: {"v":5,"other":900} at 0@5,1@900',
    afterOthersReplacement: 'written: {"other":900,"v":5} at 0@5,1@900',
    afterHardDelete: 'written: {"v":5} at 0@5',
    afterTombstone: 'ignored stale: tombstone at 0@6',
    lostAnswer: 'written: {"v":5} at 0@5',
    twins: 'written and written: {"v":5} at 0@5',
  },
  {
    row: 'update that must not be applied twice',

    write: (offset) => updateOf(K, { $inc: { n: offset } }),
    nothingThere: 'written: {"n":5} at 0@5',
    olderThere: 'written: {"old":3,"n":5} at 0@5',
    redelivered: 'ignored already_applied: {"n":5} at 0@5',
    stale: 'ignored stale: {"v":7} at 0@7',
    afterOthersUpdate: 'ignored already_applied: {"n":5,"other":900} at 0@5,1@900',
    afterOthersReplacement: 'written: {"other":900,"n":5} at 0@5,1@900',
    afterHardDelete: 'written: {"n":5} at 0@5',
    afterTombstone: 'ignored stale: tombstone at 0@6',
    lostAnswer: 'written: {"n":5} at 0@5',
    twins: 'written and ignored already_applied: {"n":5} at 0@5',
  },
  {
    row: 'update without upsert',
    needsDocument: true,
    write: (offset) => updateOf(K, { $set: { v: offset } }, false),
    nothingThere: 'ignored no_match: absent',
    olderThere: 'written: {"old":3,"v":5} at 0@5',
    redelivered: 'written: {"old":3,"v":5} at 0@5',
    stale: 'ignored stale: {"v":7} at 0@7',
    afterOthersUpdate: 'written: {"old":3,"v":5,"other":900} at 0@5,1@900',
    afterOthersReplacement: 'written: {"other":900,"v":5} at 0@5,1@900',
    afterHardDelete: 'ignored no_match: absent',
    afterTombstone: 'ignored stale: tombstone at 0@6',
    lostAnswer: 'written: {"old":3,"v":5} at 0@5',
    twins: 'written and written: {"old":3,"v":5} at 0@5',
  },
  {
    row: 'update without upsert that must not be applied twice',
    needsDocument: true,
    write: (offset) => updateOf(K, { $inc: { n: offset } }, false),
    nothingThere: 'ignored no_match: absent',
    olderThere: 'written: {"old":3,"n":5} at 0@5',
    redelivered: 'ignored already_applied: {"old":3,"n":5} at 0@5',
    stale: 'ignored stale: {"v":7} at 0@7',
    afterOthersUpdate: 'ignored already_applied: {"old":3,"n":5,"other":900} at 0@5,1@900',
    afterOthersReplacement: 'written: {"other":900,"n":5} at 0@5,1@900',
    afterHardDelete: 'ignored no_match: absent',
    afterTombstone: 'ignored stale: tombstone at 0@6',
    lostAnswer: 'written: {"old":3,"n":5} at 0@5',
    twins: 'written and ignored already_applied: {"old":3,"n":5} at 0@5',
  },
  {
    row: 'hard delete',

    write: () => deleteOf(K),
    nothingThere: 'written: absent',
    olderThere: 'written: absent',
    redelivered: 'written: absent',
    stale: 'ignored stale: {"v":7} at 0@7',
    afterOthersUpdate: 'written: absent',
    afterOthersReplacement: 'written: absent',
    afterHardDelete: 'written: absent',
    afterTombstone: 'ignored stale: tombstone at 0@6',
    lostAnswer: 'written: absent',
    twins: 'written and written: absent',
  },
  {
    row: 'hard delete by a business key',
    key: B,
    write: () => deleteOf(B),
    nothingThere: 'written: absent',
    olderThere: 'written: absent',
    redelivered: 'written: absent',
    stale: 'ignored stale: {"v":7} at 0@7',
    afterOthersUpdate: 'written: absent',
    afterOthersReplacement: 'written: absent',
    afterHardDelete: 'written: absent',
    afterTombstone: 'ignored stale: tombstone at 0@6',
    lostAnswer: 'written: absent',
    twins: 'written and written: absent',
  },
  {
    row: 'tombstone delete',
    deletes: 'tombstone',
    write: () => deleteOf(K),
    nothingThere: 'written: tombstone at 0@5',
    olderThere: 'written: tombstone at 0@5',
    redelivered: 'written: tombstone at 0@5',
    stale: 'ignored stale: {"v":7} at 0@7',
    afterOthersUpdate: 'written: tombstone at 0@5',
    afterOthersReplacement: 'written: tombstone at 0@5',
    afterHardDelete: 'written: tombstone at 0@5',
    afterTombstone: 'ignored stale: tombstone at 0@6',
    lostAnswer: 'written: tombstone at 0@5',
    twins: 'written and written: tombstone at 0@5',
  },
  {
    row: 'tombstone delete by a business key',
    deletes: 'tombstone',
    key: B,
    write: () => deleteOf(B),
    nothingThere: 'written: tombstone at 0@5',
    olderThere: 'written: tombstone at 0@5',
    redelivered: 'written: tombstone at 0@5',
    stale: 'ignored stale: {"v":7} at 0@7',
    afterOthersUpdate: 'written: tombstone at 0@5',
    afterOthersReplacement: 'written: tombstone at 0@5',
    afterHardDelete: 'written: tombstone at 0@5',
    afterTombstone: 'ignored stale: tombstone at 0@6',
    lostAnswer: 'written: tombstone at 0@5',
    twins: 'written and written: tombstone at 0@5',
  },
  {
    row: 'insert',

    write: (offset) => insertOf({ ...K, v: offset }),
    nothingThere: 'written: {"v":5} at 0@5',
    olderThere: 'deadLettered duplicate_key: {"old":3} at 0@3',
    redelivered: 'written: {"v":5} at 0@5',
    stale: 'ignored stale: {"v":7} at 0@7',
    afterOthersUpdate: 'written: {"v":5,"other":900} at 0@5,1@900',
    afterOthersReplacement: 'deadLettered duplicate_key: {"other":900} at 1@900',
    afterHardDelete: 'written: {"v":5} at 0@5',
    afterTombstone: 'ignored stale: tombstone at 0@6',
    lostAnswer: 'written: {"v":5} at 0@5',
    twins: 'written and written: {"v":5} at 0@5',
  },
  {
    row: 'insert where deletes are tombstones',
    deletes: 'tombstone',
    write: (offset) => insertOf({ ...K, v: offset }),
    nothingThere: 'written: {"v":5} at 0@5',
    olderThere: 'deadLettered duplicate_key: {"old":3} at 0@3',
    redelivered: 'written: {"v":5} at 0@5',
    stale: 'ignored stale: {"v":7} at 0@7',
    afterOthersUpdate: 'written: {"v":5,"other":900} at 0@5,1@900',
    afterOthersReplacement: 'deadLettered duplicate_key: {"other":900} at 1@900',
    afterHardDelete: 'written: {"v":5} at 0@5',
    afterTombstone: 'ignored stale: tombstone at 0@6',
    lostAnswer: 'written: {"v":5} at 0@5',
    twins: 'written and written: {"v":5} at 0@5',
  },
];
