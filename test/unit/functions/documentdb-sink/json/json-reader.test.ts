import { describe, expect, it } from 'vitest';
import { type JsonDialect, JsonReader } from '../../../../../functions/documentdb-sink/json/json-reader.ts';

const dialect = (changes: Partial<JsonDialect>): JsonDialect => ({
  number: (token) => token,
  object: (fields) => fields,
  lenient: false,
  ...changes,
});

describe('a lenient reader', () => {
  const read = (text: string) => new JsonReader(text, dialect({ lenient: true })).read();

  it.each([
    ['{"a":01} and more', new Map([['a', '01']])],
    ['007', '007'],
    ['true and more', true],
    ['1.', '1'],
    ['[-00.5e1]]', ['-00.5e1']],
  ])('takes leading zeros, and text behind the value: %s', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each(['"b', 'truex', 'null1', 'false$', 'true_', 'true1', 'trueé', 'true\0', 'tru', '{"a":1', '[1', '-', ''])(
    'refuses %j',
    (text) => {
      expect(() => read(text)).toThrow('the value is not JSON');
    },
  );
});

describe('a text in JSON', () => {
  const read = (character: string) => new JsonReader(`["${character}"]`).read();

  it('has none of the 32 characters of control, and any other', () => {
    for (let code = 0; code < 0x20; code += 1)
      expect(() => read(String.fromCharCode(code)), `U+${code}`).toThrow('the value is not JSON');
    for (const character of [' ', '\x7f', '\u2028']) expect(read(character)).toEqual([character]);
  });
});

describe('a reader with a longest name', () => {
  const read = (name: string) => new JsonReader(`{"${name}":1}`, dialect({ nameBytesMax: 6 })).read();

  it.each(['', 'abcdef', '€€', 'é€a', '\\u20ac\\u20ac'])('takes the name %s', (name) => {
    expect(read(name)).toEqual(new Map([[JSON.parse(`"${name}"`), '1']]));
  });

  it.each(['abcdefg', '€€a', 'ééé€', '\\u20ac\\u20aca'])('refuses the name %s, whose bytes are more', (name) => {
    expect(() => read(name)).toThrow('a field name is longer than 6 bytes');
  });
});
