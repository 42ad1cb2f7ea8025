import { createNativeMapper } from '../../../../functions/documentdb-sink/plan/native-mapper.ts';
import type { RecordMapper } from '../../../../functions/documentdb-sink/plan/record-mapper.ts';
import type { WriteModel } from '../../../../functions/documentdb-sink/plan/write-model.ts';
import { doc } from '../../../support/document-server/bson-values.ts';
import { opOf, type ScenarioDocumentdb, type WriteOp } from '../../scenario/generate/document-ops.ts';
import type { ScenarioRecord } from '../../scenario/scenario.ts';
import { SECRET } from '../kafka-log.ts';

export const DATABASE = 'simulated';

/** What stands in a record's value. */
export interface StoryValue {
  readonly id: number;
  readonly secret: string;
  readonly op: WriteOp;
  readonly unique?: number | undefined;
  readonly refused?: true | ScenarioRecord['refusal'];
}

export function valueText({ kind, ...record }: ScenarioRecord): string {
  const { id, unique } = record;
  const value: StoryValue = {
    id,
    secret: `${SECRET}-${id}`,
    op: opOf(record),
    unique,
    refused: kind === 'refused' ? (record.refusal ?? true) : undefined,
  };
  return JSON.stringify(value);
}

type Fields = Readonly<Record<string, unknown>>;

/** By what a document is found, and what of it stands in the document. */
export const filterOf = (key: string, identity: ScenarioDocumentdb['identity']): Fields =>
  identity === 'id' ? { _id: key } : { 'key.name': key, sort: 'order' };

const keyFieldsOf = (key: string, identity: ScenarioDocumentdb['identity']): Fields =>
  identity === 'id' ? { _id: key } : { key: { name: key }, sort: 'order' };

export const BUSINESS_INDEX = { name: 'key.name_1_sort_1', fields: ['key.name', 'sort'], isSparse: false };

/** What a record asks for. Undefined value: its deletion. */
export function modelsOf(
  key: string,
  value: StoryValue | undefined,
  identity: ScenarioDocumentdb['identity'],
  wallTimeMs: number,
): readonly [WriteModel, ...WriteModel[]] {
  const filter = doc(filterOf(key, identity));
  if (value === undefined) return [{ kind: 'deleteOne', filter }];
  const { id, op, ...content } = value;
  const own = defined({ ...content, id });
  const whole = doc({ ...keyFieldsOf(key, identity), ...own });
  const changes = { ...own, [`f${id % 3}`]: id, ...(id % 4 === 0 && { 'inner.a': id }) };
  const removal = {
    ...(id % 2 === 0 && { [`f${(id + 1) % 3}`]: '' }),
    ...(value.unique === undefined && { unique: '' }),
  };
  const update = { $set: changes, $unset: removal };
  const updateOne = (operators: Fields, upsert = true): WriteModel => ({
    kind: 'updateOne',
    filter,
    update: doc(operators),
    upsert,
  });
  switch (op) {
    case 'replace':
      return [{ kind: 'replaceOne', filter, replacement: whole, upsert: true }];
    case 'put':
      return [{ kind: 'replaceOne', filter, replacement: whole, upsert: false }];
    case 'insert':
      return [{ kind: 'insertOne', document: whole }];
    case 'set':
      return [updateOne(update)];
    case 'patch':
      return [updateOne(update, false)];
    case 'stamp':
      return [
        updateOne({
          ...update,
          $set: { ...changes, _modifiedTS: new Date(wallTimeMs) },
          $setOnInsert: { _insertedTS: new Date(wallTimeMs), first: true },
        }),
      ];
    case 'increment':
      return [updateOne({ ...update, $inc: { count: 1 } })];
    case 'steps':
      // Both are refused, or none: two writes of one record are not one.
      return [updateOne({ $inc: { count: 1 }, $set: defined({ refused: value.refused }) }), updateOne(update)];
  }
}

const defined = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** How new a record is by the guard of its story. @param isDeletion without a value, of which a field could tell */
export function versionOf(
  { guard, isDeletionVersioned }: Pick<ScenarioDocumentdb, 'guard' | 'isDeletionVersioned'>,
  { id, timestampMs, isDeletion }: { readonly id: number; readonly timestampMs: number; readonly isDeletion: boolean },
): number | undefined {
  if (guard === 'offset' || (isDeletion && !isDeletionVersioned)) return undefined;
  return guard === 'field' ? id : timestampMs;
}

/** The story's own configuration: raw keys and JSON, as without a file, and the write that the value names. */
export function createStoryPolicy(settings: ScenarioDocumentdb): RecordMapper {
  const { identity } = settings;
  const native = createNativeMapper({ database: DATABASE });
  return (record, wallTimeMs) => {
    const plan = native(record, wallTimeMs);
    if (plan.kind === 'none' || record.key === null) return plan;
    const key = Buffer.from(record.key.bytes()).toString();
    if (plan.kind === 'poison') return { ...plan, filter: doc(filterOf(key, identity)) };
    const value = record.value === null ? undefined : valueIn(record.value);
    const id = value?.id ?? Number(idHeaderOf(record.headers));
    const { timestampMs } = record;
    const version = versionOf(settings, { id, timestampMs, isDeletion: value === undefined });
    return { ...plan, models: modelsOf(key, value, identity, wallTimeMs), version };
  };
}

const valueIn = (payload: { bytes(): Uint8Array }): StoryValue => JSON.parse(Buffer.from(payload.bytes()).toString());

/** `hunter2-<id>`, which every record has. */
function idHeaderOf(headers: readonly { readonly name: string; readonly value: Uint8Array }[]): string {
  const [first] = headers;
  return first === undefined
    ? ''
    : Buffer.from(first.value)
        .toString()
        .slice(SECRET.length + 1);
}
