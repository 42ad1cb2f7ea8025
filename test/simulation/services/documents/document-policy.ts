import { createNativeMapper } from '../../../../functions/documentdb-sink/plan/native-mapper.ts';
import type { RecordMapper } from '../../../../functions/documentdb-sink/plan/record-mapper.ts';
import type { WriteModel } from '../../../../functions/documentdb-sink/plan/write-model.ts';
import { doc } from '../../../support/document-server/bson-values.ts';
import type { ConnectorStory } from '../../scenario/connector/connector.ts';
import { opOf, type ScenarioDocumentdb, type WriteOp } from '../../scenario/generate/document-ops.ts';
import { hash } from '../../scenario/random.ts';
import type { ScenarioRecord } from '../../scenario/scenario.ts';
import { wideIdOf } from '../../scenario/wide-ids.ts';
import { wideValueFrom } from '../../scenario/wide-values.ts';
import { type ProducedRecord, SECRET, TOPIC } from '../kafka-log.ts';
import { modelsOfFile, valueFieldsOf } from './connector/connector-model.ts';

export const DATABASE = 'simulated';

type Namespace = Extract<ReturnType<RecordMapper>, { readonly kind: 'write' }>['namespace'];

/** What stands in a record's value, but for values of other types (wide-values.ts). */
export interface StoryValue {
  readonly id: number;
  readonly secret: string;
  readonly op: WriteOp;
  readonly unique?: number | undefined;
  readonly refused?: true | ScenarioRecord['refusal'];
  readonly poison?: ScenarioRecord['poison'];
  readonly leavesKey?: true | undefined;
}

export function valueText({ kind, ...record }: ScenarioRecord, connector?: ConnectorStory): string {
  const { id, unique, wide, poison, leavesKey, hasOwnId } = record;
  const value: StoryValue = {
    id,
    secret: `${SECRET}-${id}`,
    op: opOf(record),
    unique,
    refused: kind === 'refused' ? (record.refusal ?? true) : undefined,
    poison,
    leavesKey,
  };
  const more = connector && valueFieldsOf(record.key ?? '', id, connector);
  const text = JSON.stringify({ ...value, ...more });
  const rest = [
    ...(wide === undefined ? [] : [`"wide":${wideValueFrom(wide).text}`]),
    ...(poison === 'halfCharacter' ? [String.raw`"half":"\ud83d!"`] : []),
    ...(poison === 'dollarName' ? ['"$name":1'] : []),
    ...(hasOwnId ? ['"_id":"no key"'] : []),
  ];
  const whole = rest.length === 0 ? text : `${text.slice(0, -1)},${rest.join()}}`;
  return poison === 'mark' ? `${BYTE_ORDER_MARK}${whole}` : whole;
}

const BYTE_ORDER_MARK = '\ufeff';

/** What a producer wrote, read without the sink. */
export const readValue = (value: Buffer): StoryValue => JSON.parse(value.toString());

type Fields = Readonly<Record<string, unknown>>;

/** Which document a record is of. */
interface Subject extends Pick<ScenarioDocumentdb, 'identity' | 'businessIndex' | 'hasArraysInKeys'> {
  readonly key: string;
  readonly recordId: number;
}

/** The first field of a business key: with an index that leaves out what has no field, one of them is null. */
function nameOf({ key, businessIndex, hasArraysInKeys }: Subject): unknown {
  if (businessIndex === 'sparse' && isNullKey(key)) return null;
  return hasArraysInKeys && isArrayKey(key) ? [key, 'shared'] : key;
}

const sortOf = ({ key, businessIndex }: Subject): string | null =>
  businessIndex === 'sparse' && isNullKey(key) ? null : 'order';

const NULL_KEY = `${SECRET}-1`;
/** Of a row without a primary key that is made and never changed: its `_id` alone names it. */
export const MADE_ONCE = `${SECRET}-once`;
const isMadeOnce = (key: string): boolean => key.startsWith(MADE_ONCE);

/** Without a unique index on its key a write is none that a stored version could stop. */
export const isGuarded = ({ businessIndex, connector }: ScenarioDocumentdb, key: string): boolean =>
  connector?.rowKey === undefined
    ? businessIndex === undefined || (businessIndex === 'sparse' && !isNullKey(key))
    : isMadeOnce(key);

export const isNullKey = (key: string | null): boolean => key === NULL_KEY;
export const isArrayKey = (key: string | null): boolean => key === `${SECRET}-2` || key === `${SECRET}-3`;

/** The key of a document with this first field of a business key. */
export const keyOfName = (name: unknown): unknown => (Array.isArray(name) ? name[0] : (name ?? NULL_KEY));

/** In which collection a key's document is. @param topic of the record */
export function collectionOf(key: string | null, topic: string, settings: ScenarioDocumentdb): string {
  const { collectionCount = 1, isCollectionOfRecord, isCollectionOfTopic } = settings;
  const name = isCollectionOfTopic ? topic : TOPIC;
  if (collectionCount === 1 && !isCollectionOfRecord) return name;
  return `${isCollectionOfRecord ? `${SECRET}-` : ''}${name}-${Math.abs(hash(key ?? '')) % collectionCount}`;
}

