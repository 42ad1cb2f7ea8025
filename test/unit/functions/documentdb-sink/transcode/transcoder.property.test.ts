import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allWays, hex, serialized, straight } from '../../../../support/straight-ways.ts';

/** Mostly what JSON allows; now and then something else. */
const mostly = (good: fc.Arbitrary<string>, bad: readonly string[]) =>
  fc.oneof({ arbitrary: good, weight: 60 }, { arbitrary: fc.constantFrom(...bad), weight: 1 });

const blanks = mostly(fc.constantFrom('', '', ' ', '\n', '\t\r '), ['\u00a0', '\u2028', ',']);
const digits = fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 10n ** 17n })).map(String);
const whole = fc.oneof(digits, fc.constantFrom('0', '2147483647', '2147483648', '4294967296', '999999999999999'));
const number = mostly(
  fc
    .tuple(
      fc.constantFrom('', '', '-'),
      whole,
      fc.oneof(
        fc.constantFrom('', '.0', '.50'),
        digits.map((part) => `.${part}`),
      ),
      fc.constantFrom('', '', '', 'e3', 'E-7', 'e+400', 'e22'),
    )
    .map((parts) => parts.join('')),
  ['', '00', '01', '1.', '.5', '+1', '--1', '1e', '1e+', '9007199254740993', '99999999999999999999', 'NaN'],
);
const escaped = mostly(
  fc.constantFrom(...'nfrtb/"\\'.split('').map((letter) => `\\${letter}`), '\\u0041', '\\u00e9', '\\u20AC', '\\u0000'),
  ['\\ud83d\\ude00', '\\ud800', '\\x', '\\u12g4', '\\'],
);
const plain = mostly(
  fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => text.replace(/["\\]/g, '')),
  ['\u0001', '"'],
);
const string = fc.array(fc.oneof(plain, plain, escaped), { maxLength: 3 }).map((pieces) => `"${pieces.join('')}"`);
const name = mostly(
  fc.oneof(
    plain.map((text) => `"${text}"`),
    fc.constantFrom('"a"', '"b"', '"c"', '"d"', '"e"', '"f"', '"_id"', '"_class"', '"10"', '"2"', '"__proto__"', '""'),
  ),
  ['"_k"', '"_deletedAt"', '"$oid"', '"\\u0061"', 'a', '"a'],
);
const { json, document } = fc.letrec<{ json: string; document: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    mostly(fc.oneof(number, string, fc.constantFrom('true', 'false', 'null')), ['nul', 'truex', '', 'undefined']),
    fc.array(fc.tuple(blanks, tie('json'), blanks)).map((all) => `[${all.map((each) => each.join('')).join(',')}]`),
    tie('document'),
  ),
  document: fc
    .array(fc.tuple(blanks, name, blanks, tie('json'), blanks), { maxLength: 4 })
    .map((all) => `{${all.map(([a, b, c, d, e]) => `${a}${b}${c}:${d}${e}`).join(',')}}`),
}));
const someText = fc
  .tuple(blanks, fc.oneof({ arbitrary: document, weight: 9 }, json), blanks, mostly(fc.constant(''), ['}', ',', '{}']))
  .map((parts) => parts.join(''));

describe.each(allWays)('a document that is written straight from its text, as $name', (way) => {
  it('has the bytes that it has by the other way, whatever the text', () => {
    let count = 0;
    fc.assert(
      fc.property(someText, (text) => {
        const bytes = straight(way, text);
        if (bytes === undefined) return;
        count += 1;
        expect(hex(bytes)).toBe(hex(serialized(way, text)));
      }),
      { numRuns: 3_000 },
    );
    expect(count).toBeGreaterThan(500);
  });

  it('has the bytes that it has by the other way, whatever its values', () => {
    const document = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }));
    fc.assert(
      fc.property(document, (fields) => {
        const text = JSON.stringify(fields);
        const bytes = straight(way, text);
        if (bytes !== undefined) expect(hex(bytes)).toBe(hex(serialized(way, text)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('has the order of the other way, however many fields it has', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-zA-Z0-9]{1,6}$/), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(names, fc.array(fc.nat(59)), (all, nested) => {
        const inner = Object.fromEntries(nested.map((index) => [all[index % all.length] as string, index]));
        const text = JSON.stringify(Object.fromEntries(all.map((each) => [each, inner])));
        const bytes = straight(way, text);
        if (bytes !== undefined) expect(hex(bytes)).toBe(hex(serialized(way, text)));
      }),
      { numRuns: 300 },
    );
  });
  it('has room for an array of as many elements as a value may have', () => {
    const text = `{"a":[${Array(131_000).fill('1').join()}]}`;
    expect(hex(straight(way, text) ?? new Uint8Array())).toBe(hex(serialized(way, text)));
  });
});
