import type { Stored } from '../worlds/document-server.ts';
import type { ProducedRecord } from '../worlds/kafka-log.ts';
import type { FinalWorld } from '../worlds/target.ts';
import { positionText } from './positions.ts';
import type { Violation } from './violation.ts';

export interface DocumentsRead {
  readonly deletes: 'tombstone' | 'hard';
  documentOf(key: string): Stored | undefined;
  isPoison(record: ProducedRecord): boolean;
}

/**
 * G3, in the end: of every key the newest version of its partition is stored, or a newer one; with several partitions (a
 * raised count moves keys) what the last writer left.
 */
export function finalViolations({ produced, lettered }: FinalWorld, read: DocumentsRead): readonly Violation[] {
  const byKey = Map.groupBy(
    produced.filter((record) => record.key !== null && !read.isPoison(record)),
    ({ story }) => story.key ?? '',
  );
  return [...byKey].flatMap(([key, records]) => {
    const document = read.documentOf(key);
    const histories = [...Map.groupBy(records, ({ topicPartition }) => topicPartition).values()];
    const isRight =
      histories.some((history) => isLeftBy(history, document, lettered, read)) || isLastWriters(histories, document);
    // Where nothing had to be written nothing has to be there.
    const mayBeAbsent = histories.every((history) => history.every((record) => lettered.has(record)));
    if (isRight || (mayBeAbsent && (document === undefined || document.has('foreign')))) return [];
    const newest = positionText(records.at(-1) as ProducedRecord);
    return [{ guarantee: 'G3', message: `the document of ${newest} is not what its newest version says` }];
  });
}

/** By the newest record of a partition that was not given up, or by a newer one, which may be stored all the same. */
function isLeftBy(
  history: readonly ProducedRecord[],
  document: Stored | undefined,
  lettered: ReadonlySet<ProducedRecord>,
  { deletes }: DocumentsRead,
): boolean {
  const newest = history.findLastIndex((record) => !lettered.has(record));
  return history.slice(Math.max(0, newest)).some((record) => {
    if (isStoredAs(record, document)) return true;
    if (deletes === 'tombstone' || record.story.kind !== 'tombstone') return false;
    // Without its evidence a deleted document may come back: hard deletes do not promise more.
    return document === undefined || document.has('foreign') || history.some((older) => isStoredAs(older, document));
  });
}

/**
 * A document with writers in several partitions: where one replaced it, the marks of the others are gone, and a late write
 * of theirs is the last writer whatever it is (docs/guarantees.md). What they hold of each other is watched as it happens.
 */
const isLastWriters = (histories: readonly (readonly ProducedRecord[])[], document: Stored | undefined): boolean =>
  histories.length > 1 && histories.flat().some((record) => isStoredAs(record, document));

/** With its mark, and nothing else of a deleted one. */
function isStoredAs({ story, value, topicPartition, offset }: ProducedRecord, document: Stored | undefined): boolean {
  if (document === undefined) return false;
  const marks = document.get('_k') as Readonly<Record<string, unknown>> | undefined;
  if (marks?.[topicPartition] !== BigInt(offset) || document.get('_id') !== story.key) return false;
  if (story.kind === 'tombstone') return document.has('_deletedAt') && document.size === TOMBSTONE_FIELDS;
  const { id, secret }: { readonly id: number; readonly secret: string } = JSON.parse(value?.toString() ?? '{}');
  return document.get('id') === id && document.get('secret') === secret && !document.has('_deletedAt');
}

/** `_id`, `_k`, `_deletedAt` */
const TOMBSTONE_FIELDS = 3;
