import { describe, expect, it } from 'vitest';
import { fieldAt } from '../../../../../functions/documentdb-sink/bson/field-lookup.ts';
import type { MutableDocument } from '../../../../../functions/documentdb-sink/bson/sink-document.ts';
import { CUSTOM_STRATEGIES } from '../../../../../functions/documentdb-sink/connector/custom/registry.ts';
import { DEFAULTS } from '../../../../../functions/documentdb-sink/connector/file/properties-table.ts';
import { createNamespaceMapper } from '../../../../../functions/documentdb-sink/connector/namespace-mapper.ts';
import { TopicProperties } from '../../../../../functions/documentdb-sink/connector/topic-properties.ts';
import { readRelaxedJson } from '../../../../../functions/documentdb-sink/json/relaxed-json.ts';
import { aRecord } from '../../../../support/builders.ts';

const read = (text: string) => readRelaxedJson(text) as MutableDocument;
const [key, value] = ['Key', 'Value'].map((side) =>
  read(`{db: 'db${side}', coll: 'coll${side}', invalid: 1, ns: {db: 'nsDb${side}', coll: 'nsColl${side}'}}`),
);
const MAPPER = 'com.mongodb.kafka.connect.sink.namespace.mapping.FieldPathNamespaceMapper';

function mapped(fields: object, document = { key: () => key, value: () => value }): string {
  const named = Object.entries({ 'namespace.mapper': MAPPER, ...fields }).map(
    ([name, text]) => [name, String(text)] as const,
  );
  const map = createNamespaceMapper(new TopicProperties(new Map([...DEFAULTS, ...named])), CUSTOM_STRATEGIES);
  const { database, collection } = map(document, aRecord(), { database: 'myDB', collection: 'topic' });
  return `${database}.${collection}`;
}
const field = (side: string, target: string, path: string) => ({ [`namespace.mapper.${side}.${target}.field`]: path });
const strict = { 'namespace.mapper.error.if.invalid': 'true' };

describe('names from fields', () => {
  it.each([
    [field('key', 'database', 'db'), 'dbKey.topic'],
    [field('key', 'collection', 'coll'), 'myDB.collKey'],
    [{ ...field('key', 'database', 'ns.db'), ...field('key', 'collection', 'ns.coll') }, 'nsDbKey.nsCollKey'],
    [{ ...field('value', 'database', 'db'), ...field('key', 'collection', 'coll') }, 'dbValue.collKey'],
    [{ ...field('key', 'database', 'missing'), ...field('value', 'collection', 'coll') }, 'myDB.collValue'],
    [{ ...field('value', 'database', 'db'), ...field('value', 'collection', 'invalid') }, 'dbValue.topic'],
  ])('%j', (fields, expected) => expect(mapped(fields)).toBe(expected));

  it.each(['key', 'value'])('of the %s must be there, and texts, where that is asked for', (side) => {
    for (const target of ['database', 'collection']) {
      expect(() => mapped({ ...field(side, target, 'invalid'), ...strict })).toThrow(
        /^Invalid type for INT32 field path 'invalid', expected a String/,
      );
      expect(() => mapped({ ...field(side, target, 'missing'), ...strict })).toThrow(
        /^Missing document path 'missing'/,
      );
      const none = { key: () => undefined, value: () => undefined };
      expect(() => mapped({ ...field(side, target, 'db'), ...strict }, none)).toThrow(`Invalid ${side} document`);
      expect(mapped(field(side, target, 'db'), none)).toBe('myDB.topic');
    }
  });
});

describe('a name from a field', () => {
  it('is looked up by the whole path first, then down at the first dot', () => {
    const document = read("{a: 1234, 'x.y': 1, x: {y: 2, z: 3}, subDoc: {A: 123, B: {C: '12345.6789'}}}");
    const found = ['a', 'x.y', 'x.z', 'subDoc.A', 'subDoc.B.C', 'A', 'A.', 'subDoc.a', 'subDoc.a.b', 'subDoc.B.C.D'];
    expect(found.map((path) => fieldAt(document, path))).toEqual([
      1234,
      1,
      3,
      123,
      '12345.6789',
      ...Array.from({ length: 5 }, () => undefined),
    ]);
  });

  it.each([
    ['a'.repeat(115), true],
    ['a'.repeat(116), false],
    [`${'a'.repeat(113)}é`, true],
    [`${'a'.repeat(114)}é`, false],
    ['a$b', false],
    ['.a', false],
    ['system.a', false],
    ['systems.a', true],
  ])('has no more than 120 bytes with the database, and no name of the server: %s', (coll, isGood) => {
    const document = { key: () => read(`{coll: '${coll}'}`), value: () => value };
    const map = () => mapped(field('key', 'collection', 'coll'), document);
    if (isGood) expect(map()).toBe(`myDB.${coll}`);
    else expect(map).toThrow('the record gives an invalid collection name');
  });

  it.each([
    ['a'.repeat(63), true],
    ['a'.repeat(64), false],
    [`${'é'.repeat(31)}a`, true],
    ['é'.repeat(32), false],
    ['', false],
    ['a/b', false],
    ['a.b', false],
    ['a b', false],
    ['a"b', false],
    ['a$b', false],
  ])('of a database has 1 to 63 bytes that the server takes: %s', (db, isGood) => {
    const document = { key: () => new Map([['db', db]]), value: () => value };
    const map = () => mapped(field('key', 'database', 'db'), document);
    if (isGood) expect(map()).toBe(`${db}.topic`);
    else expect(map).toThrow('the record gives an invalid database name');
  });

  it('is marked as payload of its record', () => {
    const named = Object.entries({ 'namespace.mapper': MAPPER, ...field('key', 'collection', 'coll') });
    const map = createNamespaceMapper(new TopicProperties(new Map([...DEFAULTS, ...named])), CUSTOM_STRATEGIES);
    const fallback = { database: 'myDB', collection: 'topic' };
    expect(map({ key: () => key, value: () => value }, aRecord(), fallback).isOfRecord).toBe(true);
    expect(map({ key: () => undefined, value: () => value }, aRecord(), fallback)).toBe(fallback);
  });
});