/** Two records with the same of these are of one document. */
export const documentNameOf = ({ scenario: { key }, topic }: ProducedRecord, settings: ScenarioDocumentdb): string =>
  `${collectionOf(key, topic, settings)} ${key}`;

const idOf = ({ key, recordId, identity }: Subject): unknown => (identity === 'wideId' ? wideIdOf(key, recordId) : key);

/** By what a document is found, and what of it stands in the document. */
const filterOf = (subject: Subject): Fields =>
  subject.identity === 'business' ? { 'key.name': nameOf(subject), sort: sortOf(subject) } : { _id: idOf(subject) };

const keyFieldsOf = (subject: Subject): Fields =>
  subject.identity === 'business' ? { key: { name: nameOf(subject) }, sort: sortOf(subject) } : { _id: idOf(subject) };

const BUSINESS_INDEX = { name: 'key.name_1_sort_1', fields: ['key.name', 'sort'], isSparse: false };

const FILE_INDEX = { name: 'k_1', fields: ['k'], isSparse: false };

/** The unique index of a story's business keys. */
export function businessIndexesOf({ connector, identity, businessIndex }: ScenarioDocumentdb) {
  if (identity !== 'business' || businessIndex === 'none') return [];
  return [connector === undefined ? { ...BUSINESS_INDEX, isSparse: businessIndex === 'sparse' } : FILE_INDEX];
}

/**
 * What a produced record asks for, told without the sink: by the story's own mapper, as the docs of the mapper that needs
 * no file promise, or as the connector's documentation promises.
 */
export function modelsOfRecord(record: ProducedRecord, settings: ScenarioDocumentdb): readonly WriteModel[] {
  if (settings.connector !== undefined) {
    return modelsOfFile(record, settings.connector, valueText(record.scenario, settings.connector));
  }
  const { scenario, value } = record;
  const { id, key, wide } = scenario;
  const subject = { ...settings, key: key ?? '', recordId: id };
  const parsed = value === null ? undefined : readValue(value);
  if (parsed === undefined || !settings.isNative) return modelsOf(subject, parsed, 0);
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
  const { id, op, poison, leavesKey, ...content } = value;
  const own = defined({ ...content, id });
  const whole = doc({
    ...keyFieldsOf(subject),
    ...own,
    ...(leavesKey && { key: { name: leftName(subject.key, id) } }),
  });
  const changes = { ...own, [`f${id % 3}`]: id, ...(id % 4 === 0 && { 'inner.a': id }) };
  const removal = {
    ...(id % 2 === 0 && { [`f${(id + 1) % 3}`]: '' }),
    ...(value.unique === undefined && { unique: '' }),
  };
  const update = { $set: changes, $unset: removal, ...(poison === 'badOperator' && { $max: id }) };
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

/** Nobody else's. */
export const leftName = (key: string, id: number): string => `${key} left by ${id}`;

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
  const native = createNativeMapper({
    database: DATABASE,
    ...(!settings.isCollectionOfTopic && { collection: TOPIC }),
  });
  const namespaces = new Map<string, Namespace>();
  const namespaceOf = (key: string, topic: string): Namespace => {
    const collection = collectionOf(key, topic, settings);
    const isOfRecord = settings.isCollectionOfRecord && { isOfRecord: true };
    const namespace = namespaces.get(collection) ?? { database: DATABASE, collection, ...isOfRecord };
    namespaces.set(collection, namespace);
    return namespace;
  };
  if (settings.isNative) return native;
  return (record, wallTimeMs) => {
    const plan = native(record, wallTimeMs);
    if (plan.kind === 'none' || record.key === null) return plan;
    const key = Buffer.from(record.key.bytes()).toString();
    const id = Number(idHeaderOf(record.headers));
    const subject = { ...settings, key, recordId: id };
    const namespace = namespaceOf(key, record.position.topic);
    if (plan.kind === 'poison') return { ...plan, namespace, filter: doc(filterOf(subject)) };
    const value = record.value === null ? undefined : readValue(Buffer.from(record.value.bytes()));
    if (value?.poison === 'throws') throw new TypeError(`${SECRET} is not a function`);
    const { timestampMs } = record;
    const version = versionOf(settings, { id, timestampMs, isDeletion: value === undefined });
    return { ...plan, namespace, models: modelsOf(subject, value, wallTimeMs), version };
  };
}

/** `hunter2-<id>`, which every record has. */
function idHeaderOf(headers: readonly { readonly name: string; readonly value: Uint8Array }[]): string {
  const [first] = headers;
  return first === undefined
    ? ''
    : Buffer.from(first.value)
        .toString()
        .slice(SECRET.length + 1);
}
