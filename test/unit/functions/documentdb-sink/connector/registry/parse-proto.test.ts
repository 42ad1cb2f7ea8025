import { describe, expect, it } from 'vitest';
import { UnconvertibleError } from '../../../../../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { KNOWN_FILES } from '../../../../../../functions/documentdb-sink/connector/registry/protobuf/known-files.ts';
import { linkProto } from '../../../../../../functions/documentdb-sink/connector/registry/protobuf/link.ts';
import { readOptions } from '../../../../../../functions/documentdb-sink/connector/registry/protobuf/options.ts';
import { parseProto } from '../../../../../../functions/documentdb-sink/connector/registry/protobuf/proto-file.ts';
import { Tokens } from '../../../../../../functions/documentdb-sink/connector/registry/protobuf/tokens.ts';

const SCHEMA = `// an order
syntax = "proto3";
package shop; /* and
a package */ option java_package = "x";
import "google/protobuf/timestamp.proto";
message Order {
  reserved 4, 6 to max;
  map<string, .shop.Item> items = 1 [(confluent.field_meta) = { doc: "a \\"b\\"", params: [ { key: "k", value: 'v' } ] }];
  oneof kind { option (x).y = { a: [1, 2] b < c: -1 > }; string text = 2; google.protobuf.Timestamp at = 3; }
  repeated int32 counts = 0x5 [packed = false];
}
message Item { enum Colour { RED = 0; BLUE = -1 [deprecated = true]; } Colour colour = 1; }
service Orders { rpc Get (Order) returns (stream Item) { option deprecated = true; } }`;

describe('the text of a Protobuf schema', () => {
  it('is read with its messages, oneofs, maps, enums and parameters', () => {
    const { package: pack, types } = parseProto(SCHEMA);
    const [order, item] = types;
    expect(pack).toBe('shop');
    expect(order).toMatchObject({
      name: 'Order',
      oneofs: ['kind'],
      fields: [
        { name: 'items', number: 1, type: '.shop.Item', mapKey: 'string', parameters: new Map([['k', 'v']]) },
        { name: 'text', number: 2, oneof: 'kind' },
        { name: 'at', number: 3, oneof: 'kind', type: 'google.protobuf.Timestamp' },
        { name: 'counts', number: 5, label: 'repeated' },
      ],
    });
    expect(item).toMatchObject({
      types: [
        {
          kind: 'enum',
          values: [
            ['RED', 0],
            ['BLUE', -1],
          ],
        },
      ],
    });
  });

  it('has no other error than those of a schema, wherever it is cut', () => {
    for (let length = 0; length < SCHEMA.length; length += 1) {
      try {
        linkProto(SCHEMA.slice(0, length), new Map());
      } catch (error) {
        expect(error).toBeInstanceOf(UnconvertibleError);
      }
    }
    expect(() => linkProto(SCHEMA.slice(0, SCHEMA.indexOf('service') - 5), new Map())).toThrow(UnconvertibleError);
  });

  it('may have empty statements wherever a statement may stand', () => {
    const bare = 'package a; message M { enum E { X = 0; } oneof o { E e = 1; } }';
    const full = '; package a; ; message M { ; enum E { ; X = 0; ; } oneof o { ; E e = 1; ; } ; } ;';
    expect(parseProto(full)).toEqual(parseProto(bare));
  });

  it('leaves extensions and reserved names out, and takes weak imports', () => {
    const { imports, types } = parseProto(
      `import weak "a.proto"; import public "b.proto";
      message M { extend N { optional int32 x = 1; } reserved "old"; optional int32 y = 2; }
      enum E { reserved 2, 5 to 9; reserved "OLD"; X = 0; }`,
    );
    expect(imports).toEqual(['a.proto', 'b.proto']);
    expect(types).toMatchObject([{ fields: [{ name: 'y', number: 2 }] }, { values: [['X', 0]] }]);
  });

  it.each([
    ['', false],
    ['option java_string_check_utf8 = true;', true],
    ['option java_string_check_utf8 = false;', false],
    ['option java_multiple_files = true;', false],
    ['option java_string_check_utf8 = true; option java_multiple_files = true;', true],
  ])('of proto2 with %j has its texts checked: %s', (options, checksUtf8) => {
    expect(parseProto(`${options} message M { }`).checksUtf8).toBe(checksUtf8);
  });

  it('has angle brackets only behind map', () => {
    expect(() => parseProto('message M { list<string, int32> a = 1; }')).toThrow('a name is missing');
  });

  it.each([...KNOWN_FILES.keys()])('may import %s, which is known', (name) => {
    expect(linkProto(`import "${name}"; message A { }`, new Map()).messages).toHaveLength(1);
  });

  it('takes a reference before a file that is known', () => {
    const name = 'google/type/date.proto';
    const own = new Map([[name, 'syntax = "proto3"; package google.type; message Mine { }']]);
    const text = `import "${name}"; message A { optional google.type.Mine a = 1; }`;
    expect(linkProto(text, own).messages[0]?.type.fields[0]).toMatchObject({ type: { fullName: 'google.type.Mine' } });
  });
});

