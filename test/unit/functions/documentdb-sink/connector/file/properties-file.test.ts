import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProperties } from '../../../../../../functions/documentdb-sink/connector/file/properties-file.ts';

const pairs = (text: string): readonly (readonly [string, string])[] =>
  parseProperties(text).entries.map(({ name, value }) => [name, value]);

/** As `java.util.Properties.store` writes: the inverse of `load`. */
const stored = (text: string, isName: boolean): string =>
  text
    .replaceAll(/[\\=:#!]/g, '\\$&')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\f', '\\f')
    .replace(isName ? / /g : /^ +/, (blanks) => blanks.replaceAll(' ', '\\ '))
    .replaceAll(/[^\t\n\r\f\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

describe('a properties file', () => {
  it.each([
    ['a=1', [['a', '1']]],
    ['a:1', [['a', '1']]],
    ['a 1', [['a', '1']]],
    ['  a \t= \f 1  ', [['a', '1  ']]],
    ['a = = b', [['a', '= b']]],
    ['a : = b', [['a', '= b']]],
    ['a==b', [['a', '=b']]],
    ['a', [['a', '']]],
    ['a=', [['a', '']]],
    ['=b', [['', 'b']]],
    ['a\\=b=c', [['a=b', 'c']]],
    ['a\\:b\\ c:d', [['a:b c', 'd']]],
    ['a=b # c', [['a', 'b # c']]],
  ])('splits %j at the first separator', (text, expected) => {
    expect(pairs(text)).toEqual(expected);
  });

  it('passes over comments and blank lines, whatever ends a line', () => {
    expect(pairs('# one\r\n  ! two\r\n\r\na=1\r \t\r\nb=2\n')).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
  });

  it('goes on with the next line after an odd number of backslashes, without its leading blanks', () => {
    expect(pairs('a=x,\\\n    y,\\\r\n\tz\nb=c\\\\\nd=e')).toEqual([
      ['a', 'x,y,z'],
      ['b', 'c\\'],
      ['d', 'e'],
    ]);
  });

  it('takes no continuation for a comment, and a blank one for the end', () => {
    expect(pairs('a=1\\\n# 2\nb=1\\\n\nc=3')).toEqual([
      ['a', '1# 2'],
      ['b', '1'],
      ['c', '3'],
    ]);
  });

  it('lets a name go on over lines', () => {
    expect(pairs('top\\\n  ics=a\n\\\n#comment\nb=\\')).toEqual([
      ['topics', 'a'],
      ['b', ''],
    ]);
  });

  it.each([
    ['\\', [['', '']]],
    [
      'a=1\n\\\n',
      [
        ['a', '1'],
        ['', ''],
      ],
    ],
    ['\\\n  ', []],
    ['a\\\n', [['a', '']]],
  ])('ends with a backslash as Java has it: %j', (text, expected) => {
    expect(pairs(text)).toEqual(expected);
  });

  it('understands escapes, and takes a backslash away before any other character', () => {
    expect(pairs('a=\\t\\n\\r\\f\\u00e9\\\\ \\q\\"')).toEqual([['a', '\t\n\r\fé\\ q"']]);
  });

  it('names the line of a malformed \\u, and reads the rest', () => {
    expect(parseProperties('a=1\nb=\\u12\nc=\\\\u12')).toEqual({
      entries: [
        { name: 'a', value: '1', line: 1 },
        { name: 'c', value: '\\u12', line: 3 },
      ],
      faults: [{ line: 2, problem: 'a \\u is not followed by four hexadecimal digits' }],
    });
  });

  it('says on which line an entry begins, and keeps each of several', () => {
    expect(parseProperties('\na=1\\\n2\n\na=3').entries).toEqual([
      { name: 'a', value: '12', line: 2 },
      { name: 'a', value: '3', line: 5 },
    ]);
  });

  it('reads what Properties.store writes of any name and value', () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom(...' \\=:#!\t\n\r\fé'), fc.string({ minLength: 1, maxLength: 1 })),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 5 }), (entries) => {
        const file = entries.map(([name, value]) => `${stored(name, true)}=${stored(value, false)}`).join('\n');
        expect(pairs(file)).toEqual(entries);
      }),
    );
  });
});
