import { Binary } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { UnsupportedSchemaError } from '../../../../../../functions/documentdb-sink/connector/registry/errors.ts';
import { compileProtobuf } from '../../../../../../functions/documentdb-sink/connector/registry/protobuf/compile-protobuf.ts';
import { protobufOptionsOf } from '../../../../../../functions/documentdb-sink/connector/registry/protobuf/protobuf-options.ts';
import { bsonOf } from '../../../../../../functions/documentdb-sink/connector/transforms/data/to-document.ts';

const DEFAULTS = new Map([['optional.for.proto2', 'false']]);

/** What the first message of the schema is without a byte, or of these. */
function documentOf(text: string, bytes: readonly number[] = [], references: ReadonlyMap<string, string> = new Map()) {
  const { schema, value } = compileProtobuf(text, references, protobufOptionsOf(DEFAULTS))(Buffer.from([0, ...bytes]));
  return bsonOf(value, schema) as Map<string, unknown>;
}

describe('a default of proto2', () => {
  const COLOURS = 'enum Colour { RED = 3; BLUE = 1; }';

  it.each([
    ['int32', '', 0],
    ['int32', '[default = -5]', -5],
    ['int32', '[default = 100]', 100],
    ['int32', '[default = 0x1F]', 31],
    ['int32', '[default = -0X1f]', -31],
    ['int32', '[default = 017]', 15],
    ['int32', '[deprecated = true, default = 7]', 7],
    ['uint32', '[default = 4294967295]', 4_294_967_295n],
    ['int64', '[default = 9007199254740993]', 9_007_199_254_740_993n],
    ['sint64', '[default = -9007199254740993]', -9_007_199_254_740_993n],
    ['uint64', '[default = 18446744073709551615]', -1n],
    ['float', '', 0],
    ['double', '[default = 1.5e3]', 1500],
    ['double', '[default = inf]', Number.POSITIVE_INFINITY],
    ['double', '[default = -inf]', Number.NEGATIVE_INFINITY],
    ['double', '[default = nan]', Number.NaN],
    ['bool', '[default = true]', true],
    ['bool', '[default = false]', false],
    ['bool', '', false],
    ['string', '[default = "a\\"b" \'c\']', 'a"bc'],
    ['string', '[default = "\\x41\\102\\n\\q"]', 'AB\nq'],
    ['string', '', ''],
    ['bytes', '[default = "\\377a"]', new Binary(Buffer.from([0xff, 0x61]))],
    ['bytes', '', new Binary(Buffer.alloc(0))],
    ['Colour', '', 'RED'],
    ['Colour', '[default = BLUE]', 'BLUE'],
  ])('of %s with %s', (type, options, expected) => {
    const text = `syntax = "proto2"; message A { optional ${type} f = 1 ${options}; } ${COLOURS}`;
    const { f } = Object.fromEntries(documentOf(text));
    expect(typeof expected === 'number' ? Number(f) : f).toEqual(expected);
  });
});

