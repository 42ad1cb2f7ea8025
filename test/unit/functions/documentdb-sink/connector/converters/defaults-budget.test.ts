import { Binary } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { UnconvertibleError } from '../../../../../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { DefaultsBudget } from '../../../../../../functions/documentdb-sink/connector/converters/defaults-budget.ts';
import { readJsonWithSchema } from '../../../../../../functions/documentdb-sink/connector/converters/json-converter.ts';
import { createConnectConverter } from '../../../../../../functions/documentdb-sink/connector/transforms/connect-converter.ts';
import { UnwritableError } from '../../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { aRecord } from '../../../../../support/builders.ts';
import { topicProperties } from '../../../../../support/sink-documents.ts';

type Json = Readonly<Record<string, unknown>>;

const read = (schema: Json, payload: unknown) =>
  readJsonWithSchema(Buffer.from(JSON.stringify({ schema, payload })), { replaceNulls: true });

/** An array of structs, of each of which the payload has nothing. */
const arrayOf = (fields: readonly Json[], count: number) => {
  const schema = {
    type: 'struct',
    fields: [{ field: 'all', type: 'array', items: { type: 'struct', fields } }],
  };
  return read(schema, { all: Array.from({ length: count }, () => ({})) });
};
const fieldsOf = (count: number, field: Json) =>
  Array.from({ length: count }, (_, index) => ({ field: `f${index}`, ...field }));

describe('the budget of a record', () => {
  // A document of BSON has 16 MiB, and a field a byte for its type and one behind its name.
  it('has room for a field with its type, its name and its value, to the last byte', () => {
    const before = 16 * 1024 * 1024 - (1 + 'name'.length + 1 + 32);
    const budget = new DefaultsBudget();
    budget.spend(before);
    expect(() => budget.spendField('name', 32)).not.toThrow();
    expect(() => budget.spend(1)).toThrow(UnconvertibleError);
    const fuller = new DefaultsBudget();
    fuller.spend(before + 1);
    expect(() => fuller.spendField('name', 32)).toThrow(UnconvertibleError);
  });

  it.each<[string, unknown, number]>([
    ['a number', 5, 32],
    ['null', null, 32],
    ['a text', 'abc', 35],
    ['bytes', new Binary(Buffer.alloc(5)), 37],
    ['an array', ['a', [1]], 32 + 33 + 32 + 32],
    [
      'a document',
      new Map<string, unknown>([
        ['ab', 1],
        ['c', 'de'],
      ]),
      32 + 2 + 32 + 1 + 34,
    ],
  ])('pays for each use of %s', (_, value, size) => {
    const budget = new DefaultsBudget();
    expect([budget.use(value), budget.use(value)]).toEqual([value, value]);
    budget.spend(16 * 1_024 * 1_024 - 2 * size);
    expect(() => budget.spend(1)).toThrow('the schema adds more to the payload than a document holds');
  });
});

describe('what a schema adds to a payload', () => {
  it.each([
    ['absent fields', fieldsOf(1_000, { type: 'int32', optional: true }), 1_000],
    ['defaults', fieldsOf(1_000, { type: 'int32', default: 1 }), 1_000],
    ['long texts', fieldsOf(1, { type: 'string', default: 'x'.repeat(1_000_000) }), 100],
    ['arrays', fieldsOf(1, { type: 'array', items: { type: 'int32' }, default: Array(100_000).fill(1) }), 100],
  ])('is refused before it is made where a document cannot hold it: %s', (_what, fields, count) => {
    expect(() => arrayOf(fields, count)).toThrow(UnconvertibleError);
  });

  it('is refused where nulls in maps take a default', () => {
    const values = { type: 'string', optional: true, default: 'x'.repeat(1_000_000) };
    const schema = { type: 'struct', fields: [{ field: 'm', type: 'map', keys: { type: 'string' }, values }] };
    const m = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, null]));
    expect(() => read(schema, { m })).toThrow(UnconvertibleError);
  });

  it('is made where a document can hold it', () => {
    expect(arrayOf(fieldsOf(100, { type: 'int32', default: 1 }), 1_000)).toMatchObject({ kind: 'document' });
  });

  it('counts for its own record alone', () => {
    for (let record = 0; record < 10; record += 1) arrayOf(fieldsOf(100, { type: 'int32', default: 1 }), 1_000);
  });
});

describe('the defaults of a schema', () => {
  it('have no bound for a payload that has all its values', () => {
    const schema = { type: 'struct', fields: [{ field: 'a', type: 'array', items: { type: 'int32' } }] };
    expect(read(schema, { a: Array(700_000).fill(1) })).toMatchObject({ kind: 'document' });
  });

  it('are bounded before transforms too', () => {
    const fields = fieldsOf(1_000, { type: 'int32', default: 1 });
    const items = { type: 'struct', fields };
    const schema = { type: 'struct', fields: [{ field: 'all', type: 'array', items }] };
    const value = JSON.stringify({ schema, payload: { all: Array.from({ length: 1_000 }, () => ({})) } });
    const properties = topicProperties({ 'value.converter': 'org.apache.kafka.connect.json.JsonConverter' });
    const convert = createConnectConverter(properties, 'value');
    expect(() => convert(aRecord({ value }).value)).toThrow(UnwritableError);
  });
});
