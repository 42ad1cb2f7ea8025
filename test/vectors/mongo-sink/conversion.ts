import { BSON, Double } from 'mongodb';
import { createConverter } from '../../../functions/documentdb-sink/connector/converters/create-converter.ts';
import { payloadOf } from '../../../shared/record.ts';
import { Comparison } from './compare.ts';
import type { Component } from './components.ts';
import type { Fields, MongoCase } from './mongo-case.ts';
import { partProperties, refused } from './properties.ts';
import { envelopeOf } from './struct.ts';

const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter';

/** A converter by itself, on the value or (where that is null) on the key. */
export const conversion: Component = (vector) => {
  const side = vector.value === null && vector.key !== null ? 'key' : 'value';
  const content = vector[side];
  if (content === null) throw refused('null-to-converter');
  const properties = partProperties(vector, converterNamed(vector, side));
  const document = createConverter(
    properties,
    side,
  )(payloadOf(bytesOf(content, properties.text(`${side}.converter`)).toString('base64'))).document();
  new Comparison().expect(`the ${side}`, document ?? null, vector.expectedDocument);
  return { kind: 'checked' };
};

/** Cases may say in words which converter they mean. */
function converterNamed({ config, ...vector }: MongoCase, side: 'key' | 'value'): ReadonlyMap<string, string> {
  const words = String(config.get(`${side}.converter`) ?? '');
  const content = vector[side];
  if (structIn(content) !== undefined || /schema-?ful/.test(words))
    return new Map([[`${side}.converter`, JSON_CONVERTER]]);
  if (!/schema-?less/.test(words)) return new Map();
  return new Map([
    [`${side}.converter`, JSON_CONVERTER],
    [`${side}.converter.schemas.enable`, 'false'],
  ]);
}

/** A struct or a map whose values are described in words; both become the same document. */
function structIn(content: unknown): Fields | undefined {
  const struct = content instanceof Map ? (content.get('$$struct') ?? content.get('$$map')) : undefined;
  return struct instanceof Map ? struct : undefined;
}

function bytesOf(content: unknown, converter: string): Buffer {
  if (typeof content === 'string') return Buffer.from(content);
  const struct = structIn(content);
  if (struct !== undefined) return Buffer.from(envelopeOf(struct));
  const document = content instanceof Map ? (content.get('$$bson') ?? content) : new Map([['v', content]]);
  if (converter.endsWith('ByteArrayConverter')) return Buffer.from(BSON.serialize(document as BSON.Document));
  return Buffer.from(jsonOf(document));
}

/** Numbers keep their type: 2147483648 is no double, and 1.0 no whole number. */
function jsonOf(value: unknown): string {
  if (value instanceof Map) return `{${[...value].map(([name, each]) => `${JSON.stringify(name)}:${jsonOf(each)}`)}}`;
  if (Array.isArray(value)) return `[${value.map(jsonOf)}]`;
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Double)) return JSON.stringify(value);
  const text = String(value.value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