function wordsOf(source: string): readonly string[] {
  const tokens = new Tokens(source);
  const words: string[] = [];
  while (tokens.next.kind !== 'end') {
    const { kind, text } = tokens.take();
    words.push(`${kind} ${text}`);
  }
  return words;
}

describe('the words of a Protobuf schema', () => {
  it.each([
    ['a_1 .b2.C _d e.f', ['word a_1', 'word .b2.C', 'word _d', 'word e.f']],
    ['a. b', ['word a', 'symbol .', 'word b']],
    [
      '0 17 0x1F 1.5 .25 2. 1e5 1e+5 1.5E-12',
      '0 17 0x1F 1.5 .25 2. 1e5 1e+5 1.5E-12'.split(' ').map((each) => `number ${each}`),
    ],
    ['1-2+3', ['number 1', 'symbol -', 'number 2', 'symbol +', 'number 3']],
    ['{}[]()<>=;,:+.-', [...'{}[]()<>=;,:+.-'].map((each) => `symbol ${each}`)],
    [' \n\t\r\f a', ['word a']],
    ['a // b\nc //\n//', ['word a', 'word c']],
    ['a/* b\n * c */d/**/e/***/', ['word a', 'word d', 'word e']],
    ['/* a */ b /* c */', ['word b']],
    [`"" '' "a b" 'c'`, ['text ', 'text ', 'text a b', 'text c']],
    [`"it's" 'a "b"' "// c"`, ["text it's", 'text a "b"', 'text // c']],
    [String.raw`"\ a" '\ b'`, ['text  a', 'text  b']],
    [String.raw`"\"a" '\'b' "\\" c`, ['text "a', "text 'b", 'text \\', 'word c']],
  ])('%j are %j', (source, words) => {
    expect(wordsOf(source)).toEqual(words);
  });

  // https://protobuf.dev/reference/protobuf/proto3-spec/#string_literals
  it.each([
    [String.raw`\a\b\f\n\r\t\v`, '\x07\b\f\n\r\t\v'],
    [String.raw`\\ \' \" \?`, `\\ ' " ?`],
    [String.raw`\0 \7 \18 \101 \1011`, '\x00 \x07 \x018 A A1'],
    [String.raw`\x4 \x41 \X4a \x4A1 \x4g`, '\x04 A J J1 \x04g'],
    ['\\\n', '\n'],
  ])('hold the text of %s', (escaped, text) => {
    expect(wordsOf(`"${escaped}"`)).toEqual([`text ${text}`]);
  });

  it.each(['@', '#', 'a / b', '"a', "'a", '"a\\"', '/* a', 'é'])('are not %j', (source) => {
    expect(() => wordsOf(source)).toThrow('it has a character that is none of the language');
  });
});

const fieldOf = (text: string) => {
  const [message] = parseProto(`message M { ${text} }`).types;
  return message?.kind === 'message' ? message.fields[0] : undefined;
};

