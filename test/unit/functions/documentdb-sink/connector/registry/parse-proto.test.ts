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
