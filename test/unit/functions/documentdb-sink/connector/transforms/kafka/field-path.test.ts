import { describe, expect, it } from 'vitest';
import {
  primitive,
  structSchema,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/schema.ts';
import { Struct } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/struct.ts';
import { TransformError } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/transform-error.ts';
import {
  fieldAt,
  fieldPathOf,
  valueInMap,
  valueInStruct,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/kafka/fields/field-path.ts';
import type { TransformSettings } from '../../../../../../../functions/documentdb-sink/connector/transforms/transform-settings.ts';

function pathOf(field: string, version = 'V2') {
  const texts: Readonly<Record<string, string>> = { field, 'field.syntax.version': version };
  const settings = { text: (name: string) => texts[name], prefix: 'transforms.t.' } as unknown as TransformSettings;
  const { steps, last } = fieldPathOf(settings);
  return [...steps, last];
}
const split = (field: string) => {
  const all = pathOf(field);
  return { steps: all.slice(0, -1), last: all.at(-1) ?? '' };
};

describe('the path of a field', () => {
  it.each([
    ['a', ['a']],
    ['a.b.c', ['a', 'b', 'c']],
    ['', ['']],
    ['a.', ['a', '']],
    ['.a', ['', 'a']],
    ['a..b', ['a', '', 'b']],
    ['`a`', ['a']],
    ['`a.b`.c', ['a.b', 'c']],
    ['a.`b.c`', ['a', 'b.c']],
    ['`a.b`.`c.d`.e', ['a.b', 'c.d', 'e']],
    ['`a`b`', ['a`b']],
    ['`a\\`.b`', ['a`.b']],
    ['`a\\`.b\\`.c`.d', ['a`.b`.c', 'd']],
    ['a`b.c', ['a`b', 'c']],
    ['``', ['']],
  ])('%j has these steps', (field, steps) => {
    expect(pathOf(field)).toEqual(steps);
    expect(pathOf(field, 'v2')).toEqual(steps);
    expect(pathOf(field, 'V1')).toEqual([field]);
  });

  it.each(['`a', '`a\\`', '`a.b', '`', 'a.`b', '`a`b.c'])('%j has a backtick that is not closed', (field) => {
    expect(() => pathOf(field)).toThrow(`transforms.t.field=${field}: a backtick is not closed`);
  });
});

describe('the value at a path', () => {
  it.each([
    ['a', new Map([['b', 1n]])],
    ['a.b', 1n],
    ['a.x', null],
    ['x.b', null],
    ['n.b', null],
    ['n', null],
  ])('of an object is found: %s', (field, expected) => {
    const map = new Map<string, null | Map<string, bigint>>([
      ['a', new Map([['b', 1n]])],
      ['n', null],
    ]);
    expect(valueInMap(map, split(field))).toEqual(expected);
  });

  it('of an object is refused below what is no object', () => {
    expect(() => valueInMap(new Map([['a', 1n]]), split('a.b'))).toThrow(TransformError);
  });

  const inner = { ...structSchema([{ name: 'b', schema: primitive('int64') }]), isOptional: true };
  const outer = structSchema([
    { name: 'a', schema: inner },
    { name: 'n', schema: inner },
    { name: 's', schema: primitive('string') },
  ]);
  const struct = Struct.of(outer, (name) => {
    if (name === 'a') return Struct.of(inner, () => 1n);
    return name === 'n' ? null : 'text';
  });
  const read = (from: Struct, name: string) => from.get(name);

  it.each([
    ['a.b', 1n],
    ['s', 'text'],
    ['a.x', null],
    ['x.b', null],
    ['n.b', null],
    ['n', null],
  ])('of a struct is found: %s', (field, expected) => {
    expect(valueInStruct(struct, split(field), read)).toEqual(expected);
  });

  it('of a struct is refused below what is no struct', () => {
    expect(() => valueInStruct(struct, split('s.b'), read)).toThrow(TransformError);
  });

  it('has the schema that is found at the path', () => {
    expect(fieldAt(outer, split('a.b'))?.schema.type).toBe('int64');
    expect(fieldAt(outer, split('a'))?.name).toBe('a');
    expect([fieldAt(outer, split('a.x')), fieldAt(outer, split('x.b')), fieldAt(outer, split('x'))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(() => fieldAt(outer, split('s.b'))).toThrow(TransformError);
  });
});
