import { Binary, Decimal128, Double, ObjectId, Timestamp } from 'mongodb';
import { expect, it } from 'vitest';
import { UnconvertibleError } from '../../../../../functions/documentdb-sink/converters/extended-json.ts';
import { readRelaxedJson } from '../../../../../functions/documentdb-sink/converters/relaxed-json.ts';
import { inOrder } from '../../../../support/sink-documents.ts';

const fields = (...entries: readonly (readonly [string, unknown])[]) => inOrder(new Map(entries));

it.each<[string, unknown]>([
  ['{"a": 1, "b": [true, null, 1.0]}', fields(['a', 1], ['b', [true, null, new Double(1)]])],
  ['{_id: 1234, $set: {foo: "bl\'ah"}}', fields(['_id', 1234], ['$set', new Map([['foo', "bl'ah"]])])],
  [`{'a b': 'it\\'s "x"', b:'\\u00e9\\\\'}`, fields(['a b', 'it\'s "x"'], ['b', 'é\\'])],
  ['{a: {b: [{c: -1e3}]}}', fields(['a', new Map([['b', [new Map([['c', new Double(-1000)]])]]])])],
  ['{a: "b: c, {d"}', fields(['a', 'b: c, {d'])],
  ["{a: ObjectId('599af247bb69cd89961c986d')}", fields(['a', new ObjectId('599af247bb69cd89961c986d')])],
  ['{a: NumberLong(5), b: NumberLong("6"), c: NumberInt(7)}', fields(['a', 5n], ['b', 6n], ['c', 7])],
  ['{a: NumberDecimal("1.5")}', fields(['a', Decimal128.fromString('1.5')])],
  ['{a: ISODate("2026-01-02T00:00:00Z"), b: new Date(0)}', fields(['a', new Date('2026-01-02')], ['b', new Date(0)])],
  [
    '{a: BinData(0, "AQ=="), b: Timestamp(1, 2)}',
    fields(['a', new Binary(Buffer.from([1]), 0)], ['b', new Timestamp({ t: 1, i: 2 })]),
  ],
  ['{true: false}', fields(['true', false])],
  ['1234', 1234],
])('reads %s', (text, expected) => {
  expect(inOrder(readRelaxedJson(text))).toEqual(expected);
});

it.each(['{not-Json}', '{a: b}', "{'a: 1}", '{a 1}', '{a: Foo(1)}', '{a: 1', '{a: ObjectId("x")}', '', '{a: /x/}'])(
  'takes %s for no JSON',
  (text) => {
    expect(() => readRelaxedJson(text)).toThrow(UnconvertibleError);
  },
);
