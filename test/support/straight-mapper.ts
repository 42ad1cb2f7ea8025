import { EncodedDocument } from '../../functions/documentdb-sink/bson/encoded-document.ts';
import type { RecordMapper } from '../../functions/documentdb-sink/plan/record-mapper.ts';
import type { WriteModel } from '../../functions/documentdb-sink/plan/write-model.ts';
import { EXTENDED_JSON } from '../../functions/documentdb-sink/transcode/dialect.ts';
import { Transcoder } from '../../functions/documentdb-sink/transcode/transcoder.ts';
import { payloadOf } from '../../shared/record.ts';

type Fields = ReadonlyMap<string, unknown>;

/** The same plans, but every other record's replacement is BSON already if the straight path would write it. */
export function straightMapper(mapper: RecordMapper): RecordMapper {
  const transcoder = new Transcoder(EXTENDED_JSON);
  return (record, wallTimeMs) => {
    const plan = mapper(record, wallTimeMs);
    if (plan.kind !== 'write' || record.position.offset % 2 === 0) return plan;
    const [first, ...others] = plan.models;
    return { ...plan, models: [straightened(first, transcoder), ...others] };
  };
}

function straightened(model: WriteModel, transcoder: Transcoder): WriteModel {
  if (model.kind !== 'replaceOne' || !model.filter.has('_id') || !isPlain(model.replacement)) return model;
  const { replacement } = model;
  const value = payloadOf(Buffer.from(JSON.stringify(plain(replacement))).toString('base64'));
  const fields = transcoder.transcode(value);
  if (fields === undefined) return model;
  const id = replacement.get('_id');
  return { ...model, replacement: new EncodedDocument({ id, fields, value, decode: () => replacement }) };
}

/** Whether JSON has every value with the same type; of other types of `_id` the server's bytes give other objects. */
const isPlain = (document: Fields): boolean =>
  typeof document.get('_id') === 'string' && [...document.values()].every(isPlainValue);

function isPlainValue(value: unknown): boolean {
  if (value instanceof Map) return [...value.values()].every(isPlainValue);
  if (Array.isArray(value)) return value.every(isPlainValue);
  if (typeof value === 'number') return (value | 0) === value ? !Object.is(value, -0) : !Number.isInteger(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

const plain = (document: Fields): object =>
  Object.fromEntries(
    [...document].filter(([name]) => name !== '_id').map(([name, value]) => [name, plainValue(value)]),
  );

function plainValue(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, each]) => [name, plainValue(each)]));
  return Array.isArray(value) ? value.map(plainValue) : value;
}
