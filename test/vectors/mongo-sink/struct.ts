import { CaseError } from '../case-error.ts';
import type { Fields } from './mongo-case.ts';

/** A schema and a payload of Connect's JsonConverter, as JSON text. */
interface Enveloped {
  readonly schema: string;
  readonly payload: string;
}

/** `{"$$struct": {"myInt": "INT32 42", "myDate": "connect Date 2017-03-17"}}` as a JsonConverter has it with schemas. */
export function envelopeOf(struct: Fields): string {
  const { schema, payload } = structOf(struct);
  return `{"schema": ${schema}, "payload": ${payload}}`;
}

function structOf(struct: Fields): Enveloped {
  const fields = [...struct].map(([name, value]) => ({ name, ...valueOfField(value) }));
  const schemas = fields.map(({ name, schema }) => `{"field": ${JSON.stringify(name)}, ${schema.slice(1)}`);
  const payloads = fields.map(({ name, payload }) => `${JSON.stringify(name)}: ${payload}`);
  return { schema: `{"type": "struct", "fields": [${schemas.join()}]}`, payload: `{${payloads.join()}}` };
}

function valueOfField(value: unknown): Enveloped {
  if (value instanceof Map) return value.has('$$map') ? mapOf(value.get('$$map')) : structOf(value);
  if (Array.isArray(value)) return arrayOf(value);
  if (value === null) return { schema: '{"type": "string", "optional": true}', payload: 'null' };
  if (typeof value === 'string') return described(value);
  throw unknown(String(value));
}

function arrayOf(values: readonly unknown[]): Enveloped {
  const elements = values.map(valueOfField);
  const items = elements.find(({ payload }) => payload !== 'null')?.schema ?? '{"type": "string"}';
  return {
    schema: `{"type": "array", "items": ${optional(items)}}`,
    payload: `[${elements.map(({ payload }) => payload).join()}]`,
  };
}

function mapOf(value: unknown): Enveloped {
  const entries = value instanceof Map ? [...value].map(([name, each]) => ({ name, ...valueOfField(each) })) : [];
  const values = entries.find(({ payload }) => payload !== 'null')?.schema ?? '{"type": "string"}';
  return {
    schema: `{"type": "map", "keys": {"type": "string"}, "values": ${optional(values)}}`,
    payload: `{${entries.map(({ name, payload }) => `${JSON.stringify(name)}: ${payload}`).join()}}`,
  };
}

const optional = (schema: string): string => `{"optional": true, ${schema.slice(1)}`;

const DAY_MS = 24 * 60 * 60 * 1_000;
const PRIMITIVE = /^(INT8|INT16|INT32|INT64|FLOAT32|FLOAT64|BOOLEAN|STRING|BYTES)(?: base64)? (.*)$/s;
const LOGICAL = /^connect (Date|Time|Timestamp|Decimal) (.*)$/;
const TYPES: Readonly<Record<string, string>> = { FLOAT32: 'float', FLOAT64: 'double' };

function described(words: string): Enveloped {
  const [, type = '', text = ''] = PRIMITIVE.exec(words) ?? [];
  if (type !== '') {
    const isText = type === 'STRING' || type === 'BYTES';
    return {
      schema: `{"type": "${TYPES[type] ?? type.toLowerCase()}"}`,
      payload: isText ? JSON.stringify(text) : text,
    };
  }
  const [, logical = '', value = ''] = LOGICAL.exec(words) ?? [];
  if (logical === '') throw unknown(words);
  return logical === 'Decimal' ? decimalOf(value) : dateOf(logical, value);
}

/** Any of Connect's three is a `java.util.Date` to the connector. Of a Time beyond a day, JsonConverter knows nothing. */
function dateOf(logical: string, text: string): Enveloped {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw unknown(text);
  if (logical === 'Date' && ms % DAY_MS === 0) return dated('int32', 'Date', ms / DAY_MS);
  if (logical === 'Time' && ms >= 0 && ms < DAY_MS) return dated('int32', 'Time', ms);
  return dated('int64', 'Timestamp', ms);
}

const dated = (type: string, name: string, value: number): Enveloped => ({
  schema: `{"type": "${type}", "name": "org.apache.kafka.connect.data.${name}"}`,
  payload: String(value),
});

function decimalOf(text: string): Enveloped {
  const scale = text.split('.')[1]?.length ?? 0;
  const unscaled = BigInt(text.replace('.', ''));
  const bits = unscaled.toString(2).length + 8;
  const length = Math.ceil(bits / 8);
  const hex = BigInt.asUintN(length * 8, unscaled)
    .toString(16)
    .padStart(length * 2, '0');
  return {
    schema: `{"type": "bytes", "name": "org.apache.kafka.connect.data.Decimal", "parameters": {"scale": "${scale}"}}`,
    payload: JSON.stringify(Buffer.from(hex, 'hex').toString('base64')),
  };
}

const unknown = (words: string) => new CaseError('failed', `the type of ${JSON.stringify(words)} is not known here`);
