import { namespaceText } from '../../../functions/documentdb-sink/plan/namespace.ts';
import { CaseError, expectSame } from '../case-error.ts';
import { type Component, NOW_MS } from './components.ts';
import { listIn, stringMapperOf, textRecord } from './pipeline.ts';
import { refused } from './properties.ts';

/**
 * Which records share a bulk. Ours are those of one collection, all of a batch: where the connector's bulks are the same,
 * the case passes; where they only cut the same writes otherwise, it is refused; where the writes differ, it fails.
 */
export const batching: Component = (vector) => {
  const mapper = stringMapperOf(vector);
  const ours = new Map<string, number>();
  for (const [topic, count] of runsIn(vector.value)) {
    for (let offset = 1; offset <= count; offset += 1) {
      const plan = mapper(textRecord(topic, offset, `{"_id": ${offset}, "a": ${offset}}`), NOW_MS);
      if (plan.kind !== 'write') throw new CaseError('failed', `a record is ${plan.kind}, expected a write`);
      const namespace = namespaceText(plan.namespace);
      ours.set(namespace, (ours.get(namespace) ?? 0) + 1);
    }
  }
  const theirs = batchesIn(vector.expectedDocument);
  const totals = new Map<string, number>();
  for (const { namespace, count } of theirs) totals.set(namespace, (totals.get(namespace) ?? 0) + count);
  expectSame('the writes of each collection', [...ours].toSorted(byName), [...totals].toSorted(byName));
  if (vector.expect === 'batches' && theirs.length !== ours.size) throw refused('batch-grouping');
  return { kind: 'checked' };
};

const byName = ([a]: readonly [string, number], [b]: readonly [string, number]): number => (a < b ? -1 : 1);

/** `{"$$records": [["topic", 50], ..]}`: runs of records of a topic, with offsets from 1 each. */
const runsIn = (value: unknown): readonly (readonly [string, number])[] =>
  listIn(value, '$$records').map((run) => {
    const [topic, count] = Array.isArray(run) ? run : [];
    return [String(topic), Number(count)];
  });

/** `{"$$batches": [["db.collection", 50] or ["topic", "db.collection", 50], ..]}` */
const batchesIn = (expected: unknown): readonly { readonly namespace: string; readonly count: number }[] =>
  listIn(expected, '$$batches').map((batch) => {
    const parts = Array.isArray(batch) ? batch : [];
    return { namespace: String(parts.at(-2)), count: Number(parts.at(-1)) };
  });
