import { describe, expect, it } from 'vitest';
import { readerOf } from '../../../../../support/registry-cases.ts';

const AVRO = 'io.confluent.connect.avro.AvroConverter';
const GLUE = 'com.amazonaws.services.schemaregistry.kafkaconnect.AWSKafkaAvroConverter';
const JSON_SCHEMA = 'io.confluent.connect.json.JsonSchemaConverter';
const PROTOBUF = 'io.confluent.connect.protobuf.ProtobufConverter';

const SCHEMAS: Readonly<Record<string, string>> = {
  AVRO: '{"type":"record","name":"R","fields":[]}',
  JSON: '{"type":"object"}',
  PROTOBUF: 'syntax = "proto3"; message R { }',
};
/** Reads a value, of text by default, with a schema. */
const read = (converter: string, type: string, schema: unknown, value: string | Buffer, options = {}) =>
  readerOf(
    converter,
    type,
  )({
    name: 'test',
    options,
    schema: typeof schema === 'string' ? schema : JSON.stringify(schema),
    valueBase64: Buffer.from(value).toString('base64'),
    bson: null,
  });

describe('a converter', () => {
  it.each([
    [AVRO, 'AVRO', 'an Avro'],
    [GLUE, 'AVRO', 'an Avro'],
    [JSON_SCHEMA, 'JSON', 'a JSON'],
    [PROTOBUF, 'PROTOBUF', 'a Protobuf'],
  ])('%s reads schemas of the type %s alone', (converter, type, name) => {
    const text = SCHEMAS[type] ?? '';
    const value = type === 'JSON' ? '{}' : Buffer.alloc(type === 'PROTOBUF' ? 1 : 0);
    expect(read(converter, type, text, value).value).toBeDefined();
    for (const other of ['AVRO', 'JSON', 'PROTOBUF', ''].filter((each) => each !== type))
      expect(() => read(converter, other, text, value)).toThrow(`its schema is not ${name} schema`);
  });

  it.each([
    [{}, false],
    [{ 'use.optional.for.nonrequired': 'true' }, true],
    [{ 'use.optional.for.nonrequired': ' TRUE ' }, true],
    [{ 'use.optional.for.nonrequired': 'no' }, false],
  ])('of JSON schemas takes null where nothing is required, with %j: %s', (options, isTaken) => {
    const schema = { type: 'object', properties: { f: { type: 'integer' } } };
    const convert = () => read(JSON_SCHEMA, 'JSON', schema, '{"f":null}', options);
    if (isTaken) expect(convert).not.toThrow();
    else expect(convert).toThrow('a int64 that is required is null');
  });

  it.each([
    [GLUE, 'com.amazonaws.services.schemaregistry.kafkaconnect.avrodata'],
    [AVRO, 'io.confluent.connect.avro'],
  ])('%s knows pairs of a map by a name in the namespace %s', (converter, namespace) => {
    const items = {
      type: 'record',
      name: 'MapEntry',
      namespace,
      fields: [
        { name: 'key', type: 'string' },
        { name: 'value', type: 'boolean' },
      ],
    };
    const fields = [{ name: 'f', type: { type: 'array', items } }];
    const { schema } = read(converter, 'AVRO', { type: 'record', name: 'R', fields }, Buffer.from([0]));
    expect(schema).toMatchObject({ fields: [{ schema: { type: 'map' } }] });
  });
});
