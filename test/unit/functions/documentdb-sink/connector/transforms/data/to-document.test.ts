import { Binary } from 'mongodb';
import { describe, expect, it } from 'vitest';
import {
  type ConnectValue,
  SmallNumber,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/connect-value.ts';
import {
  primitive,
  type Schema,
  structSchema,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/schema.ts';
import { Struct } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/struct.ts';
import {
  bsonOf,
  connectDataOf,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/to-document.ts';

const mapOf = (values: Schema): Schema => ({ ...primitive('bytes'), type: 'map', keys: primitive('string'), values });
const inner = structSchema([{ name: 'a', schema: primitive('int64') }]);
const struct = Struct.of(inner, () => 1n);

describe('what the connector makes of data', () => {
  it.each<[string, ConnectValue, object]>([
    ['nothing', null, { kind: 'null' }],
    ['a struct', struct, { kind: 'document', document: new Map([['a', 1n]]) }],
    ['a map', new Map([['a', 1n]]), { kind: 'document', document: new Map([['a', 1n]]) }],
    ['a text', 'x', { kind: 'text', text: 'x' }],
    ['bytes', Buffer.from('x'), { kind: 'bytes', bytes: Buffer.from('x') }],
    ['a list', [1n], { kind: 'other', type: 'an array' }],
    ['a number', 1n, { kind: 'other', type: 'a number, a boolean or a date' }],
    ['a date', new Date(0), { kind: 'other', type: 'a number, a boolean or a date' }],
  ])('of %s', (_, value, data) => {
    expect(connectDataOf({ schema: undefined, value })).toEqual(data);
  });

  it('has bytes as binary data, and small numbers as numbers', () => {
    expect(bsonOf(Buffer.from('x'), undefined)).toEqual(new Binary(Buffer.from('x')));
    expect(bsonOf(new SmallNumber('int32', 7), undefined)).toBe(7);
  });

  it('puts the default in place of a null in a map, where the value is of a simple type', () => {
    const optional: Schema = { ...primitive('int64', true), default: 7n };
    expect(bsonOf(new Map([['a', null]]), mapOf(optional))).toEqual(new Map([['a', 7n]]));
    expect(bsonOf(new Map([['a', null]]), mapOf(primitive('int64', true)))).toEqual(new Map([['a', null]]));
    expect(bsonOf(new Map([['a', null]]), mapOf({ ...inner, isOptional: true, default: struct }))).toEqual(
      new Map([['a', null]]),
    );
    expect(() => bsonOf(new Map([['a', null]]), mapOf(primitive('int64')))).toThrow('a int64 that is required is null');
  });

  it.each<[ConnectValue, Schema | undefined, string]>([
    [new Map([[1n, 1n]]), undefined, 'only maps whose keys are strings become documents'],
    [struct, undefined, 'a struct stands in a map without a schema'],
  ])('refuses what has no BSON: %#', (value, schema, reason) => {
    expect(() => bsonOf(value, schema)).toThrow(reason);
  });
});
