import { isDeepStrictEqual } from 'node:util';
import type { ProducedRecord } from './producer.ts';

/** What is known of a record beside its content. */
export interface Known {
  /** Whether documentdbSink has settled the record. */
  readonly isDue: (record: ProducedRecord) => boolean;
  readonly isDeadLettered: (record: ProducedRecord) => boolean;
}

export interface DocumentFindings {
  readonly violations: readonly string[];
  /** The number of keys whose newest record makes a document, and of those whose newest record deletes it. */
  readonly livingCount: number;
  readonly deletedCount: number;
}

/** Every document is a version of its key that is at least as new as the last due record, and there are no other documents. */
export function documentViolations(
  produced: readonly ProducedRecord[],
  documents: ReadonlyMap<string, object>,
  known: Known,
): DocumentFindings {
  const byKey = Map.groupBy(
    produced.filter(({ key, poison }) => key !== null && poison !== 'notJson'),
    ({ key }) => key ?? '',
  );
  const living = [...byKey.values()].filter((records) => records.at(-1)?.value !== null);
  return {
    violations: [
      ...[...byKey].flatMap(([key, records]) => violationsOf(key, records, documents.get(key), known)),
      ...[...documents.keys()].filter((key) => !byKey.has(key)).map(shouldNotExist),
    ],
    livingCount: living.length,
    deletedCount: byKey.size - living.length,
  };
}

const shouldNotExist = (key: string): string => `${key}: the document should not exist`;

function violationsOf(
  key: string,
  records: readonly ProducedRecord[],
  document: object | undefined,
  { isDue, isDeadLettered }: Known,
): readonly string[] {
  const lastDue = records.findLastIndex(isDue);
  const allowed = records.slice(Math.max(0, lastDue));
  const mayBeAbsent = lastDue === -1 || allowed.some(({ value }) => value === null);
  if (document === undefined) {
    if (mayBeAbsent) return [];
    // A rule of the collection may have refused the record, or was removed before.
    if (records.every(({ poison }) => poison === 'refused')) {
      return records.some(isDeadLettered) ? [] : [`${key}: neither a document nor a dead letter`];
    }
    return [`${key}: the document is missing`];
  }
  const versions = allowed.flatMap(({ value }) => (value === null ? [] : [value]));
  if (versions.length === 0) return [shouldNotExist(key)];
  // Most documents are the newest version.
  const isVersion = versions
    .toReversed()
    .some((value) => isDeepStrictEqual(document, { _id: key, ...JSON.parse(value) }));
  return isVersion ? [] : [`${key}: the document is not the newest version`];
}
