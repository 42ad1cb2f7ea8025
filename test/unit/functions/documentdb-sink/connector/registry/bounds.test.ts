import { describe, expect, it } from 'vitest';
import { UnconvertibleError } from '../../../../../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { parseAvro } from '../../../../../../functions/documentdb-sink/connector/registry/avro/avro-type.ts';
import { compileAvro } from '../../../../../../functions/documentdb-sink/connector/registry/avro/compile-avro.ts';
import { UnsupportedSchemaError } from '../../../../../../functions/documentdb-sink/connector/registry/errors.ts';
import { compileJsonSchema } from '../../../../../../functions/documentdb-sink/connector/registry/json-schema/compile-json-schema.ts';
import { compileProtobuf } from '../../../../../../functions/documentdb-sink/connector/registry/protobuf/compile-protobuf.ts';
import { protobufOptionsOf } from '../../../../../../functions/documentdb-sink/connector/registry/protobuf/protobuf-options.ts';
import {
  connectDataOf,
  type SchemaAndValue,
} from '../../../../../../functions/documentdb-sink/connector/transforms/data/to-document.ts';
import { transformed } from '../../../../../support/one-transform.ts';

const AVRO_OPTIONS = {
  enhanced: false,
  metaData: true,
  flattenSingletonUnions: true,
  namespace: 'io.confluent.connect.avro',
  keepsTopUnion: false,
};
type Json = Readonly<Record<string, unknown>>;
const avro = (schema: unknown) => compileAvro(parseAvro(JSON.stringify(schema)), AVRO_OPTIONS);
const jsonSchema = (schema: unknown) =>
  compileJsonSchema(JSON.stringify(schema), new Map(), { optionalForNonRequired: true });
const protobuf = (text: string, options: Readonly<Record<string, string>> = {}) =>
  compileProtobuf(`syntax = "proto3"; ${text}`, new Map(), protobufOptionsOf(new Map(Object.entries(options))));
/** A long name makes a document large with few fields. */
const NAME = 'f'.repeat(100);
const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const documentOf = (value: SchemaAndValue): unknown => {
  const data = connectDataOf(value);
  return data.kind === 'document' ? Object.fromEntries(data.document) : data;
};

/** Of so many types, each has two fields of the next. 2^DEPTH ways lead to the last. */
const DEPTH = 60;
const doubledAvro = (last: Json = { name: 'x', type: 'int' }) =>
  range(DEPTH).reduceRight<Json>(
    (next, index) => ({
      type: 'record',
      name: `R${index}`,
      fields: [
        { name: 'a', type: ['null', next], default: null },
        { name: 'b', type: ['null', `R${index + 1}`], default: null },
      ],
    }),
    { type: 'record', name: `R${DEPTH}`, fields: [last] },
  );
const doubledJson = (node: (properties: Json) => Json) => ({
  $ref: '#/definitions/d0',
  definitions: Object.fromEntries([
    ...range(DEPTH).map((index) => {
      const next = { $ref: `#/definitions/d${index + 1}` };
      return [`d${index}`, node({ a: next, b: next })] as const;
    }),
    [`d${DEPTH}`, node({ x: { type: 'integer' } })],
  ]),
});
const doubledProtobuf = `${range(DEPTH)
  .map((index) => `message M${index} { M${index + 1} a${NAME} = 1; M${index + 1} b${NAME} = 2; }`)
  .join('\n')} message M${DEPTH} { int32 x = 1; }`;

