import fc from 'fast-check';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { UnconvertibleError } from '../../../../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { JsonReader } from '../../../../../functions/documentdb-sink/json/json-reader.ts';
import { readRelaxedJson } from '../../../../../functions/documentdb-sink/json/relaxed-json.ts';
import { ShellReader } from '../../../../../functions/documentdb-sink/json/shell-reader.ts';

/** What a server would store, in canonical extended JSON: every type is visible. */
const stored = (read: unknown): string =>
  BSON.EJSON.stringify(
    BSON.deserialize(BSON.serialize(new Map([['v', read]]) as unknown as BSON.Document), {
      promoteValues: false,
      bsonRegExp: true,
    }),
    { relaxed: false },
  );
const strict = (text: string) => stored(new JsonReader(text).read());

const said = (read: () => string): string => {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnconvertibleError) return error.message;
    throw error;
  }
};

describe("text as the Java driver's BsonDocument.parse reads it", () => {
  it.each([
    ["{_id: 1, first_name: 'Alice'}", '{"_id": 1, "first_name": "Alice"}'],
    ["{op: 'c', after: '{\"a\": 1}'}", '{"op": "c", "after": "{\\"a\\": 1}"}'],
    ["{$a: 'it\\'s', 'b.c': \"\\u00e9\\n\"}", '{"$a": "it\'s", "b.c": "é\\n"}'],
    ['{a: 1, b: [1, 2,],}', '{"a": 1, "b": [1, 2]}'],
    ['{a: 1 b: [1 2]}', '{"a": 1, "b": [1, 2]}'],
    ['{"a": 1}}', '{"a": 1}'],
    ['{"a": 1} and more', '{"a": 1}'],
    ['{"a": "tab\t"}', '{"a": "tab\\t"}'],
    [
      '{a: NumberLong(5), b: NumberLong("5"), c: NumberInt(5)}',
      '{"a": {"$numberLong": "5"}, "b": {"$numberLong": "5"}, "c": 5}',
    ],
    ["{a: NumberDecimal('1.50')}", '{"a": {"$numberDecimal": "1.50"}}'],
    ["{a: ObjectId('599af247bb69cd89961c986d')}", '{"a": {"$oid": "599af247bb69cd89961c986d"}}'],
    ["{a: new ObjectId('599af247bb69cd89961c986d')}", '{"a": {"$oid": "599af247bb69cd89961c986d"}}'],
    ["{a: ISODate('2020-01-01T10:00:00Z')}", '{"a": {"$date": "2020-01-01T10:00:00Z"}}'],
    [
      "{a: ISODate('2020-01-01'), b: new Date(5)}",
      '{"a": {"$date": "2020-01-01T00:00:00Z"}, "b": {"$date": {"$numberLong": "5"}}}',
    ],
    [
      "{a: BinData(0, 'a2Fma2E='), b: HexData(0, 'ff')}",
      '{"a": {"$binary": {"base64": "a2Fma2E=", "subType": "00"}}, "b": {"$binary": {"base64": "/w==", "subType": "00"}}}',
    ],
    ["{a: UUID('6d01622d-b3d5-466d-ae48-e414901af8f2')}", '{"a": {"$uuid": "6d01622d-b3d5-466d-ae48-e414901af8f2"}}'],
    [
      "{a: {$uuid: '6D01622d-b3d5-466d-ae48-e414901aF8f2'}}",
      '{"a": {"$uuid": "6d01622d-b3d5-466d-ae48-e414901af8f2"}}',
    ],
    ['{a: new Date(1583, 0, 1)}', `{"a": {"$date": {"$numberLong": "${Date.UTC(1583, 0, 1)}"}}}`],
    ['{a: /b/imsx}', '{"a": {"$regularExpression": {"pattern": "b", "options": "imsx"}}}'],
    // As Integer.parseInt reads a code: with a sign, and cast to a char.
    ["{a: '\\u+0ab \\u-0ab'}", '{"a": "\u00ab \uff55"}'],
    ['{a: Timestamp(1, 2)}', '{"a": {"$timestamp": {"t": 1, "i": 2}}}'],
    [
      "{a: /x\\d/i, b: RegExp('y', 'i')}",
      '{"a": {"$regularExpression": {"pattern": "x\\\\d", "options": "i"}}, "b": {"$regularExpression": {"pattern": "y", "options": "i"}}}',
    ],
    ['{a: MinKey, b: MaxKey()}', '{"a": {"$minKey": 1}, "b": {"$maxKey": 1}}'],
    [
      '{a: NaN, b: Infinity, c: -Infinity}',
      '{"a": {"$numberDouble": "NaN"}, "b": {"$numberDouble": "Infinity"}, "c": {"$numberDouble": "-Infinity"}}',
    ],
    ["{a: {$oid: '599af247bb69cd89961c986d'}}", '{"a": {"$oid": "599af247bb69cd89961c986d"}}'],
    [
      "{a: {$date: 1489708800000}, b: {'$binary': 'S2Fma2Egcm9ja3Mh', $type: '00'}}",
      '{"a": {"$date": {"$numberLong": "1489708800000"}}, "b": {"$binary": {"base64": "S2Fma2Egcm9ja3Mh", "subType": "00"}}}',
    ],
    ['{a: {, b: 1}, c: [, 2]}', '{"a": {"b": 1}, "c": [2]}'],
    ['{"a": 1, "$oid": "x"}', '{"a": 1, "$oid": "x"}'],
    ['{a: BinData(128, abcd)}', '{"a": {"$binary": {"base64": "abcd", "subType": "80"}}}'],
    ["{a: HexData(0, 'fff')}", '{"a": {"$binary": {"base64": "D/8=", "subType": "00"}}}'],
    // The constants of BsonBinarySubType count; another number counts as 0.
    ...[1, 3, 4, 5, 6, 7].map((type) => [
      `{a: HexData(${type}, 'ff')}`,
      `{"a": {"$binary": {"base64": "/w==", "subType": "0${type}"}}}`,
    ]),
    ["{a: HexData(-128, 'ff')}", '{"a": {"$binary": {"base64": "/w==", "subType": "80"}}}'],
    ["{a: HexData(8, 'ff')}", '{"a": {"$binary": {"base64": "/w==", "subType": "00"}}}'],
    ["{a: HexData(128, 'ff')}", '{"a": {"$binary": {"base64": "/w==", "subType": "00"}}}'],
    ['{a: NumberInt("-5"), b: NumberLong(5000000000)}', '{"a": -5, "b": 5000000000}'],
    [
      '{a: NumberDecimal(5), b: NumberDecimal(5000000000), c: NumberDecimal(1.5)}',
      '{"a": {"$numberDecimal": "5"}, "b": {"$numberDecimal": "5000000000"}, "c": {"$numberDecimal": "1.5"}}',
    ],
    ['{a: MinKey(), b: MaxKey, c: new MinKey()}', '{"a": {"$minKey": 1}, "b": {"$maxKey": 1}, "c": {"$minKey": 1}}'],
    [
      '{a: new Date(2020, 0, 31, 1, 2, 3, 4), b: new Date(2020, 1, 3), c: new Date(1583, 11, 1, 23)}',
      '{"a": {"$date": "2020-01-31T01:02:03.004Z"}, "b": {"$date": "2020-02-03T00:00:00Z"}, "c": {"$date": "1583-12-01T23:00:00Z"}}',
    ],
    ['{a: new Date(8640000000000000)}', '{"a": {"$date": {"$numberLong": "8640000000000000"}}}'],
    [
      '{a: {$date: 5}, b: {$date: -5}}',
      '{"a": {"$date": {"$numberLong": "5"}}, "b": {"$date": {"$numberLong": "-5"}}}',
    ],
    ["{a: {$date: {$numberLong: '5'}}}", '{"a": {"$date": {"$numberLong": "5"}}}'],
    ['{a: {$timestamp: {i: 2, t: 1}}}', '{"a": {"$timestamp": {"t": 1, "i": 2}}}'],
    [
      "{a: {$binary: {subType: 128, base64: 'abcd'}}, b: {$type: '80', $binary: 'abcd'}}",
      '{"a": {"$binary": {"base64": "abcd", "subType": "80"}}, "b": {"$binary": {"base64": "abcd", "subType": "80"}}}',
    ],
    [
      "{a: {$regularExpression: {options: 'i', pattern: 'x'}}, b: {$options: 'i', $regex: 'x'}}",
      '{"a": {"$regularExpression": {"pattern": "x", "options": "i"}}, "b": {"$regularExpression": {"pattern": "x", "options": "i"}}}',
    ],
    [
      "{a: {$code: 'f'}, b: {$code: 'f', $scope: {c: 1}}}",
      '{"a": {"$code": "f"}, "b": {"$code": "f", "$scope": {"c": 1}}}',
    ],
  ])('takes %s', (text, json) => {
    expect(stored(readRelaxedJson(text))).toBe(strict(json));
  });

  it.each([
    'notJSON_1',
    '',
    'a',
    '{a}',
    '{a: }',
    '{a: b}',
    '{"a": {"$date": "2020"}}',
    '{"a": {"$date": "2020-01-01T00:00:00.123+0200"}}',
    '{"a": {"$numberLong": 5}}',
    '{"a": {"$oid": "599af247bb69cd89961c986d", "x": 1}}',
    '{"a": {"$binary": "no base64!"}}',
    '{"a": {"$undefined": true}}',
    "{a: ISODate('2020-01-01T10:00:00')}",
    '{a: 1.}',
    "{a: 'x}",
    "{a: '\\q'}",
    '{1: 2}',
    "{a: ObjectId('x')}",
    '{a: Date()}',
    '{a: Mystery(1)}',
    '{a: 9223372036854775808}',
    '{a: [1}',
    '{a: [1',
    '{a: [',
    '{a: ',
    '{a: 1',
    '{a: (1]}',
    '{a: 1] b: 2}',
    '[1]',
    '5',
    '"text"',
    'true',
    '{$numberLong: "5"}',
    '{a: undefined}',
    '{a: new undefined}',
    '{a: new Timestamp(1, 2)}',
    "{a: new 'ObjectId'('599af247bb69cd89961c986d')}",
    '{a: new 5}',
    "{a: ObjectId('599af247bb69cd89961c986d0')}",
    "{a: ObjectId('0599af247bb69cd89961c986d')}",
    '{a: ObjectId(5)}',
    '{a: NumberInt 5)}',
    '{a: NumberInt(5}',
    '{a: NumberInt(5, 6)}',
    '{a: Timestamp(1: 2)}',
    '{a: Timestamp(1)}',
    '{a: MinKey(1}',
    '{a: BinData(0, 5)}',
    "{a: BinData('0', 'abcd')}",
    '{a: RegExp(x)}',
    '{a: {$minKey: 2}}',
    "{a: {$minKey: '1'}}",
    '{a: {$timestamp: {x: 1, t: 2}}}',
    '{a: {$timestamp: {t: 1, x: 2}}}',
    '{a: {$timestamp: {t: 1.5, i: 2}}}',
    '{a: {$timestamp: {t: 1, i: 2, x: 3}}}',
    '{a: {$date: 1.5}}',
    '{a: {$date: x}}',
    "{a: {$date: {$numberInt: '5'}}}",
    "{a: {$binary: {base64: 'AA==', subType: 1.5}}}",
    "{a: {$binary: {base64: 'AA==', subType: 'x'}}}",
    "{a: {$code: 'f': $scope: {}}}",
    "{a: {$code: 'f', scope: {}}}",
    "{a: {$code: 'f', $scope: 5}}",
    "{a: {$code: 'f', $scope: {, a: 1}}}",
    '{a: {$code: 5}}',
    '{a: {$symbol: 5}}',
  ])('refuses %j without quoting it', (text) => {
    expect(() => readRelaxedJson(text)).toThrow(UnconvertibleError);
  });

  it.each([
    ["{a: ISODate('yesterday')}", 'ISODate has an invalid parameter'],
    ["{a: NumberInt('x')}", 'NumberInt has an invalid parameter'],
    ['{a: NumberInt(5000000000)}', 'NumberInt has an invalid parameter'],
    ['{a: NumberLong(1.5)}', 'NumberLong has an invalid parameter'],
    ["{a: NumberDecimal('x')}", 'NumberDecimal has an invalid parameter'],
    ['{a: new Date(1.5)}', 'Date has an invalid parameter'],
    ["{a: new Date('2020')}", 'Date has an invalid parameter'],
    ['{a: new Date(2020, 1)}', 'Date has an invalid parameter'],
    ['{a: new Date(1582, 1, 1)}', 'Date has an invalid parameter'],
    ['{a: new Date(8640000000000001)}', 'the value contains a date outside the range of dates'],
    ['{a: Date()}', 'Date(..) without new, which is the time of reading as text, is not supported'],
    ['{a: undefined}', 'undefined is not supported'],
    ["{a: DBPointer('a', 'b')}", 'DBPointer is not supported'],
    ["{a: {$date: 'yesterday'}}", 'a $date of extended JSON has invalid content'],
    ["{a: {$numberInt: '2147483648'}}", 'a $numberInt of extended JSON has invalid content'],
    ["{a: {$numberDouble: 'x'}}", 'a $numberDouble of extended JSON has invalid content'],
    ["{a: {$uuid: '06d01622d-b3d5-466d-ae48-e414901af8f2'}}", 'a $uuid of extended JSON has invalid content'],
    ["{a: {$uuid: '6d01622d-b3d5-466d-ae48-e414901af8f20'}}", 'a $uuid of extended JSON has invalid content'],
    ["{a: {$uuid: 'x'}}", 'a $uuid of extended JSON has invalid content'],
    ['{a: {$undefined: true}}', 'the BSON type $undefined is deprecated and not supported'],
    ['{a: {$dbPointer: 1}}', 'the BSON type $dbPointer is deprecated and not supported'],
    ["{'a\\u0000': 1}", 'a field name holds a NUL character'],
    ["{a: '\\ud800'}", 'a text holds half of a surrogate pair'],
    ['{a: 9223372036854775808}', 'a whole number does not fit into 64 bits'],
  ])('says why it refuses %s', (text, reason) => {
    expect(said(() => stored(readRelaxedJson(text)))).toBe(reason);
  });

  it('takes the white space of Java between its words, and no space that does not break', () => {
    const spaces = '\t\n\v\f\r\x1c\x1d\x1e\x1f \u1680\u2000\u2006\u2008\u200a\u2028\u2029\u205f\u3000';
    const between = (space: string) => said(() => stored(readRelaxedJson(`{${space}a${space}:${space}1${space}}`)));
    for (const space of spaces) expect(between(space), JSON.stringify(space)).toBe(strict('{"a":1}'));
    for (const space of '\x08\x0e\x1b\x85\xa0\u2007\u202f\ufeff')
      expect(between(space), JSON.stringify(space)).toBe('the value is not JSON');
  });

  it.each([
    ['documents', (levels: number) => `${'{a: '.repeat(levels)}1${'}'.repeat(levels)}`],
    ['arrays', (levels: number) => `{a: ${'['.repeat(levels - 1)}1${']'.repeat(levels - 1)}}`],
    [
      'a scope',
      (levels: number) => `{a: {$code: 'f', $scope: ${'{a: '.repeat(levels - 2)}1${'}'.repeat(levels - 2)}}}`,
    ],
  ])('takes 100 levels of %s, and no more', (_, nested) => {
    expect(said(() => stored(readRelaxedJson(nested(100))))).toContain('{"v":');
    expect(said(() => stored(readRelaxedJson(nested(101))))).toBe('the value is nested deeper than 100 levels');
  });

  it('reads all of JSON to what the strict reader makes of it', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const text = `{"a": ${json}}`;
        expect(said(() => stored(new ShellReader(text).readDocument()))).toBe(said(() => strict(text)));
      }),
    );
  });

  it('takes texts of megabytes', () => {
    const text = 'x\\n'.repeat(1_000_000);
    expect((readRelaxedJson(`{a: "${text}"}`) as Map<string, string>).get('a')).toHaveLength(2_000_000);
  });
});
