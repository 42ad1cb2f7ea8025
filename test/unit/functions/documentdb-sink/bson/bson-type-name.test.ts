import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { bsonTypeName } from '../../../../../functions/documentdb-sink/bson/bson-type-name.ts';

const { Binary, BSONRegExp, Code, Decimal128, Double, Long, MaxKey, MinKey, ObjectId, Timestamp } = BSON;

describe('bsonTypeName', () => {
  it.each([
    ['STRING', ''],
    ['BOOLEAN', false],
    ['INT32', 2_147_483_647],
    ['DOUBLE', 2_147_483_648],
    ['DOUBLE', 1.5],
    ['DOUBLE', new Double(1)],
    ['INT64', 1n],
    ['INT64', new Long(1)],
    ['NULL', null],
    ['NULL', undefined],
    ['ARRAY', []],
    ['DOCUMENT', new Map()],
    ['DATE_TIME', new Date(0)],
    ['BINARY', new Binary(Buffer.alloc(1))],
    ['REGULAR_EXPRESSION', new BSONRegExp('a')],
    ['JAVASCRIPT', new Code('a')],
    ['DECIMAL128', Decimal128.fromString('1')],
    ['OBJECT_ID', new ObjectId()],
    ['TIMESTAMP', new Timestamp({ t: 1, i: 1 })],
    ['MIN_KEY', new MinKey()],
    ['MAX_KEY', new MaxKey()],
  ])('is %s for row %#, as in the Java driver', (name, value) => {
    expect(bsonTypeName(value)).toBe(name);
  });
});