describe('a field of a Protobuf schema', () => {
  it.each([
    ['7', 7],
    ['0x1F', 31],
    ['0XaB', 171],
  ])('has %s as its number', (text, number) => {
    expect(fieldOf(`optional int32 a = ${text};`)?.number).toBe(number);
  });

  it.each(['1.5', '1e3', '0xG', 'x0', '07x', 'a', '"1"', ''])('has not %j as its number', (text) => {
    expect(() => fieldOf(`optional int32 a = ${text};`)).toThrow('a number is missing');
  });

  it.each([
    ['default = "a" \'b\'', 'ab'],
    ['default = -1.5', '-1.5'],
    ['default = true, deprecated = false', 'true'],
    ['deprecated = false, default = inf', 'inf'],
    ['(default) = 3', '3'],
    ['(a.b).default = 3', undefined],
    ['default.x = 3', undefined],
    ['default = { a: 1 }', undefined],
  ])('with [%s] has %j as its default', (options, value) => {
    expect(fieldOf(`optional string a = 1 [${options}];`)?.default).toBe(value);
  });

  it.each([
    ['a = 1', [{ name: 'a', value: '1' }]],
    [
      'a.b = c, (d) = "e"',
      [
        { name: 'a.b', value: 'c' },
        { name: 'd', value: 'e' },
      ],
    ],
    ['(a.b).(.c.d).e = -1', [{ name: 'a.b.c.d.e', value: '-1' }]],
    [
      'a = [1, 2]',
      [
        { name: 'a', value: '1' },
        { name: 'a', value: '2' },
      ],
    ],
    ['a = { b: "c" }', [{ name: 'a', value: [{ name: 'b', value: 'c' }] }]],
    [
      'a = { b: [1] c { }, [d.e]: inf; }',
      [
        {
          name: 'a',
          value: [
            { name: 'b', value: '1' },
            { name: 'c', value: [] },
            { name: 'd.e', value: 'inf' },
          ],
        },
      ],
    ],
  ])('may have the options [%s]', (options, read) => {
    expect(readOptions(new Tokens(`[${options}]`))).toEqual(read);
  });

  it.each([
    '(confluent.field_meta) = { params: [ { key: "a", value: "1" }, { key: "b", value: "2" } ] }',
    '(confluent.field_meta) = { params { key: "a" value: "1" } params { key: "b" value: "2" } }',
    '(confluent.field_meta) = < doc: "x"; params: < key: "a"; value: "1"; >, params: < value: "2", key: "b", > >',
    '(confluent.field_meta).params = { key: "a", value: "1" }, (confluent.field_meta).params = { key: "b", value: "2" }',
    '(.confluent.field_meta).params = [{ key: "a", value: "1" }, { key: "b", value: "2" }]',
    '(confluent.field_meta) = { params: { key: "a", value: "1" } }, (confluent.field_meta) = { params: { key: "b", value: "2" } }',
    '(confluent.field_meta) = { params: [ { key: "a", value: "0" }, { key: "b" value: "2" }, { key: "a" value: "1" } ] }',
    '(confluent.field_meta) = { params: [ { key: "a", value: "1" }, { key: "c" }, { value: "3" }, 4, { key: "b" value: "2" } ] }',
    '(confluent.field_meta) = "x", (confluent.field_meta) = { params: [ { key: "a", value: "1" }, { key: "b", value: "2" } ] }',
    '(confluent.field_meta) = { params: [ { key: "a", value: "1" }, { key: "b", value: "2" } ], more: { key: "c", value: "3" } }',
    '(confluent.field_meta) = { [x.y]: 1, params: [ { key: "a", value: "1" }, { key: "b", value: "2" } ] }, (other.meta) = { params: { key: "c", value: "3" } }',
  ])('with [%s] has two parameters', (options) => {
    const parameters = fieldOf(`optional string a = 1 [${options}];`)?.parameters;
    expect(parameters).toEqual(
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
    );
  });

  it.each([
    ['[default = ]', 'the value of an option is missing'],
    ['[default = ;]', 'the value of an option is missing'],
    ['[default 1]', 'a = is missing'],
    ['[default a = 1]', 'a = is missing'],
    ['[(a) b = 1]', 'a = is missing'],
    ['[a = 1,]', 'a name is missing'],
    ['[]', 'a name is missing'],
    ['[default = 1', 'a ] is missing'],
    ['[(a = 1]', 'a ) is missing'],
    ['[a = { [b: 1 }]', 'a ] is missing'],
    ['[= 1]', 'a name is missing'],
    ['[a = { : 1 }]', 'a name is missing'],
    ['', 'a ; is missing'],
  ])('is refused with %s: %s', (options, problem) => {
    expect(() => parseProto(`message M { optional int32 a = 1 ${options} }`)).toThrow(problem);
  });

  it.each([
    'option a = { b: ";" };',
    'option (a).b = { c { d: 1; } e: 2; };',
    'option a = "{";',
    'option a = { b: "{" };',
    'option a = ";" "b";',
    'reserved 1 to 3, 5;',
  ])('stands behind %s', (statement) => {
    expect(fieldOf(`${statement} optional int32 a = 9;`)?.number).toBe(9);
  });

  it.each([
    ['option a = 1', 'a ; is missing'],
    ['option a = { b { c: 1 }', 'a brace is missing'],
  ])('does not end %s', (statement, problem) => {
    expect(() => parseProto(`message M { ${statement}`)).toThrow(problem);
  });
});
