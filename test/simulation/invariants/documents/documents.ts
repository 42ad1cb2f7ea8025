import { ObjectId } from 'mongodb';
import type { Stored } from '../../../support/document-server/bson-values.ts';
import { exactText } from '../../../support/document-server/exact-text.ts';
import { opOf } from '../../scenario/generate/document-ops.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { documentNameOf, isGuarded, modelsOfRecord, versionOf } from '../../services/documents/document-policy.ts';
import { markOf, versionOfRecord } from '../../services/documents/document-version.ts';
import { type ProducedRecord, SECRET } from '../../services/kafka-log.ts';
import type { FinalWorld } from '../../services/target.ts';
import { positionText } from '../positions.ts';
import type { Violation } from '../violation.ts';
import { afterRecord, type Modelled, NOTHING } from './document-model.ts';

export interface DocumentsRead {
  readonly scenario: Scenario;
  documentOf(record: ProducedRecord): Stored | undefined;
  /** Several, where nothing unique names the document. */
  documentsOf(record: ProducedRecord): readonly Stored[];
  /** The key of the records that a document is of. */
  keyOf(document: Stored): unknown;
  isPoison(record: ProducedRecord): boolean;
}

/**
 * G3, in the end: a document whose records all come from one partition is what they make of it, one after another, each
 * once; with several partitions (a raised count moves keys) what the last writer left.
 */
export function finalViolations(final: FinalWorld, read: DocumentsRead): readonly Violation[] {
  return historiesOf(final.produced, read).flatMap((records): readonly Violation[] => {
    const last = records.at(-1) as ProducedRecord;
    const document = read.documentOf(last);
    const newest = positionText(last);
    if (read.scenario.documentdb.connector?.rowKey !== undefined && areTooMany(records, final, read))
      return [{ guarantee: 'G3', message: `the row of ${newest} stands there more than once` }];
    if (!isGuarded(read.scenario.documentdb, last.scenario.key ?? ''))
      return unguardedViolations(records, document, final, read);
    if (isToldExactly(records, final, read.scenario)) return exactViolations(records, document, read.scenario);
    // Nobody knows which of two partitions gave it another key.
    if (records.some(({ scenario }) => scenario.leavesKey)) return [];
    if (!isLeftBySomebody(records, document, final, read)) {
      return [{ guarantee: 'G3', message: `the document of ${newest} is not what its newest version says` }];
    }
    if (!isCounted(records, final, read.scenario) || document?.get('count') === records.length) return [];
    const message = `the document of ${newest} counts ${document?.get('count')} of ${records.length} records`;
    return [{ guarantee: 'G1', message }];
  });
}

/** Rows that nothing unique names: a redelivery may make one that was changed a second time. */
const areTooMany = (records: readonly ProducedRecord[], { isCalm }: FinalWorld, read: DocumentsRead): boolean => {
  const last = records.at(-1) as ProducedRecord;
  return (isCalm || isGuarded(read.scenario.documentdb, last.scenario.key ?? '')) && read.documentsOf(last).length > 1;
};

function exactViolations(
  records: readonly ProducedRecord[],
  document: Stored | undefined,
  scenario: Scenario,
): readonly Violation[] {
  const newest = positionText(records.at(-1) as ProducedRecord);
  const modelled = modelOf(records, scenario);
  if (textOfModel(modelled) !== textOf(document)) {
    return [{ guarantee: 'G3', message: `the document of ${newest} is not what its records make of it` }];
  }
  if (hasOwnId(records, modelled, document, scenario)) return [];
  return [{ guarantee: 'G3', message: `the document of ${newest} has an _id that is not its own` }];
}

/** By a connector's file `_id` is told, or made by the server; otherwise its type is, where it is of any. */
function hasOwnId(
  records: readonly ProducedRecord[],
  modelled: Modelled,
  document: Stored | undefined,
  scenario: Scenario,
): boolean {
  const { connector, identity } = scenario.documentdb;
  if (connector?.rowKey !== undefined) return document?.get('_id') instanceof ObjectId;
  if (connector !== undefined && identity === 'business') return !(document?.get('_id') instanceof Map);
  const isTold = connector !== undefined || keepsItsId(records, scenario);
  return !isTold || idText(modelled.document) === idText(document);
}

/**
 * Nobody but our records writes it, and none deletes it: the first of them says of which type its `_id` is. A record that is refused
 * alone may be the first of a fold that is not.
 */
