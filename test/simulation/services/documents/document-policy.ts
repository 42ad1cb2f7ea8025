import { createNativeMapper } from '../../../../functions/documentdb-sink/plan/native-mapper.ts';
import type { RecordMapper } from '../../../../functions/documentdb-sink/plan/record-mapper.ts';
import type { WriteModel } from '../../../../functions/documentdb-sink/plan/write-model.ts';
import { doc } from '../../../support/document-server/bson-values.ts';
import { opOf, type ScenarioDocumentdb, type WriteOp } from '../../scenario/generate/document-ops.ts';
import type { ScenarioRecord } from '../../scenario/scenario.ts';
import { wideIdOf } from '../../scenario/wide-ids.ts';
import { wideValueFrom } from '../../scenario/wide-values.ts';
import { type ProducedRecord, SECRET } from '../kafka-log.ts';

export const DATABASE = 'simulated';

/** What stands in a record's value, but for values of other types (wide-values.ts). */
export interface StoryValue {
  readonly id: number;
  readonly secret: string;
  readonly op: WriteOp;
  readonly unique?: number | undefined;
  readonly refused?: true | ScenarioRecord['refusal'];
}

export function valueText({ kind, ...record }: ScenarioRecord): string {
  const { id, unique, wide } = record;
  const value: StoryValue = {
    id,
    secret: `${SECRET}-${id}`,
    op: opOf(record),
    unique,
    refused: kind === 'refused' ? (record.refusal ?? true) : undefined,
  };
  const text = JSON.stringify(value);
  return wide === undefined ? text : `${text.slice(0, -1)},"wide":${wideValueFrom(wide).text}}`;
}

type Fields = Readonly<Record<string, unknown>>;

/** Which document a record is of. */
interface Subject {
  readonly key: string;
  readonly recordId: number;
  readonly identity: ScenarioDocumentdb['identity'];
}

const idOf = ({ key, recordId, identity }: Subject): unknown => (identity === 'wideId' ? wideIdOf(key, recordId) : key);

/** By what a document is found, and what of it stands in the document. */
const filterOf = (subject: Subject): Fields =>
  subject.identity === 'business' ? { 'key.name': subject.key, sort: 'order' } : { _id: idOf(subject) };

const keyFieldsOf = (subject: Subject): Fields =>
  subject.identity === 'business' ? { key: { name: subject.key }, sort: 'order' } : { _id: idOf(subject) };

export const BUSINESS_INDEX = { name: 'key.name_1_sort_1', fields: ['key.name', 'sort'], isSparse: false };

/**
 * What a produced record asks for, told without the sink: by the story's own mapper, or as the docs of the mapper that
 * needs no file promise. What connector files ask for is not told here: test/parity/ compares it with the real connector.
 */
export function modelsOfRecord(
  { scenario: { id, key, wide }, value }: ProducedRecord,
  { identity, isNative }: ScenarioDocumentdb,
): readonly WriteModel[] {
  const subject = { key: key ?? '', recordId: id, identity };
  const parsed: StoryValue | undefined = value === null ? undefined : JSON.parse(value.toString());
  if (parsed === undefined || !isNative) return modelsOf(subject, parsed, 0);
  const wideField = wide === undefined ? {} : { wide: wideValueFrom(wide).value };
  const replacement = doc({ ...parsed, ...wideField, _id: subject.key });
  return [{ kind: 'replaceOne', filter: doc(filterOf(subject)), replacement, upsert: true }];
}

/** Undefined value: the document's deletion. */
function modelsOf(
  subject: Subject,
  value: StoryValue | undefined,
  wallTimeMs: number,
): readonly [WriteModel, ...WriteModel[]] {
  const filter = doc(filterOf(subject));
  if (value === undefined) return [{ kind: 'deleteOne', filter }];
  const { id, op, ...content } = value;
  const own = defined({ ...content, id });
  const whole = doc({ ...keyFieldsOf(subject), ...own });
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

/** The story's own mapper: raw keys and JSON, as without a file, and the write that the value names; or the sink's own. */
export function createStoryPolicy(settings: ScenarioDocumentdb): RecordMapper {
  const { identity } = settings;
  const native = createNativeMapper({ database: DATABASE });
  if (settings.isNative) return native;
  return (record, wallTimeMs) => {
    const plan = native(record, wallTimeMs);
    if (plan.kind === 'none' || record.key === null) return plan;
    const key = Buffer.from(record.key.bytes()).toString();
    const id = Number(idHeaderOf(record.headers));
    const subject = { key, recordId: id, identity };
    if (plan.kind === 'poison') return { ...plan, filter: doc(filterOf(subject)) };
    const value = record.value === null ? undefined : valueIn(record.value);
    const { timestampMs } = record;
    const version = versionOf(settings, { id, timestampMs, isDeletion: value === undefined });
    return { ...plan, models: modelsOf(subject, value, wallTimeMs), version };
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
