import type { Statement } from '../../../../functions/documentdb-sink/target/document-store.ts';
import { entriesOf, valueAt } from '../../../support/document-server/bson-values.ts';
import { type ProducedRecord, TOPIC } from '../kafka-log.ts';
import type { Stored } from './replica-set.ts';

/** Which record a version of a document, or its deletion, is of. */
export interface Version {
  readonly topicPartition: string;
  /** In the epoch of its topic: `epoch * 2^48 + offset`. */
  readonly offset: bigint;
}

const EPOCH = 2n ** 48n;

export const versionOfRecord = ({ topicPartition, offset, incarnation }: ProducedRecord): Version => ({
  topicPartition,
  offset: BigInt(incarnation) * EPOCH + BigInt(offset),
});

/** docs/guarantees.md: in the field of a version `.` is `~`, which is in no topic's name. */
const topicPartitionOf = (field: string): string => field.replaceAll('~', '.');

/** The offset that a stored `_k` has of a partition. */
export const markOf = (versions: unknown, topicPartition: string): unknown =>
  (versions as Readonly<Record<string, unknown>> | undefined)?.[topicPartition.replaceAll('.', '~')];

/** Of a stored `_k` with one mark. */
export function sourceVersionOf(versions: unknown): Version | undefined {
  const [first] = Object.entries(versions ?? {}).filter(([name]) => name.startsWith(TOPIC));
  return first && { topicPartition: topicPartitionOf(first[0]), offset: BigInt(first[1] as number | bigint) };
}

/** Of a guard: `"_k.orders-0": {$not: {$gt: 7n}}`. */
export function limitOf(statement: Statement | undefined): Version | undefined {
  const guards = entriesOf(statement?.['q'] ?? {}).filter(([path]) => path.startsWith(`_k.${TOPIC}`));
  const [path, condition] = guards[0] ?? [];
  const limit = (condition as { readonly $not?: Readonly<Record<string, bigint>> } | undefined)?.$not;
  const offset = Object.values(limit ?? {})[0];
  return path === undefined || offset === undefined
    ? undefined
    : { topicPartition: topicPartitionOf(path.slice('_k.'.length)), offset };
}

/** What a statement writes: a document, or operators. */
export const bodyOf = (statement: Statement): Stored | undefined =>
  (statement['u'] ?? statement['document']) as Stored | undefined;

/** A field of what is stored, or of what a statement writes. */
export const fieldIn = (body: Stored | undefined, name: string): unknown =>
  body?.get(name) ?? valueAt(body?.get('$set'), name);

/** `orders-0@7` */
export const textOf = (version: Version | undefined): string =>
  version === undefined ? 'a document' : `${version.topicPartition}@${version.offset % EPOCH}`;

/** Of which partitions the records are that these statements write. */
export const partitionsOf = (statements: readonly Statement[]): readonly string[] => [
  ...new Set(
    statements.flatMap((statement) => {
      const version = limitOf(statement) ?? sourceVersionOf(bodyOf(statement)?.get('_k'));
      return version === undefined ? [] : [version.topicPartition];
    }),
  ),
];