const keepsItsId = (records: readonly ProducedRecord[], { documentdb, faults, records: all }: Scenario): boolean =>
  documentdb.identity === 'wideId' &&
  records.every(({ scenario: { kind } }) => kind !== 'tombstone') &&
  !all.some(({ key, kind }) => kind === 'refused' && key === records[0]?.scenario.key) &&
  faults.every(({ kind }) => kind !== 'documentdb.insertedFirst' && kind !== 'documentdb.rolledBack');

const idText = (document: Stored | undefined): string => exactText(document?.get('_id') ?? null);

/** What no stored version guards is promised where nothing comes twice, and one partition says in which order. */
function unguardedViolations(
  records: readonly ProducedRecord[],
  document: Stored | undefined,
  { isCalm, lettered }: FinalWorld,
  { scenario }: DocumentsRead,
): readonly Violation[] {
  if (!isCalm || partitionsIn(records).size > 1 || records.some((record) => lettered.has(record))) return [];
  const hardly = { ...scenario, documentdb: { ...scenario.documentdb, deletes: 'hard' } } as const;
  if (textOfModel(modelOf(records, hardly)) === textOf(document)) return [];
  const newest = positionText(records.at(-1) as ProducedRecord);
  return [{ guarantee: 'G3', message: `the document of ${newest} is not what its unguarded records make of it` }];
}

/** Of each document the records that write it, in the order in which they were produced. */
export const historiesOf = (
  produced: readonly ProducedRecord[],
  { isPoison, scenario: { documentdb } }: Pick<DocumentsRead, 'isPoison' | 'scenario'>,
): readonly (readonly ProducedRecord[])[] => [
  ...Map.groupBy(
    produced.filter((record) => record.scenario.key !== null && !record.scenario.hasNoEffect && !isPoison(record)),
    (record) => documentNameOf(record, documentdb),
  ).values(),
];

/** Nothing was given up, one partition says in which order, and what is deleted leaves its evidence or meets no fault. */
function isToldExactly(
  records: readonly ProducedRecord[],
  { lettered, isCalm }: FinalWorld,
  scenario: Scenario,
): boolean {
  if (partitionsIn(records).size > 1 || records.some((record) => lettered.has(record))) return false;
  return (
    isCalm ||
    scenario.documentdb.deletes === 'tombstone' ||
    records.every(({ scenario: { kind } }) => kind !== 'tombstone')
  );
}

/** Every record counts, in whichever partition it is: each has to be counted once. */
const isCounted = (records: readonly ProducedRecord[], { lettered }: FinalWorld, { documentdb }: Scenario): boolean =>
  documentdb.guard === 'offset' &&
  (documentdb.strategy === 'increment' || documentdb.strategy === 'steps') &&
  records.every((record) => record.scenario.kind !== 'tombstone' && !lettered.has(record));

export const partitionsIn = (records: readonly ProducedRecord[]): ReadonlySet<string> =>
  new Set(records.map(({ topicPartition }) => topicPartition));

export function modelOf(records: readonly ProducedRecord[], { documentdb }: Scenario): Modelled {
  return records.reduce<Modelled>((state, record) => {
    const { scenario, timestampMs } = record;
    const version = versionOf(documentdb, { id: scenario.id, timestampMs, isDeletion: scenario.kind === 'tombstone' });
    // The document is another key's from now on.
    if (scenario.leavesKey) return NOTHING;
    return afterRecord(state, modelsOfRecord(record, documentdb), version, documentdb.deletes);
  }, NOTHING);
}

/** Set by the clock, by the sink, by somebody else, or by the server. */
const LEFT_OUT = ['_id', '_k', '_modifiedTS', '_insertedTS', 'foreign'];

/** What a reader sees of a document, whatever the order of its fields. */
export function textOf(document: Stored | undefined): string {
  if (document === undefined || document.has('_deletedAt')) return 'absent';
  const fields = [...document].filter(([name]) => !LEFT_OUT.includes(name));
  return fields.length === 0 || isForeignAlone(document) ? 'absent' : exactText(new Map(fields));
}

/** Nobody but somebody else wrote it, beside what its key says. */
const isForeignAlone = (document: Stored): boolean => document.has('foreign') && !document.has('id');

export const textOfModel = ({ document, isTombstone }: Modelled): string => textOf(isTombstone ? undefined : document);

