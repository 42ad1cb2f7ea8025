import { anyText, choice, flag } from '../../file/forms.ts';
import { PropertyError } from '../../property-error.ts';
import type { ConnectRecord, Header, Side, Transform } from '../connect-record.ts';
import type { ConnectValue } from '../data/connect-value.ts';
import type { SchemaAndValue } from '../data/to-document.ts';
import { TransformError } from '../data/transform-error.ts';
import { reader, requireMap, requireStruct } from '../fields.ts';
import { type FieldPath, valueInMap, valueInStruct } from '../kafka/fields/field-path.ts';
import type { Classes } from '../transform-class.ts';
import { optional, required, type TransformProperty, type TransformSettings } from '../transform-settings.ts';
import { parseJsonPath } from './json-path/parse-json-path.ts';

const PURPOSE = 'the name of a topic';
const NAME = 'io.confluent.connect.transforms.ExtractTopic';
const read = reader(true);

/**
 * Takes the topic from the key, the value, or a field of either.
 * https://docs.confluent.io/kafka-connectors/transforms/current/extracttopic.html
 */
function extractTopic(side: Side, settings: TransformSettings): Transform {
  const path = pathOf(settings);
  return routing(settings, (record) => (path === undefined ? record[side]().value : fieldIn(record[side](), path)));
}

function extractTopicOfHeader(settings: TransformSettings): Transform {
  const wanted = settings.text('field');
  return routing(settings, ({ headers }) => {
    const header = headers.findLast(({ name }) => name === wanted);
    return header === undefined ? null : textOf(header);
  });
}

const textOf = (header: Header): ConnectValue =>
  'schema' in header ? header.value : Buffer.from(header.value).toString();

function routing(settings: TransformSettings, nameIn: (record: ConnectRecord) => ConnectValue): Transform {
  const skips = settings.flag('skip.missing.or.null');
  return (record) => {
    const topic = nameIn(record);
    if (typeof topic === 'string' && topic !== '') return { ...record, topic };
    if (skips && (topic === null || topic === '')) return record;
    throw new TransformError('the field or header from which ExtractTopic takes the topic is missing or not a string');
  };
}

function fieldIn({ schema, value }: SchemaAndValue, path: FieldPath): ConnectValue {
  if (value === null) return null;
  return schema === undefined
    ? valueInMap(requireMap(value, PURPOSE), path)
    : valueInStruct(requireStruct(value, PURPOSE), path, read);
}

/** Undefined means the whole key or value. */
function pathOf(settings: TransformSettings): FieldPath | undefined {
  const field = settings.text('field');
  if (field === '') return undefined;
  if (settings.text('field.format').toUpperCase() === 'PLAIN') return { steps: [], last: field };
  const steps = parseJsonPath(field, `${settings.prefix}field`);
  const names = steps.filter((step) => typeof step === 'string');
  if (names.length === 0 || names.length < steps.length) {
    throw new PropertyError(`${settings.prefix}field`, field, 'must be a JSON path of names: $["a"]["b"]');
  }
  return { steps: names.slice(0, -1), last: names.at(-1) ?? '' };
}

const skip: TransformProperty = optional('skip.missing.or.null', flag, 'false');
const properties: readonly TransformProperty[] = [
  optional('field', anyText, ''),
  optional('field.format', choice('plain', 'json_path'), 'PLAIN'),
  skip,
];

export const EXTRACT_TOPIC: Classes = [
  [`${NAME}$Key`, { properties, create: (settings) => extractTopic('key', settings) }],
  [`${NAME}$Value`, { properties, create: (settings) => extractTopic('value', settings) }],
  [`${NAME}$Header`, { properties: [required('field', anyText), skip], create: extractTopicOfHeader }],
];
