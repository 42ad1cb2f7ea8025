import type { Scenario } from './scenario.ts';

/** Ways a function can be set up, each of which has to be lived through: a mode without a story shows nothing. */
export const MODES = [
  'order key, aggregates off',
  'order key, aggregates key',
  'order key, aggregates bucket',
  'order partition, aggregates off',
  'order partition, aggregates key',
  'order partition, aggregates bucket',
  'order none, aggregates off',
  'order none, aggregates bucket',
  'access by role',
  'access by resource policy',
  'stream may be described',
  'stream may not be described',
  'keys of key',
  'keys of partition',
  'keys of random',
  'keys of constant',
  'envelope none',
  'envelope json',
  'tombstones empty',
  'tombstones skip',
  'tombstones envelope',
] as const;

export type Mode = (typeof MODES)[number];

export function modesOf({ sink, kinesis }: Scenario): readonly string[] {
  if (sink !== 'kinesisSink') return [];
  return [
    `order ${kinesis.ordering}, aggregates ${kinesis.aggregation}`,
    `access by ${kinesis.hasRole ? 'role' : 'resource policy'}`,
    `stream may ${kinesis.mayDescribe ? '' : 'not '}be described`,
    `keys of ${kinesis.partitionKey}`,
    `envelope ${kinesis.envelope}`,
    `tombstones ${kinesis.tombstone}`,
  ];
}
