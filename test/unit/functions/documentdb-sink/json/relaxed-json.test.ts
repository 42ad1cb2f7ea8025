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
  ])('refuses %j without quoting it', (text) => {
    expect(() => readRelaxedJson(text)).toThrow(UnconvertibleError);
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
