import fc from 'fast-check';
import { Binary, BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { EncodedDocument } from '../../../../../functions/documentdb-sink/bson/encoded-document.ts';
import { readSchemalessJson } from '../../../../../functions/documentdb-sink/connector/converters/json-converter.ts';
import { decodeUtf8 } from '../../../../../functions/documentdb-sink/java/text/utf8.ts';
import { convertJson } from '../../../../../functions/documentdb-sink/json/json.ts';
import { readRelaxedJson } from '../../../../../functions/documentdb-sink/json/relaxed-json.ts';
import {
  EXTENDED_JSON,
  RELAXED_JSON,
  SCHEMALESS_JSON,
} from '../../../../../functions/documentdb-sink/transcode/dialect.ts';
import { Transcoder } from '../../../../../functions/documentdb-sink/transcode/transcoder.ts';
import { type Payload, payloadOf } from '../../../../../shared/record.ts';
import { documentIn } from '../../../../support/document-server/received.ts';

const VERSION = { 'orders-0': 7n, ts: 1_700_000_000_000n };
const payload = (text: string | Uint8Array) => payloadOf(Buffer.from(text as string).toString('base64'));

/** A way of reading JSON, and what reads it otherwise. */
interface Way {
  readonly name: string;
  readonly transcoder: Transcoder;
  readonly read: (payload: Payload) => ReadonlyMap<string, unknown>;
}

const ways = {
  extended: {
    name: 'extended JSON',
    transcoder: new Transcoder(EXTENDED_JSON),
    read(value) {
      const conversion = convertJson(value);
      if (!conversion.ok) throw new Error(conversion.detail);
      return conversion.document;
    },
  },
  relaxed: {
    name: 'the text of StringConverter',
    transcoder: new Transcoder(RELAXED_JSON),
    read: (value) => readRelaxedJson(decodeUtf8(Buffer.from(value.bytes()))),
  },
  schemaless: {
    name: 'JsonConverter',
    transcoder: new Transcoder(SCHEMALESS_JSON),
    read(value) {
      const data = readSchemalessJson(Buffer.from(value.bytes()));
      if (data.kind !== 'document') throw new Error(`is ${data.kind}`);
      return data.document;
    },
  },
} satisfies Readonly<Record<string, Way>>;
const { extended, relaxed, schemaless } = ways;
const allWays: readonly Way[] = Object.values(ways);

/** The document by the straight path, in BSON; undefined if the value takes the other way. */
function straight({ transcoder, read }: Way, text: string | Uint8Array, id: unknown = 'key'): Uint8Array | undefined {
  const value = payload(text);
  const fields = transcoder.transcode(value);
  return fields && new EncodedDocument({ id, fields, value, decode: read }, VERSION).bytes();
}

/** The same document by the other way. */
function serialized({ read }: Way, text: string | Uint8Array, id: unknown = 'key'): Uint8Array {
  const document = new Map([['_id', id]]);
  for (const [name, value] of read(payload(text))) if (name !== '_id') document.set(name, value);
  return BSON.serialize(document.set('_k', VERSION) as unknown as BSON.Document);
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

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

  it.each([
    '{}',
    ' { "a" : 1 } \n',
    '{"a":0,"b":-0,"c":-0.0,"d":1.5,"e":1e3,"f":0.1234567890123456789,"g":-1E-400,"h":5.0}',
    '{"a":999999999999999,"b":-999999999999999,"c":4294967296,"d":-4294967297}',
    '{"a":1e+5,"b":-2E+05}',
    `{"a":0.${'1'.repeat(398)}}`,
    '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00e9\\u20ac"}',
    '{"a":"значение"}',
    '{"_class":"x","__k":1,"a":{"_k":1,"_deletedAt":2,"_id":3}}',
    '{"a":{"x":1},"b":{"x":2},"x":3}',
    '{"10":1,"2":2,"__proto__":3,"":4,"a.b":5}',
    `{"a":[${Array(131_000).fill('1').join()}]}`,
    `{"a":${'['.repeat(98)}${']'.repeat(98)}}`,
    `{${Array.from({ length: 40 }, (_, index) => `"field${index}":"${'x'.repeat(index)}"`).join()}}`,
  ])('is written straight: %.60s', (text) => {
    expect(hex(straight(way, text) ?? new Uint8Array())).toBe(hex(serialized(way, text)));
  });

  it.each([
    ['no document', '[1]'],
    ['no JSON', '{"a":1,}'],
    ['text behind the document', '{"a":1}}'],
    ['a repeated name', '{"a":1,"b":2,"a":3}'],
    ['a name repeated around a document', '{"a":1,"b":{"a":2},"a":3}'],
    ['a repeated name in a document', '{"a":{"b":1,"b":2}}'],
    ['extended JSON', '{"a":{"$oid":"0123456789abcdef01234567"}}'],
    ['a name with $', '{"$a":1}'],
    ['a reserved field', '{"_k":1}'],
    ['another reserved field', '{"a":1,"_deletedAt":2}'],
    ['an escape in a name', '{"a\\u0062":1}'],
    ['half of a surrogate pair', '{"a":"\\ud800"}'],
    ['a control character', '{"a":"\u0001"}'],
    ['a whole number of 16 digits', '{"a":1000000000000000}'],
    ['a leading zero', '{"a":01}'],
    ['a number of 401 characters', `{"a":0.${'1'.repeat(399)}}`],
    ['an exponent without digits', '{"a":1e}'],
    ['too many levels', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`],
    ['too many names', `{${Array.from({ length: 201 }, (_, index) => `"${index}":0`).join()}}`],
    ['a long value', `{"a":"${'x'.repeat(256 * 1_024)}"}`],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d])],
    ['a name that is no UTF-8', Buffer.from([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
    ['a byte-order mark', '\ufeff{}'],
    ['nothing', ''],
    ['an open text', '{"a":"b'],
    ['an open name', '{"a'],
    ['an open number', '{"a":1'],
    ['an open escape', '{"a":"\\'],
  ])('is left to the other way with %s', (_, text) => {
    expect(straight(way, text)).toBeUndefined();
  });
});

describe('a document that is written straight from its text', () => {
  it('is the document that a reader of BSON finds', () => {
    const text = '{"a":[1,2.5,{"b":[]},[[]],{}],"c":"é\\u20ac\\n","d":-2147483649,"e":null,"f":true,"_id":3,"g":5.0}';
    const read = documentIn(straight(extended, text) as Uint8Array);
    expect([...read.keys()]).toEqual(['_id', 'a', 'c', 'd', 'e', 'f', 'g', '_k']);
    expect(read.get('a')).toEqual([1, 2.5, new Map([['b', []]]), [[]], new Map()]);
    expect(read.get('c')).toBe('é€\n');
  });

  it.each(['text', 'ключ', '', new Binary(Buffer.from([255])), 'x'.repeat(1_000)])(
    'has the key %s as its _id',
    (id) => {
      expect(hex(straight(extended, '{"a":1}', id) as Uint8Array)).toBe(hex(serialized(extended, '{"a":1}', id)));
    },
  );

  it('has an _id of its own with the key alone in its place', () => {
    const text = '{"a":1,"_id":2}';
    expect(hex(straight(extended, text) as Uint8Array)).toBe(hex(serialized(extended, text)));
    expect(straight(relaxed, text)).toBeUndefined();
    expect(straight(schemaless, text)).toBeUndefined();
  });

  it('has names in the order of their hashes where Java has them so, or is left to the other way', () => {
    expect([...documentIn(straight(schemaless, '{"b":1,"a":2}') as Uint8Array).keys()]).toEqual([
      '_id',
      'a',
      'b',
      '_k',
    ]);
    expect(straight(schemaless, '{"ключ":1}')).toBeUndefined();
    expect(straight(extended, '{"ключ":1}')).toBeDefined();
    // Nine names in one bucket: "Aa" and "BB" have one hash, and so have all texts of them.
    const names = [
      'AaAaAaAa',
      'AaAaAaBB',
      'AaAaBBAa',
      'AaAaBBBB',
      'AaBBAaAa',
      'AaBBAaBB',
      'AaBBBBAa',
      'AaBBBBBB',
      'BBAaAaAa',
    ];
    const text = (count: number) => JSON.stringify(Object.fromEntries(names.slice(0, count).map((each) => [each, 1])));
    expect(straight(schemaless, text(9))).toBeUndefined();
    expect(hex(straight(schemaless, text(8)) as Uint8Array)).toBe(hex(serialized(schemaless, text(8))));
  });

  it('has a name of more than 50,000 bytes nowhere that Jackson refuses it', () => {
    const text = `{"${'x'.repeat(50_001)}":1}`;
    expect(straight(schemaless, text)).toBeUndefined();
    expect(straight(extended, text)).toBeDefined();
  });
});
