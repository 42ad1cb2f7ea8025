import { describe, expect, it } from 'vitest';
import {
  allowList,
  blockList,
  projectionOf,
} from '../../../../../../functions/documentdb-sink/connector/post-processors/field-projection.ts';
import { PropertyError } from '../../../../../../functions/documentdb-sink/connector/property-error.ts';
import { documentOf, inOrder } from '../../../../../support/sink-documents.ts';

const BYTES = '{$binary: {base64: "eHl6", subType: "00"}}';
const FLAT = `{_id: "XYZ", myBoolean: true, myInt: 42, myBytes: ${BYTES}, myArray: []}`;
const NESTED_KEY =
  '{_id: "ABC", myInt: 42, subDoc1: {myString: "BSON1", myBoolean: false}, subDoc2: {myString: "BSON2", myBoolean: true}}';
const SUB_1 = '{myFieldA: "t", myFieldB: 12.34, subSubDoc: {myString: "t", myInt: 0, myBoolean: false}}';
const ARRAY = '[{key: "abc", value: 123}, {key: "xyz", value: 987}]';
const NESTED = `{_id: "XYZ", myBoolean: true, subDoc1: ${SUB_1}, subDoc2: {myFieldA: "t", myFieldB: 12.34, subSubDoc: {myBytes: ${BYTES}, myArray: ${ARRAY}}}}`;