function isLeftBySomebody(
  records: readonly ProducedRecord[],
  document: Stored | undefined,
  { lettered, isCalm }: FinalWorld,
  read: DocumentsRead,
): boolean {
  const histories = [...Map.groupBy(records, ({ topicPartition }) => topicPartition).values()];
  if (isLastWriters(histories, document, read)) return true;
  if (!isCalm && isDeletedLate(histories, document, read)) return true;
  if (histories.some((history) => isLeftBy(history, document, lettered, read))) return true;
  // What was given up may have been begun: of a record with two writes the first.
  const isBegun = records.some((record) => lettered.has(record) && opOf(record.scenario) === 'steps');
  if (isBegun && document?.has('id') === false) return true;
  // Where nothing had to be written nothing has to be there.
  const mayBeAbsent = histories.every((history) => history.every((record) => lettered.has(record)));
  return mayBeAbsent && textOf(document) === 'absent';
}

/** By the newest record of a partition that was not given up, or by a newer one, which may be stored all the same. */
function isLeftBy(
  history: readonly ProducedRecord[],
  document: Stored | undefined,
  lettered: ReadonlySet<ProducedRecord>,
  read: DocumentsRead,
): boolean {
  const { deletes, guard, strategy } = read.scenario.documentdb;
  // By its own account a record may be older than those before it; and what has nothing to change changes nothing.
  const isTimeOdd = guard === 'timestamp' && history.some((record) => record.scenario.timeMs !== undefined);
  const isAnyOfThem = guard === 'field' || strategy === 'events' || isTimeOdd;
  const newest = isAnyOfThem ? 0 : history.findLastIndex((record) => !lettered.has(record));
  return history.slice(Math.max(0, newest)).some((record) => {
    if (isStoredAs(record, document, read)) return true;
    if (record.scenario.kind !== 'tombstone' || deletes === 'tombstone') return false;
    // Without its evidence a deleted document may come back: hard deletes do not promise more.
    const isBack = (older: ProducedRecord) => isStoredAs(older, document, read) || isBegunBy(older, document);
    return textOf(document) === 'absent' || history.some(isBack);
  });
}

/** Of a record with two writes the first alone: one that was given up can come after a hard delete, and makes a document. */
function isBegunBy(record: ProducedRecord, document: Stored | undefined): boolean {
  if (document === undefined || document.has('id') || opOf(record.scenario) !== 'steps') return false;
  const { topicPartition, offset } = versionOfRecord(record);
  return markOf(document.get('_k'), topicPartition) === offset;
}

/**
 * A document with writers in several partitions: where one replaced it, the marks of the others are gone, and a late write
 * of theirs is the last writer whatever it is (docs/guarantees.md). What they hold of each other is watched as it happens.
 */
const isLastWriters = (
  histories: readonly (readonly ProducedRecord[])[],
  document: Stored | undefined,
  read: DocumentsRead,
): boolean => histories.length > 1 && histories.flat().some((record) => isStoredAs(record, document, read));

/** A late delete of another partition is the last writer as well, and leaves no mark where deletes are hard. */
const isDeletedLate = (
  histories: readonly (readonly ProducedRecord[])[],
  document: Stored | undefined,
  { scenario: { documentdb } }: DocumentsRead,
): boolean =>
  histories.length > 1 &&
  documentdb.deletes === 'hard' &&
  textOf(document) === 'absent' &&
  histories.flat().some(({ scenario: { kind } }) => kind === 'tombstone');

/** With its mark, and nothing else of a deleted one. */
function isStoredAs(record: ProducedRecord, document: Stored | undefined, read: DocumentsRead): boolean {
  if (document === undefined) return false;
  const { scenario } = record;
  const { topicPartition, offset } = versionOfRecord(record);
  const mark = markOf(document.get('_k'), topicPartition);
  if (read.keyOf(document) !== scenario.key) return false;
  if (scenario.kind === 'tombstone') return mark === offset && isBareTombstone(document);
  const hasOwnVersion = ((mark as bigint | undefined) ?? -1n) >= offset;
  return (
    hasOwnVersion &&
    Number(document.get('id')) === scenario.id &&
    document.get('secret') === `${SECRET}-${scenario.id}` &&
    !document.has('_deletedAt')
  );
}

const OF_A_TOMBSTONE = ['_id', '_k', '_deletedAt', 'key', 'sort', 'k'];

const isBareTombstone = (document: Stored): boolean =>
  document.has('_deletedAt') && [...document.keys()].every((name) => OF_A_TOMBSTONE.includes(name));
