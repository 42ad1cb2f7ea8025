import { describe, expect, it } from 'vitest';
import {
  primitive,
  structSchema,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/schema.ts';
import { Struct } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/struct.ts';
import type { SchemaAndValue } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/to-document.ts';
import { UnwritableError } from '../../../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { chainOf, FIRST, transformed } from '../../../../../../support/one-transform.ts';

const MAP: SchemaAndValue = {
  schema: undefined,
  value: new Map<string, string | bigint>([
    ['a', 1n],
    ['b', 'x'],
  ]),
};
const schema = structSchema([
  { name: 'a', schema: { ...primitive('string'), default: 'd' } },
  { name: 'b', schema: primitive('string', true) },
]);
const aStruct = (values: Readonly<Record<string, string | null>>): SchemaAndValue => ({
  schema,
  value: Struct.of(schema, (name) => values[name]),
});
const FROM = { fields: 'a,b', headers: 'x,y' };

describe('headers', () => {
  it('are dropped by name, and inserted behind the others', () => {
    expect(transformed('DropHeaders', { headers: 'first' }, MAP).headers).toEqual([]);
    expect(transformed('DropHeaders', { headers: 'second' }, MAP).headers).toEqual([FIRST]);
    const inserted = { name: 'h', schema: undefined, value: 'v' };
    expect(transformed('InsertHeader', { header: 'h', 'value.literal': 'v' }, MAP).headers).toEqual([FIRST, inserted]);
  });

  it.each(['copy', 'move'])('get fields of an object: %s', (operation) => {
    const { headers, value } = transformed('HeaderFrom$Value', { fields: 'a,missing', headers: 'x,y', operation }, MAP);
    expect(headers).toEqual([
      FIRST,
      { name: 'x', schema: undefined, value: 1n },
      { name: 'y', schema: undefined, value: null },
    ]);
    const left = operation === 'copy' ? ['a', 'b'] : ['b'];
    expect([...(value().value as ReadonlyMap<string, unknown>).keys()]).toEqual(left);
  });

  it('get fields of a struct, which stay in it', () => {
    const struct = aStruct({ a: 'A', b: null });
    const { headers, value } = transformed('HeaderFrom$Value', { ...FROM, operation: 'copy' }, struct);
    expect(headers.slice(1)).toEqual([
      { name: 'x', schema: schema.fields[0]?.schema, value: 'A' },
      { name: 'y', schema: schema.fields[1]?.schema, value: null },
    ]);
    expect(value()).toEqual(struct);
  });

  it('get fields of a struct, which go from it', () => {
    const moved = { fields: 'a', headers: 'x', operation: 'move' };
    const { headers, value } = transformed('HeaderFrom$Value', moved, aStruct({ a: 'A', b: 'B' }));
    expect(headers[1]).toMatchObject({ name: 'x', value: 'A' });
    const left = value().value as Struct;
    expect(left.schema.fields.map(({ name }) => name)).toEqual(['b']);
    expect([left.get('b'), value().schema]).toEqual(['B', left.schema]);
  });

  it('get the default of a field that is missing', () => {
    const { headers } = transformed('HeaderFrom$Value', { ...FROM, operation: 'copy' }, aStruct({}));
    expect(headers.slice(1).map(({ value }) => value)).toEqual(['d', null]);
  });

  it('get no field that is not there, and no null where a value is required', () => {
    const copy = { operation: 'copy' };
    const absent = () => transformed('HeaderFrom$Value', { fields: 'c', headers: 'x', ...copy }, aStruct({ a: 'A' }));
    expect(absent).toThrow(UnwritableError);
    expect(absent).toThrow('the record has no field c');
    const kept = { ...FROM, ...copy, 'replace.null.with.default': 'false' };
    expect(() => transformed('HeaderFrom$Value', kept, aStruct({}))).toThrow(
      'a required field is null and cannot become a header',
    );
  });

  it.each(['MOVE', 'Copy'])('are refused with the operation %s, as in Kafka Connect', (operation) => {
    expect(() => chainOf('HeaderFrom$Value', { fields: 'a', headers: 'x', operation })).toThrow(
      'operation must be one of `move`, `copy`',
    );
  });

  it('have as many names as fields', () => {
    expect(() => chainOf('HeaderFrom$Key', { fields: 'a,b', headers: 'x', operation: 'copy' })).toThrow(
      'must have as many names as `fields`',
    );
  });
});