describe('a projection', () => {
  it.each([
    ['', FLAT, FLAT],
    ['*', FLAT, '{}'],
    ['**', FLAT, '{}'],
    ['myB*', FLAT, '{_id: "XYZ", myInt: 42, myArray: []}'],
    ['_id', FLAT, `{myBoolean: true, myInt: 42, myBytes: ${BYTES}, myArray: []}`],
    [' myBoolean , myInt', FLAT, `{_id: "XYZ", myBytes: ${BYTES}, myArray: []}`],
    ['missing1,unknown2', FLAT, FLAT],
    [
      '_id, subDoc1.myString, subDoc2.myBoolean',
      NESTED_KEY,
      '{myInt: 42, subDoc1: {myBoolean: false}, subDoc2: {myString: "BSON2"}}',
    ],
    [
      '*',
      NESTED_KEY,
      '{subDoc1: {myString: "BSON1", myBoolean: false}, subDoc2: {myString: "BSON2", myBoolean: true}}',
    ],
    ['**', NESTED_KEY, '{}'],
    ['*.myString', NESTED_KEY, '{subDoc1: {myBoolean: false}, subDoc2: {myBoolean: true}}'],
    ['*.*', NESTED_KEY, '{subDoc1: {}, subDoc2: {}}'],
    ['*.', '{a: 1, b: {"": 2, c: 3}}', '{b: {"": 2, c: 3}}'],
    ['_id, subDoc1,subDoc2', NESTED, '{myBoolean: true}'],
    ['subDoc1.subSubDoc,subDoc2', NESTED, '{_id: "XYZ", myBoolean: true, subDoc1: {myFieldA: "t", myFieldB: 12.34}}'],
    [
      '*,subDoc1.*,subDoc2.**',
      NESTED,
      '{subDoc1: {subSubDoc: {myString: "t", myInt: 0, myBoolean: false}}, subDoc2: {}}',
    ],
    [
      '*.*',
      NESTED,
      `{subDoc1: {subSubDoc: {myString: "t", myInt: 0, myBoolean: false}}, subDoc2: {subSubDoc: {myBytes: ${BYTES}, myArray: ${ARRAY}}}}`,
    ],
    ['*.subSubDoc', NESTED, '{subDoc1: {myFieldA: "t", myFieldB: 12.34}, subDoc2: {myFieldA: "t", myFieldB: 12.34}}'],
    [
      'subDoc1.*.myString,subDoc2.subSubDoc.*',
      NESTED,
      '{_id: "XYZ", myBoolean: true, subDoc1: {subSubDoc: {myInt: 0, myBoolean: false}}, subDoc2: {myFieldA: "t", myFieldB: 12.34, subSubDoc: {}}}',
    ],
    [
      'subDoc1,subDoc2.myFieldA,subDoc2.myFieldB,subDoc2.subSubDoc.myBytes,subDoc2.subSubDoc.myArray.key',
      NESTED,
      '{_id: "XYZ", myBoolean: true, subDoc2: {subSubDoc: {myArray: [{value: 123}, {value: 987}]}}}',
    ],
  ])('with a block list of %s removes these fields', (list, document, expected) => {
    const projected = documentOf(document);
    blockList(list)(projected);
    expect(inOrder(projected)).toEqual(inOrder(documentOf(expected)));
  });

  it.each([
    ['', FLAT, '{}'],
    ['*', FLAT, FLAT],
    ['**', FLAT, FLAT],
    ['myB*', FLAT, `{myBoolean: true, myBytes: ${BYTES}}`],
    ['missing1, unknown2', FLAT, '{}'],
    ['myBoolean, myBytes,myArray', FLAT, `{myBoolean: true, myBytes: ${BYTES}, myArray: []}`],
    ['', NESTED_KEY, '{}'],
    ['*', NESTED_KEY, '{_id: "ABC", myInt: 42, subDoc1: {}, subDoc2: {}}'],
    ['*.myString', NESTED_KEY, '{_id: "ABC", myInt: 42, subDoc1: {myString: "BSON1"}, subDoc2: {myString: "BSON2"}}'],
    ['', NESTED, '{}'],
    ['*', NESTED, '{_id: "XYZ", myBoolean: true, subDoc1: {}, subDoc2: {}}'],
    [
      'subDoc1.**,subDoc2.subSubDoc.myArray.*',
      NESTED,
      `{subDoc1: ${SUB_1}, subDoc2: {subSubDoc: {myArray: ${ARRAY}}}}`,
    ],
    ['**', NESTED, NESTED],
    ['subDoc2.subSubDoc.myArray.key', NESTED, '{subDoc2: {subSubDoc: {myArray: [{key: "abc"}, {key: "xyz"}]}}}'],
    ['subDoc1*', NESTED, `{subDoc1: ${SUB_1}}`],
    ['.a', '{"": 1, a: 2}', '{}'],
    ['ab.cd', '{a: 1, ab: {cd: 2}}', '{ab: {cd: 2}}'],
    ['abc', '{ab: 1, abc: 2, abcd: 3}', '{abc: 2}'],
    ['a.b.cd', '{a: {b: {c: 1, cd: 2}}}', '{a: {b: {cd: 2}}}'],
    ['x', '{"x..": 1, "x.": 2, "..": 3, "x.y": 4}', '{"x..": 1, "x.": 2}'],
    ['a.b', '{a: {"b.": 1, "c.": 2}}', '{a: {"b.": 1}}'],
    ['a.b', '{"a.b": 1, "a.c": 2, a: {b: 3, c: 4}}', '{"a.b": 1, a: {b: 3}}'],
    ['x.*', '{"x.": 1, "x": {"y": 1, "": {}}}', '{"x.": 1, "x": {"y": 1, "": {}}}'],
  ])('with an allow list of %s keeps these fields', (list, document, expected) => {
    const projected = documentOf(document);
    allowList(list)(projected);
    expect(inOrder(projected)).toEqual(inOrder(documentOf(expected)));
  });

  it('of a deep document takes no time that grows with the depth', () => {
    const names = Array.from({ length: 60 }, (_, depth) => `level${depth}`);
    const deep = names.reduceRight((inner, name) => `{${name}: ${inner}}`, '1');
    const projected = documentOf(deep);
    allowList(names.map(() => '*').join('.'))(projected);
    expect(inOrder(projected)).toEqual(inOrder(documentOf(deep)));
  });

  it('has a type in any case, with blanks around', () => {
    const projected = documentOf('{a: 1, b: 2}');
    projectionOf('key.projection.type', ' blockList ', 'a')(projected);
    expect(projected).toEqual(documentOf('{b: 2}'));
  });

  it('of another type than the two lists is refused', () => {
    expect(() => projectionOf('key.projection.type', 'none', '')).toThrow(PropertyError);
  });
});