describe('a schema whose types are shared', () => {
  it('is read once for each type: Avro', () => {
    expect(documentOf(avro(doubledAvro())(Buffer.from([2, 0, 0, 0])))).toEqual({
      a: new Map([
        ['a', null],
        ['b', null],
      ]),
      b: null,
    });
  });

  it('is read once for each type where the last refers to the first, too: Avro', () => {
    const back = { name: 'x', type: ['null', 'R0'], default: null };
    expect(documentOf(avro(doubledAvro(back))(Buffer.from([0, 0])))).toEqual({ a: null, b: null });
  });

  it.each<[string, (properties: Json) => Json]>([
    ['objects', (properties) => ({ type: 'object', properties })],
    ['objects or null', (properties) => ({ type: ['object', 'null'], properties })],
    ['allOf', (properties) => ({ allOf: [{ type: 'object', properties }] })],
  ])('is read once for each type: JSON Schema, %s', (_name, node) => {
    const value = jsonSchema(doubledJson(node))(Buffer.from('{"a":{"b":null}}'));
    expect(documentOf(value)).toMatchObject({ b: null });
  });

  it('has the same types as one that writes them out', () => {
    const inner = { type: 'record', name: 'I', fields: [{ name: 'x', type: 'int' }] };
    const shared = avro({
      type: 'record',
      name: 'O',
      fields: [
        { name: 'a', type: inner },
        { name: 'b', type: 'I' },
      ],
    });
    const { schema } = shared(Buffer.from([2, 4]));
    expect(schema).toMatchObject({ fields: [{ schema: { name: 'I' } }, { schema: { name: 'I' } }] });
    expect(documentOf(shared(Buffer.from([2, 4])))).toEqual({ a: new Map([['x', 1]]), b: new Map([['x', 2]]) });
  });

  it('is held back where too many ways lead through types that all contain each other', () => {
    const names = range(8).map((index) => `d${index}`);
    const properties = Object.fromEntries(names.map((name) => [name, { $ref: `#/definitions/${name}` }]));
    const definitions = Object.fromEntries(names.map((name) => [name, { type: 'object', properties }]));
    expect(() => jsonSchema({ $ref: '#/definitions/d0', definitions })).toThrow(UnsupportedSchemaError);
  });
});

describe('flattening', () => {
  const flattened = (value: SchemaAndValue) => transformed('Flatten$Value', {}, value).value();

  it('ends where a struct contains itself', () => {
    const list = { type: 'record', name: 'N', fields: [{ name: 'n', type: ['null', 'N'], default: null }] };
    expect(() => flattened(avro(list)(Buffer.from([0])))).toThrow('flattening has no end');
  });

  it('ends where more ways lead to a field than a document has names for', () => {
    expect(() => flattened(avro(doubledAvro())(Buffer.from([0, 0])))).toThrow(UnconvertibleError);
  });
});

describe('a value of few bytes that would become an endless document', () => {
  it('is refused where its unset fields have defaults: Protobuf', () => {
    const fields = range(200).map((index) => `int32 ${NAME}${index} = ${index + 1};`);
    const read = protobuf(`message O { repeated I i = 1; } message I { ${fields.join(' ')} }`);
    const bytesFor = (count: number) => Buffer.concat([Buffer.from([0]), Buffer.from('0a00'.repeat(count), 'hex')]);
    expect(() => read(bytesFor(1_000))).toThrow(UnconvertibleError);
    expect(documentOf(read(bytesFor(100)))).toMatchObject({ i: { length: 100 } });
  });

  it('is refused where unset messages have messages: Protobuf with generate.struct.for.nulls', () => {
    const read = protobuf(doubledProtobuf, { 'generate.struct.for.nulls': 'true' });
    expect(() => read(Buffer.from([0]))).toThrow(UnconvertibleError);
  });

  it('is refused where its elements take no bytes: Avro', () => {
    const read = avro({
      type: 'record',
      name: 'O',
      fields: [{ name: 'i', type: { type: 'array', items: { type: 'record', name: 'E', fields: [] } } }],
    });
    // 5,000,000 elements.
    expect(() => read(Buffer.from('80ade20400', 'hex'))).toThrow('more elements than a document holds');
    expect(documentOf(read(Buffer.from('0400', 'hex')))).toEqual({ i: [new Map(), new Map()] });
  });

  it('is refused where its fields are missing: JSON Schema', () => {
    const properties = Object.fromEntries(range(1_000).map((index) => [`${NAME}${index}`, { type: 'integer' }]));
    const read = jsonSchema({
      type: 'object',
      properties: { i: { type: 'array', items: { type: 'object', properties } } },
    });
    const bytesFor = (count: number) => Buffer.from(JSON.stringify({ i: range(count).map(() => ({})) }));
    expect(() => documentOf(read(bytesFor(1_000)))).toThrow(UnconvertibleError);
    expect(documentOf(read(bytesFor(10)))).toMatchObject({ i: { length: 10 } });
  });
});
