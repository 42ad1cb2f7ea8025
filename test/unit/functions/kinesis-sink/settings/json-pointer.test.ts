import { describe, expect, it } from 'vitest';
import { JSON_POINTER, valueAt } from '../../../../../functions/kinesis-sink/settings/json-pointer.ts';

describe('a JSON pointer', () => {
  /** https://www.rfc-editor.org/rfc/rfc6901#section-5 */
  const document = {
    foo: ['bar', 'baz'],
    '': 0,
    'a/b': 1,
    'c%d': 2,
    'e^f': 3,
    'g|h': 4,
    'i\\j': 5,
    'k"l': 6,
    ' ': 7,
    'm~n': 8,
    '~1': 9,
  };

  it.each([
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/foo/1', 'baz'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
    ['/~01', 9],
  ])('%s names what the RFC says', (pointer, value) => {
    expect(pointer).toMatch(JSON_POINTER);
    expect(valueAt(document, pointer)).toEqual(value);
  });

  it.each(['/foo/2', '/foo/01', '/foo/length', '/foo/-', '/nothing', '/foo/0/x', '/toString', '/__proto__'])(
    '%s names nothing',
    (pointer) => {
      expect(valueAt(document, pointer)).toBeUndefined();
    },
  );

  it.each(['', 'foo', '/a~', '/a~2', '#/foo'])('%j is none, or names the whole document', (pointer) => {
    expect(pointer).not.toMatch(JSON_POINTER);
  });

  it.each([null, undefined, 'text', 7])('names nothing in %j', (value) => {
    expect(valueAt(value, '/length')).toBeUndefined();
  });
});
