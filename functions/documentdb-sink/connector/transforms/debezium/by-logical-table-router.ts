import { anyText, choice, flag, wholeNumber } from '../../file/forms.ts';
import { PropertyError } from '../../property-error.ts';
import type { ConnectRecord, Transform } from '../connect-record.ts';
import type { ConnectValue } from '../data/connect-value.ts';
import { fieldOf, NO_BASICS, primitive, requireStructSchema, type StructSchema, structSchema } from '../data/schema.ts';
import { Struct } from '../data/struct.ts';
import type { SchemaAndValue } from '../data/to-document.ts';
import { TransformError } from '../data/transform-error.ts';
import { requireStruct } from '../fields.ts';
import { topicRouter } from '../topic-pattern.ts';
import { type Classes, someText } from '../transform-class.ts';
import { optional, required, type TransformSettings } from '../transform-settings.ts';
import { isEnvelope } from './envelope.ts';

const PURPOSE = 'routing by logical table';

/**
 * Routes the events of several tables to one topic, and adds the table to the key.
 * https://debezium.io/documentation/reference/3.4/transformations/topic-routing.html
 */
function byLogicalTableRouter(settings: TransformSettings): Transform {
  const route = topicRouter(settings, 'topic.regex', 'topic.replacement');
  const tableOf = tableNamer(settings);
  const fieldName = settings.flag('key.enforce.uniqueness') ? settings.text('key.field.name') : undefined;
  return (record) => {
    const topic = route(record.topic);
    if (topic === undefined || topic === '') return record;
    const key = keyOf(record, fieldName, tableOf);
    const data = record.value();
    const value = data.value !== null && isEnvelope(data) ? envelopeOf(data.value, topic) : data;
    return { ...record, topic, key: () => key, value: () => value };
  };
}

/** The name of the table in the key: the topic, or a part of the topic's name. */
function tableNamer(settings: TransformSettings): (topic: string) => string {
  if ((settings.optional('key.field.regex') ?? '') === '') return (topic) => topic;
  if ((settings.optional('key.field.replacement') ?? '') === '') {
    throw new PropertyError(`${settings.prefix}key.field.replacement`, '', 'must be set where key.field.regex is');
  }
  const name = topicRouter(settings, 'key.field.regex', 'key.field.replacement');
  return (topic) => name(topic) ?? topic;
}

function keyOf(
  record: ConnectRecord,
  fieldName: string | undefined,
  tableOf: (topic: string) => string,
): SchemaAndValue {
  const { value } = record.key();
  if (value === null) return { schema: undefined, value };
  const key = requireStruct(value, PURPOSE);
  const added = fieldName === undefined ? [] : [{ name: fieldName, schema: primitive('string') }];
  const schema = { ...structSchema([...key.schema.fields, ...added]), isOptional: key.schema.isOptional };
  const isAdded = (name: string) => fieldOf(key.schema, name) === undefined;
  return { schema, value: Struct.of(schema, (name) => (isAdded(name) ? tableOf(record.topic) : key.get(name))) };
}

/** The event under the new topic's name. Its rows have the schema of `before`. */
function envelopeOf(value: ConnectValue, topic: string): SchemaAndValue {
  const event = requireStruct(value, PURPOSE);
  const rows = fieldOf(event.schema, 'before')?.schema;
  if (rows === undefined) throw new TransformError('the event has no field before');
  const rowSchema = { ...requireStructSchema(rows), ...NO_BASICS, name: `${topic}.Value`, default: null };
  const isRow = (name: string) => name === 'before' || name === 'after';
  const fields = event.schema.fields.map((field) => (isRow(field.name) ? { ...field, schema: rowSchema } : field));
  const envelope = structSchema(fields, { ...NO_BASICS, name: `${topic}.Envelope` });
  const schema = { ...envelope, isOptional: event.schema.isOptional };
  const valueIn = (name: string) => {
    const each = event.get(name);
    return isRow(name) && each !== null ? rowOf(requireStruct(each, PURPOSE), rowSchema) : each;
  };
  return { schema, value: Struct.of(schema, valueIn) };
}

function rowOf(row: Struct, schema: StructSchema): Struct {
  const isUnknown = row.schema.fields.some(({ name }) => fieldOf(schema, name) === undefined);
  if (isUnknown) throw new TransformError('a row has a field that `before` has not');
  return Struct.of(schema, (name) => (fieldOf(row.schema, name) === undefined ? undefined : row.get(name)));
}

export const BY_LOGICAL_TABLE_ROUTER: Classes = [
  [
    'io.debezium.transforms.ByLogicalTableRouter',
    {
      properties: [
        required('topic.regex', someText),
        required('topic.replacement', someText),
        optional('key.enforce.uniqueness', flag, 'true'),
        optional('key.field.name', anyText, '__dbz__physicalTableIdentifier'),
        optional('key.field.regex', anyText),
        optional('key.field.replacement', anyText),
        optional('schema.name.adjustment.mode', choice('none', 'avro', 'avro_unicode'), 'none'),
        optional('logical.table.cache.size', wholeNumber('tables'), '16'),
      ],
      create: byLogicalTableRouter,
    },
  ],
];
