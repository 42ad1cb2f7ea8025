import type { BsonDocument } from '../bson/bson-document.ts';
import { identityOf } from '../bson/identity.ts';
import { haveSameTypes } from '../bson/same-types.ts';
import { applyUpdate, conflictsWithItself } from '../update/apply-update.ts';
import { Drafts } from '../update/drafts.ts';
import { expandFilter } from '../update/expand-filter.ts';
import { mergeUpdates } from '../update/merge-updates.ts';
import { fieldsOf, isFoldable, isNeverRefused } from '../update/operators.ts';
import { storedVersionOf } from './source-version.ts';
import type { DeleteWrite, InsertWrite, ReplaceWrite, UpdateWrite, Write } from './write.ts';

/** One write that has the same result as `count` writes one after another, whether or not the document exists. */
export interface Fold {
  readonly write: Write;
  readonly count: number;
}

/**
 * Folds the first of these writes with as many of the following as possible. All are for one document and come from one
 * partition, in the order of their offsets.
 */
export function fold(first: Write, rest: readonly Write[]): Fold {
  if (rest.length === 0 || !mayFold(first)) return { write: first, count: 1 };
  const drafts = new Drafts();
  let write: Foldable = first;
  let count = 1;
  for (const next of rest) {
    const folded = mayFold(next) ? foldTwo(write, next, drafts) : undefined;
    if (folded === undefined) break;
    write = folded;
    count += 1;
  }
  return { write, count };
}

type Foldable = Exclude<Write, InsertWrite>;

/**
 * Inserts may fail on an existing document, updates that are not idempotent must be counted, and the server refuses an update
 * that conflicts with itself.
 */
function mayFold(write: Write): write is Foldable {
  if (write.leavesKey === true || write.kind === 'insert') return false;
  return write.kind !== 'update' || (write.isIdempotent && !conflictsWithItself(write.update));
}

/** Undefined if the two writes cannot be folded. */
function foldTwo(first: Foldable, second: Foldable, drafts: Drafts): Foldable | undefined {
  if (!haveOneFilter(first, second) || isOlderByVersion(first, second)) return undefined;
  // Nothing of the first write would be sent, and nobody would hear that the server refuses it.
  if (second.kind !== 'update' && first.kind === 'update' && !isNeverRefused(first.update)) return undefined;
  switch (second.kind) {
    case 'delete':
      return second;
    case 'replace':
      return second.upsert ? keyedBy(first, second) : replacedWhereThere(first, second);
    case 'update':
      return updated(first, second, drafts);
  }
}

/** Writes of one document may name more than its `_id` (a change event of a sharded collection), and then find it or not. */
function haveOneFilter({ filter: first }: Write, { filter: second }: Write): boolean {
  if (first.size === 1 && second.size === 1) return true;
  return (
    first.size === second.size &&
    [...first].every(([path, value]) => identityOf(value) === identityOf(second.get(path)))
  );
}

/** By version the second write is older than the first, or incomparable: only the server can decide which one stays. */
function isOlderByVersion({ sourceVersion: first }: Write, { sourceVersion: second }: Write): boolean {
  if (first.version === undefined && second.version === undefined) return false;
  return first.version === undefined || second.version === undefined || second.version < first.version;
}

/** With two versions the first write may be stale and the second not; the result must then contain nothing of the first. */
const isOfOneVersion = ({ sourceVersion: first }: Write, { sourceVersion: second }: Write): boolean =>
  first.version === second.version;

/** A replacement without upsert finds a document only if the write before it guarantees one. */
function replacedWhereThere(first: Foldable, second: ReplaceWrite): Foldable | undefined {
  if (isDeletion(first) || !isOfOneVersion(first, second)) return undefined;
  return keyedBy(first, { ...second, upsert: first.upsert });
}

/** A document keeps the key of the write that inserted it; equal numbers may differ in type. */
function keyedBy(first: Foldable, second: ReplaceWrite): ReplaceWrite {
  if (isDeletion(first) || !first.upsert || haveSameTypes(first.filter, second.filter)) return second;
  const id = first.filter.get('_id');
  const isNamed = first.filter.has('_id') && second.document.has('_id');
  const document = isNamed ? new Map(second.document).set('_id', id) : second.document;
  return { ...second, filter: first.filter, document };
}

function updated(first: Foldable, second: UpdateWrite, drafts: Drafts): Foldable | undefined {
  if (!isFoldable(second.update) || !isOfOneVersion(first, second)) return undefined;
  if (isDeletion(first)) return second.upsert ? madeAfresh(first, second, drafts) : undefined;
  // If the document is absent, the first write leaves it absent and the second inserts it. Whether the document exists
  // is unknown.
  if (second.upsert && !first.upsert) return undefined;
  if (first.kind === 'replace') return replacedAndUpdated(first, second, drafts);
  const update = mergeUpdates(first.update, second.update, drafts);
  return update && { ...second, filter: first.upsert ? first.filter : second.filter, update, upsert: first.upsert };
}

type Deletion = DeleteWrite | (ReplaceWrite & { readonly isTombstone: true });

const isDeletion = (write: Foldable): write is Deletion =>
  write.kind === 'delete' || (write.kind === 'replace' && write.isTombstone);

function replacedAndUpdated(first: ReplaceWrite, second: UpdateWrite, drafts: Drafts): ReplaceWrite | undefined {
  const { filter, document, upsert } = first;
  return withDocument(
    document,
    { ...second, filter: upsert ? filter : second.filter },
    { isInsert: false, upsert, drafts },
  );
}

/** After a hard delete the update inserts a document; after a tombstone the update changes the tombstone. */
function madeAfresh(first: Deletion, second: UpdateWrite, drafts: Drafts): ReplaceWrite | undefined {
  if (first.kind === 'replace') return withDocument(first.document, second, { isInsert: false, upsert: true, drafts });
  const base = expandFilter(second.filter);
  return base && withDocument(base, second, { isInsert: true, upsert: true, drafts });
}

interface Folded {
  readonly isInsert: boolean;
  readonly upsert: boolean;
  readonly drafts: Drafts;
}

function withDocument(
  base: ReadonlyMap<string, unknown>,
  { update, ...second }: UpdateWrite,
  { isInsert, upsert, drafts }: Folded,
): ReplaceWrite | undefined {
  const id = fieldsOf(update, '$set').get('_id');
  if (id !== undefined && base.has('_id') && identityOf(id) !== identityOf(base.get('_id'))) return undefined;
  const { identity, filter, sourceVersion, step } = second;
  const document = applyUpdate(base, withoutVersion(update), isInsert, drafts);
  if (document === undefined) return undefined;
  document.set('_k', storedVersionOf(sourceVersion));
  return {
    kind: 'replace',
    identity,
    filter,
    sourceVersion,
    step,
    document,
    upsert,
    isTombstone: false,
  };
}

/** The update sets its version at paths inside `_k`; a replacement stores `_k` as a whole. */
const withoutVersion = (update: BsonDocument): BsonDocument =>
  new Map(
    [...update].map(([operator, fields]) => [
      operator,
      fields instanceof Map ? new Map([...fields].filter(([path]) => !path.startsWith('_k.'))) : fields,
    ]),
  );
