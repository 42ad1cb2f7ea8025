import type { Statement } from '../../../functions/documentdb-sink/document-store.ts';
import { entriesOf } from '../../support/model-filter.ts';
import type { Stored } from './document-server.ts';
import { TOPIC } from './kafka-log.ts';

/** Which record a version of a document, or its deletion, is of. */
export interface Version {
  readonly topicPartition: string;
  readonly offset: bigint;
}

/** Of a stored `_k`. */
export function markOf(marks: unknown): Version | undefined {
  const [first] = Object.entries(marks ?? {}).filter(([name]) => name.startsWith(TOPIC));
  return first && { topicPartition: first[0], offset: BigInt(first[1] as number | bigint) };
}

/** Of a guard: `"_k.orders-0": {$not: {$gt: 7n}}`. */
export function limitOf(statement: Statement | undefined): Version | undefined {
  const guards = entriesOf(statement?.['q'] ?? {}).filter(([path]) => path.startsWith(`_k.${TOPIC}`));
  const [path, condition] = guards[0] ?? [];
  const limit = (condition as { readonly $not?: Readonly<Record<string, bigint>> } | undefined)?.$not;
  const offset = Object.values(limit ?? {})[0];
  return path === undefined || offset === undefined ? undefined : { topicPartition: path.slice('_k.'.length), offset };
}

/** `orders-0@7` */
export const textOf = (version: Version | undefined): string =>
  version === undefined ? 'a document' : `${version.topicPartition}@${version.offset}`;

/** Of which partitions the records are that these statements write. */
export const partitionsOf = (statements: readonly Statement[]): readonly string[] => [
  ...new Set(
    statements.flatMap((statement) => {
      const version = limitOf(statement) ?? markOf((statement['u'] as Stored | undefined)?.get('_k'));
      return version === undefined ? [] : [version.topicPartition];
    }),
  ),
];
