import { describe, expect, it } from 'vitest';
import { UnconvertibleError } from '../../../../../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { KNOWN_FILES } from '../../../../../../functions/documentdb-sink/connector/registry/protobuf/known-files.ts';
import { linkProto } from '../../../../../../functions/documentdb-sink/connector/registry/protobuf/link.ts';
import { parseProto } from '../../../../../../functions/documentdb-sink/connector/registry/protobuf/proto-file.ts';

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
