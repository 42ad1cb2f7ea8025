import { Binary, Double } from 'mongodb';
import { doc } from '../../../../../support/document-server/bson-values.ts';
import { namedFrom, type Reference, type RegistryFormat, type StoryField } from './format.ts';

/** A value as Protobuf writes it, and as it has to be stored. */
interface ProtobufValue {
  /** Of a field, with its label: `optional int32`. Undefined: it is a oneof. */
  readonly type: string | undefined;
  /** With the number of its field. */
  readonly bytes: (number: number) => Buffer;
  readonly value: unknown;
  readonly reference?: Reference;
}

const PART: Reference = { name: 'shop/part.proto', subject: 'shop part/protobuf' };

const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];

/** https://protobuf.dev/programming-guides/encoding/#varints */
function varint(value: number | bigint): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

const tag = (number: number, wireType: number): Buffer => varint(8 * number + wireType);
const whole =
  (value: number | bigint) =>
  (number: number): Buffer =>
    Buffer.concat([tag(number, VARINT), varint(value)]);
const delimited =
  (...parts: readonly Buffer[]) =>
  (number: number): Buffer => {
    const content = Buffer.concat(parts);
    return Buffer.concat([tag(number, BYTES), varint(content.length), content]);
  };
const text = (value: string) => delimited(Buffer.from(value));
const fixed =
  (wireType: number, ...bytes: readonly number[]) =>
  (number: number): Buffer =>
    Buffer.concat([tag(number, wireType), Buffer.from(bytes)]);
const nothing = (): Buffer => Buffer.alloc(0);

/** The second field of a oneof has the number behind that of the first one. */
const IN_ONEOF = 100;

/**
 * Each value was written and read by hand, and none by the sink: for the bytes
 * https://protobuf.dev/programming-guides/encoding/, for what is not there
 * https://protobuf.dev/programming-guides/proto3/#default, for the types of Kafka Connect
 * https://docs.confluent.io/platform/current/schema-registry/connect.html.
 */
const PROTOBUF_VALUES: readonly ProtobufValue[] = [
  { type: 'int32', bytes: whole(-5), value: -5 },
  // A number beyond those of 32 bits with a sign.
  { type: 'uint32', bytes: whole(4_294_967_295), value: 4_294_967_295n },
  { type: 'sint64', bytes: whole(3), value: -2n },
  { type: 'int64', bytes: whole(9_007_199_254_740_993n), value: 9_007_199_254_740_993n },
  { type: 'int32', bytes: nothing, value: 0 },
  { type: 'optional int32', bytes: nothing, value: null },
  { type: 'optional int32', bytes: whole(0), value: 0 },
  // Of two fields of a oneof the last one counts.
  {
    type: undefined,
    bytes: (number) => Buffer.concat([text('gone')(number), whole(5)(IN_ONEOF)]),
    value: doc({ first: null, second: 5 }),
  },
  { type: 'fixed32', bytes: fixed(FIXED32, 255, 255, 255, 255), value: 4_294_967_295n },
  { type: 'float', bytes: fixed(FIXED32, 0xcd, 0xcc, 0xcc, 0x3d), value: new Double(0.100_000_001_490_116_12) },
  { type: 'double', bytes: fixed(FIXED64, 0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f), value: new Double(0.1) },
  { type: 'bool', bytes: whole(1), value: true },
  { type: 'string', bytes: text('é\u{1f600}'), value: 'é\u{1f600}' },
  { type: 'string', bytes: nothing, value: '' },
  { type: 'bytes', bytes: delimited(Buffer.from([0, 255])), value: new Binary(Buffer.from([0, 255])) },
  { type: 'Suit', bytes: whole(1), value: 'SPADES' },
  { type: 'repeated int32', bytes: delimited(varint(1), varint(2)), value: [1, 2] },
  { type: 'Inner', bytes: delimited(whole(7)(1)), value: doc({ a: 7n, b: '' }) },
  { type: 'Inner', bytes: nothing, value: null },
  // A message that comes twice is put together.
  {
    type: 'Inner',
    bytes: (number) => Buffer.concat([delimited(whole(7)(1))(number), delimited(text('late')(2))(number)]),
    value: doc({ a: 7n, b: 'late' }),
  },
  { type: 'map<string, int32>', bytes: delimited(text('a')(1), whole(9)(2)), value: doc({ a: 9 }) },
  { type: 'shop.Part', bytes: delimited(text('wheel')(1)), value: doc({ name: 'wheel', count: 0n }), reference: PART },
];

const ONEOF_INDEX = PROTOBUF_VALUES.findIndex(({ type }) => type === undefined);

/** A oneof has its place among those of its message behind its name. */
const valuesFrom = (first: number | undefined) =>
  first === undefined
    ? []
    : namedFrom(PROTOBUF_VALUES, first).map((each) => ({
        ...each,
        name: each.type === undefined ? `typed${ONEOF_INDEX}_0` : each.name,
      }));

const FIRST_TYPED = 20;

const declared = ({ name, type }: { readonly name: string; readonly type: string | undefined }, number: number) =>
  type === undefined
    ? `oneof ${name.replace(/_0$/, '')} { string first = ${number}; int32 second = ${IN_ONEOF}; }`
    : `${type} ${name} = ${number};`;

/** Older files say what is required; newer ones do not. */
const isOld = (first: number | undefined): boolean => first === undefined;

const labelOf = ({ isNullable }: StoryField, first: number | undefined): string =>
  isNullable ? 'optional ' : isOld(first) ? 'required ' : '';

const typeOf = ({ type }: StoryField): string => (type === 'int' ? 'int32' : 'string');

/** https://protobuf.dev/reference/protobuf/proto3-spec/ */
export const PROTOBUF: RegistryFormat = {
  type: 'PROTOBUF',
  typedCount: PROTOBUF_VALUES.length,
  typedFrom: valuesFrom,
  schemaText: (fields, first) =>
    [
      `syntax = "proto${isOld(first) ? 2 : 3}";`,
      ...(isOld(first) ? ['option java_string_check_utf8 = true;'] : []),
      'option java_package = "shop";',
      ...valuesFrom(first).flatMap(({ reference }) => (reference ? [`import "${reference.name}";`] : [])),
      'message Other { optional string k = 1; }',
      'message Order {',
      ...fields.map((field, index) => `${labelOf(field, first)}${typeOf(field)} ${field.name} = ${index + 1};`),
      ...valuesFrom(first).map((each, index) => declared(each, FIRST_TYPED + index)),
      ...(isOld(first)
        ? []
        : ['message Inner { int64 a = 1; string b = 2; }', 'enum Suit { HEARTS = 0; SPADES = 1; }']),
      '}',
    ].join('\n'),
  contentOf: (fields, values, first) =>
    Buffer.concat([
      // The list of messages: one, which is the second. https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
      Buffer.from([2, 2]),
      ...fields.toReversed().map((field) => written(field, fields.indexOf(field) + 1, values[field.name] ?? null)),
      ...valuesFrom(first).map(({ bytes }, index) => bytes(FIRST_TYPED + index)),
    ]),
  subjectText: () => 'syntax = "proto3"; package shop; message Part { string name = 1; int64 count = 2; }',
};

function written({ type }: StoryField, number: number, value: unknown): Buffer {
  if (value === null) return nothing();
  return type === 'int' ? whole(Number(value))(number) : text(String(value))(number);
}
