import { describe, expect, it } from 'vitest';
import { fieldAt } from '../../../../../functions/documentdb-sink/bson/field-lookup.ts';
import { regularExpressionOf } from '../../../../../functions/documentdb-sink/bson/regular-expression.ts';
import { UnconvertibleError } from '../../../../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { doc } from '../../../../support/write-models.ts';

describe('the value at a path', () => {
  const nameless = { b: 5, '': 6 };
  const document = doc({
    a: { b: { c: 1 }, 'x.y': 2, '': 7 },
    'a.b': { d: 3 },
    list: [{ b: 4 }],
    text: 'abc',
    '': nameless,
  });

  it.each([
    ['a.b', doc({ d: 3 })],
    ['a.b.c', 1],
    ['a.x.y', 2],
    ['text', 'abc'],
    ['', doc(nameless)],
    ['.b', 5],
  ])('is that of the field of the whole name, or else of the first documents on the path: %s', (path, value) => {
    expect(fieldAt(document, path)).toEqual(value);
  });

  it.each(['b', 'a.b.d', 'a.', 'a.c.d', 'list.0', 'list.b', 'text.length', '.a'])('is none: %s', (path) => {
    expect(fieldAt(document, path)).toBeUndefined();
  });
});

describe('a regular expression', () => {
  it('has any options, in the order in which BSON stores them', () => {
    expect(regularExpressionOf('a', 'zxi')).toMatchObject({ pattern: 'a', options: 'ixz' });
  });

  it.each([
    ['a\0', ''],
    ['a', 'i\0'],
    ['\0', '\0'],
  ])('holds no NUL, which would cut it short: %j, %j', (pattern, options) => {
    expect(() => regularExpressionOf(pattern, options)).toThrow(UnconvertibleError);
  });
});
