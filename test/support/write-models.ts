import { identityOf, identityOfFilter } from '../../functions/documentdb-sink/bson/identity.ts';
import { guardedWrite } from '../../functions/documentdb-sink/guard/guarded-write.ts';
import { type Epochs, sourceVersionOf } from '../../functions/documentdb-sink/guard/source-version.ts';
import type { Write } from '../../functions/documentdb-sink/guard/write.ts';
import type { RecordMapper, WritePlan } from '../../functions/documentdb-sink/plan/record-mapper.ts';
import type { WriteModel } from '../../functions/documentdb-sink/plan/write-model.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { aRecord, type RecordParts } from './builders.ts';
import { doc } from './document-server/bson-values.ts';

export { doc } from './document-server/bson-values.ts';

type Fields = Readonly<Record<string, unknown>>;

export const insertOf = (document: Fields): WriteModel => ({ kind: 'insertOne', document: doc(document) });
export const deleteOf = (filter: Fields): WriteModel => ({ kind: 'deleteOne', filter: doc(filter) });
export const replaceOf = (filter: Fields, replacement: Fields, upsert = true): WriteModel => ({
  kind: 'replaceOne',
  filter: doc(filter),
  replacement: doc(replacement),
  upsert,
});
export const updateOf = (filter: Fields, update: Fields, upsert = true): WriteModel => ({
  kind: 'updateOne',
  filter: doc(filter),
  update: doc(update),
  upsert,
});

/** A policy that gives each record what was planned for it, and the records: `policy` knows them by their place. */
export function planned(namespace = { database: 'shop', collection: 'orders' }) {
  const plans = new Map<SourceRecord, WritePlan>();
  const mapper: RecordMapper = (record) => {
    const plan = plans.get(record);
    if (plan === undefined) throw new Error('this record was not planned');
    return plan;
  };
  return {
    mapper,
    /** A record that compiles to these models. */
    record(parts: RecordParts, models: readonly WriteModel[], version?: bigint | number): SourceRecord {
      const record = aRecord(parts);
      const [first, ...rest] = models;
      if (first === undefined) throw new Error('a record has a model');
      plans.set(record, { kind: 'write', namespace, models: [first, ...rest], version });
      return record;
    },
    /** A record of which the policy says something else. */
    other(parts: RecordParts, plan: WritePlan): SourceRecord {
      const record = aRecord(parts);
      plans.set(record, plan);
      return record;
    },
  };
}

export interface WriteParts extends RecordParts {
  readonly deletes?: 'tombstone' | 'hard';
  readonly step?: number;
  readonly version?: bigint | number;
  readonly epochs?: Epochs;
  readonly wallTimeMs?: number;
}

/** A guarded write, as a record of these parts compiles to it. */
export function writeOf(
  model: WriteModel,
  { deletes = 'hard', step = 0, wallTimeMs = 0, ...parts }: WriteParts = {},
): Write {
  const identity = model.kind === 'insertOne' ? identityOf(model.document.get('_id')) : identityOfFilter(model.filter);
  const sourceVersion = sourceVersionOf(aRecord(parts), parts.epochs, parts.version);
  return guardedWrite(model, { identity, sourceVersion, step, deletes, wallTimeMs });
}
