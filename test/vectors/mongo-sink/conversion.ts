import { BSON } from 'mongodb';
import { createConverter } from '../../../functions/documentdb-sink/connector/converters/create-converter.ts';
import { payloadOf } from '../../../shared/record.ts';
import { Comparison } from './compare.ts';
import type { Component } from './components.ts';
import type { MongoCase } from './mongo-case.ts';
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
  const isStruct = content instanceof Map && content.has('$$struct');
  if (isStruct || /schema-?ful/.test(words)) return new Map([[`${side}.converter`, JSON_CONVERTER]]);
  if (!/schema-?less/.test(words)) return new Map();
  return new Map([
    [`${side}.converter`, JSON_CONVERTER],
    [`${side}.converter.schemas.enable`, 'false'],
  ]);
}

function bytesOf(content: unknown, converter: string): Buffer {
  if (typeof content === 'string') return Buffer.from(content);
  const struct = content instanceof Map ? content.get('$$struct') : undefined;
  if (struct instanceof Map) return Buffer.from(envelopeOf(struct));
  const document = content instanceof Map ? (content.get('$$bson') ?? content) : new Map([['v', content]]);
  if (converter.endsWith('ByteArrayConverter')) return Buffer.from(BSON.serialize(document as BSON.Document));
  return Buffer.from(
    JSON.stringify(document, (_name, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value)),
  );
}