describe('the types of a Protobuf schema', () => {
  it('may be an enum of proto2 in proto3, whose unknown numbers are unknown fields', () => {
    const own = 'syntax = "proto3"; import "colour.proto"; message A { Colour f = 1; }';
    const references = (syntax: string) =>
      new Map([['colour.proto', `syntax = "${syntax}"; enum Colour { RED = 0; }`]]);
    expect(documentOf(own, [0x08, 5], references('proto2'))).toEqual(new Map([['f', 'RED']]));
    expect(documentOf(own, [0x08, 5], references('proto3'))).toEqual(new Map([['f', 'UNKNOWN_ENUM_VALUE_Colour_5']]));
  });

  it('are those of the text itself where it passes on another and says something', () => {
    const passedOn = new Map([['b.proto', 'syntax = "proto3"; message B { int32 b = 1; }']]);
    const text = 'syntax = "proto3"; import public "b.proto";';
    expect(documentOf(text, [], passedOn)).toEqual(new Map([['b', 0]]));
    expect(documentOf(`${text} message A { int32 a = 1; }`, [], passedOn)).toEqual(new Map([['a', 0]]));
    expect(() => documentOf(`${text} service S { }`, [], passedOn)).toThrow(
      'a message that its Protobuf schema has not',
    );
    expect(() => documentOf(`${text} import public "c.proto";`, [], passedOn)).toThrow('a message that its');
    expect(() => documentOf(`${text} import "c.proto";`, [], passedOn)).toThrow('a message that its');
  });

  it.each(['map<string, B> m = 1; map<string, B> M = 2;', 'map<string, B> a_b = 1; map<string, B> aB = 2;'])(
    'may be maps of names that are alike: %s',
    (fields) => {
      const text = `syntax = "proto3"; message A { ${fields} } message B { int32 b = 1; }`;
      expect([...documentOf(text).values()]).toEqual([new Map(), new Map()]);
    },
  );

  it.each([
    ['an enum has no value', 'message A { } enum E { }'],
    ['two types have one name', 'message A { } message A { }'],
    ['two types have one name', 'message A { enum E { X = 0; } message E { } }'],
    ['two fields of a message have one number', 'message A { int32 a = 1; int32 b = 1; }'],
    ['a field has a type that neither the schema nor its imports have', 'message A { B b = 1; }'],
    ['a field has a type that neither the schema nor its imports have', 'message A { .A.B b = 1; }'],
    ['it has a statement that is none of the language', 'massage A { }'],
    ['it has a character that is none of the language', 'message A { int32 a = 1 ?; }'],
    ['its syntax is neither proto2 nor proto3', 'syntax = "proto4"; message A { }'],
    ['a name is missing', 'message { }'],
    ['a { is missing', 'message A'],
    ['a = is missing', 'message A { int32 a 1; }'],
    ['a ; is missing', 'message A { int32 a = 1 }'],
    ['a ; is missing', 'message A { option deprecated = true'],
    ['a brace is missing', 'message A { } service S { rpc R (A) returns (A) { }'],
    ['a number is missing', 'message A { int32 a = b; }'],
    ['a number is missing', 'message A { int32 a = 1x; }'],
    ['a number is missing', 'enum E { X = -; } message A { }'],
    ['a text in quotes is missing', 'import b; message A { }'],
    ['a > is missing', 'message A { map<string, int32 m = 1; }'],
    ['the value of an option is missing', 'message A { int32 a = 1 [deprecated = ]; }'],
    ['a ] is missing', 'message A { int32 a = 1 [deprecated = true; }'],
    ['a ) is missing', 'message A { int32 a = 1 [(b = true]; }'],
  ])('are refused: %s', (detail, text) => {
    expect(() => documentOf(text)).toThrow(`the Protobuf schema is wrong: ${detail}`);
  });

  it('are not followed into the descriptor, unless it is a reference', () => {
    const name = 'google/protobuf/descriptor.proto';
    const text = `import "${name}"; message A { optional google.protobuf.FileOptions f = 1; }`;
    expect(() => documentOf(text)).toThrow(UnsupportedSchemaError);
    const own = new Map([[name, 'package google.protobuf; message Other { }']]);
    expect(() => documentOf(text, [], own)).toThrow('a field has a type that neither');
  });
});

describe('a Protobuf value', () => {
  const text = 'syntax = "proto3"; message A { message B { int32 b = 1; } int32 a = 1; } message C { int32 c = 1; }';
  const document = (...content: readonly number[]) => {
    const { schema, value } = compileProtobuf(text, new Map(), protobufOptionsOf(DEFAULTS))(Buffer.from(content));
    return [...(bsonOf(value, schema) as Map<string, unknown>).keys()];
  };

  it('says which message it is, by places counted from 0, each doubled', () => {
    expect(document(0)).toEqual(['a']);
    expect(document(2, 2)).toEqual(['c']);
    expect(document(4, 0, 0)).toEqual(['b']);
    expect(() => document(2, 4)).toThrow('names a message that its Protobuf schema has not');
    expect(() => document(6, 0, 0, 0)).toThrow('names a message that its Protobuf schema has not');
  });

  it('names no more than 100 places', () => {
    const places = (count: number) => [
      ...Buffer.from([0x80 | ((2 * count) & 0x7f), count >> 6]),
      ...Buffer.alloc(count),
    ];
    expect(() => document(...places(100))).toThrow('names a message that its Protobuf schema has not');
    expect(() => document(...places(101))).toThrow('does not fit its Protobuf schema');
    expect(() => document(1)).toThrow('does not fit its Protobuf schema');
  });
});
