import { Binary, BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { EncodedDocument } from '../../../../../functions/documentdb-sink/bson/encoded-document.ts';
import { EXTENDED_JSON, SCHEMALESS_JSON } from '../../../../../functions/documentdb-sink/transcode/dialect.ts';
import { Transcoder } from '../../../../../functions/documentdb-sink/transcode/transcoder.ts';
import { documentIn } from '../../../../support/document-server/received.ts';
import { allWays, hex, payload, serialized, straight, VERSION, ways } from '../../../../support/straight-ways.ts';

const { extended, relaxed, schemaless } = ways;

describe.each(allWays)('a document that is written straight from its text, as $name', (way) => {
  it.each([
    '{}',
    ' { "a" : 1 } \n',
    '\t\r\n {\r"a"\t:\n[\r\n\t 1\r,\t2\n]\r,\t"b"\n:\r{\t}\r}\t\r\n ',
    '{"a b":"c d","!":"!"," ":" "}',
    '{"a":false,"b":true,"c":null,"d":[false,true,null]}',
    '{"Aa":1,"BB":2,"AaAa":{"AaBB":1,"BBAa":2,"BBBB":3}}',
    '{"a":0,"b":-0,"c":-0.0,"d":1.5,"e":1e3,"f":0.1234567890123456789,"g":-1E-400,"h":5.0}',
    '{"a":999999999999999,"b":-999999999999999,"c":4294967296,"d":-4294967297}',
    '{"a":2147483647,"b":-2147483648,"c":2147483648,"d":-2147483649,"e":4294967295,"f":-4294967296}',
    '{"a":0.12345678901234,"b":-1.2345678901234,"c":12345678901234.5,"d":0.123456789012345,"e":123456789012345.6}',
    '{"a":1e+5,"b":-2E+05}',
    `{"a":0.${'1'.repeat(398)}}`,
    '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00e9\\u20ac"}',
    '{"a":"\\u007f\\u0080\\u07ff\\u0800\\ud7ff\\ue000\\uffff\\uFFFF\\uabcd\\uABCD\\u9876\\u0000"}',
    '{"a":"значение"}',
    '{"_class":"x","__k":1,"a":{"_k":1,"_deletedAt":2,"_id":3}}',
    '{"a":{"x":1},"b":{"x":2},"x":3}',
    '{"10":1,"2":2,"__proto__":3,"":4,"a.b":5}',
    `{"a":[${Array(1_001).fill('1').join()}]}`,
    `{"a":${'['.repeat(99)}${']'.repeat(99)}}`,
    `{"a":${'{"b":'.repeat(98)}{}${'}'.repeat(99)}`,
    `{"a":"${'x'.repeat(60_000)}","b":1}`,
    `{"${'x'.repeat(50_000)}":1}`,
    `{${Array.from({ length: 40 }, (_, index) => `"field${index}":"${'x'.repeat(index)}"`).join()}}`,
  ])('is written straight: %.60s', (text) => {
    expect(hex(straight(way, text) ?? new Uint8Array())).toBe(hex(serialized(way, text)));
  });

  it.each([
    ['no document', '[1]'],
    ['no opening brace', '["a":1}'],
    ['no closing brace', '{"a":1]'],
    ['a comma behind the last field', '{"a":1,}'],
    ['a comma before the first field', '{,"a":1}'],
    ['no comma between fields', '{"a":1;"b":2}'],
    ['no quote before a name', '{xa":1}'],
    ['no colon', '{"a";1}'],
    ['no value', '{"a":}'],
    ['a comma behind the last element', '{"a":[1,]}'],
    ['a comma before the first element', '{"a":[,1]}'],
    ['no comma between elements', '{"a":[1;2]}'],
    ['no end of an array', '{"a":[1}'],
    ['no JSON within a document', '{"a":{"b":1,}}'],
    ['part of a word', '{"a":tru}'],
    ['another word', '{"a":nil}'],
    ['a word of other letters in place of null', '{"a":nuxx}'],
    ['a word of other letters in place of true', '{"a":trux}'],
    ['a word of other letters in place of false', '{"a":falxx}'],
    ['a longer word', '{"a":falsey}'],
    ['text behind the document', '{"a":1}}'],
    ['a repeated name', '{"a":1,"b":2,"a":3}'],
    ['a repeated name of several letters', '{"abc":1,"b":2,"abc":3}'],
    ['a repeated name of several letters, the first of an object', '{"x":{"first":1,"first":2}}'],
    ['a name repeated around a document', '{"a":1,"b":{"a":2},"a":3}'],
    ['a repeated name in a document', '{"a":{"b":1,"b":2}}'],
    ['extended JSON', '{"a":{"$oid":"0123456789abcdef01234567"}}'],
    ['a name with $', '{"$a":1}'],
    ['a reserved field', '{"_k":1}'],
    ['another reserved field', '{"a":1,"_deletedAt":2}'],
    ['an escape in a name', '{"a\\u0062":1}'],
    ['half of a surrogate pair', '{"a":"\\ud800"}'],
    ['the first half of a surrogate pair', '{"a":"\\ud800"}'],
    ['the last half of a surrogate pair', '{"a":"\\udfff"}'],
    ['the escape of an unknown letter', '{"a":"\\v"}'],
    ['a point in place of a digit of an escape', '{"a":"\\u004."}'],
    ['a blank in place of a digit of an escape', '{"a":"\\u00 4"}'],
    ['a slash in place of a digit of an escape', '{"a":"\\u004/"}'],
    ['a colon in place of a digit of an escape', '{"a":"\\u004:"}'],
    ['an at sign in place of a digit of an escape', '{"a":"\\u004@"}'],
    ['a large G in place of a digit of an escape', '{"a":"\\u004G"}'],
    ['a backtick in place of a digit of an escape', '{"a":"\\u004`"}'],
    ['a small g in place of a digit of an escape', '{"a":"\\u004g"}'],
    ['three digits in an escape', '{"a":"\\u004"}'],
    ['a control character', '{"a":"\u001f"}'],
    ['a control character in a name', '{"\u001f":1}'],
    ['a whole number of 16 digits', '{"a":1000000000000000}'],
    ['a leading zero', '{"a":01}'],
    ['a leading zero behind a sign', '{"a":-01}'],
    ['a sign alone', '{"a":-}'],
    ['no digit before the point', '{"a":.5}'],
    ['no digit behind the point', '{"a":1.}'],
    ['no digit between the point and an exponent', '{"a":1.e5}'],
    ['no digit behind the sign of an exponent', '{"a":1e+}'],
    ['two signs', '{"a":--1}'],
    ['a plus', '{"a":+1}'],
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

describe('the memory of a transcoder', () => {
  it('holds the elements of an object of any size while they are put in order', () => {
    for (const length of [2_000, 2_040, 3_000, 60_000]) {
      const text = `{"before":"x","b":"${'b'.repeat(length)}","a":"${'a'.repeat(length)}"}`;
      const way = { ...schemaless, transcoder: new Transcoder(SCHEMALESS_JSON) };
      expect(hex(straight(way, text) ?? new Uint8Array())).toBe(hex(serialized(schemaless, text)));
      const nested = `{"z":"${'z'.repeat(9_000)}","c":${text}}`;
      expect(hex(straight(way, nested) ?? new Uint8Array())).toBe(hex(serialized(schemaless, nested)));
    }
  });

  const { read } = extended;
  const aWay = () => ({ ...extended, transcoder: new Transcoder(EXTENDED_JSON) });
  const textOf = (length: number) => `{"a":"${'x'.repeat(length - 8)}"}`;

  it.each([16_383, 16_384, 16_385, 40_000, 256 * 1_024])('holds a value of %i bytes', (length) => {
    const text = textOf(length);
    expect(hex(straight(aWay(), text) ?? new Uint8Array())).toBe(hex(serialized(extended, text)));
  });

  it('holds a value that follows a longer one, and nothing of the longer one', () => {
    const way = aWay();
    for (const length of [20_000, 10, 19_999, 41_000, 9]) {
      expect(straight(way, textOf(length))).toHaveLength(serialized(extended, textOf(length)).length);
      expect(straight(way, textOf(length).slice(0, -1))).toBeUndefined();
    }
  });

  it.each([16_383, 16_384, 16_385])('ends a text without an end after %i bytes', (length) => {
    expect(straight(aWay(), textOf(length + 2).slice(0, length))).toBeUndefined();
  });

  it('keeps the documents of many values, which share it', () => {
    const { transcoder } = aWay();
    const texts = Array.from({ length: 2_000 }, (_, index) => `{"a":[${index}],"b":"${'x'.repeat(index % 500)}"}`);
    const all = texts.map((text) => transcoder.transcode(payload(text)));
    expect(new Set(all.map((fields) => fields?.bytes)).size).toBeLessThan(10);
    for (const [index, fields] of all.entries()) {
      const document = fields && new EncodedDocument({ id: 1, fields, value: payload(''), decode: read }, VERSION);
      const { a, b } = BSON.deserialize(document?.bytes() ?? new Uint8Array());
      expect([a, b.length]).toEqual([[index], index % 500]);
    }
  });

  it('holds nothing of the values that are left to the other way', () => {
    const way = aWay();
    const names = Array.from({ length: 150 }, (_, index) => `"n${index}":0`).join();
    for (let turn = 0; turn < 3; turn += 1) expect(straight(way, `{${names},`)).toBeUndefined();
    expect(straight(way, `{${names}}`)).toBeDefined();
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
    // Nine names in one bucket of 16, which are two buckets of 32.
    const apart = ['aa', 'aq', 'bb', 'br', 'cc', 'cs', 'dd', 'dt', 'ee'];
    const object = (all: readonly string[]) => JSON.stringify(Object.fromEntries(all.map((each) => [each, each])));
    expect(straight(schemaless, object(apart))).toBeUndefined();
    const withAnother = object(['ab', ...apart.slice(0, 8)]);
    for (let times = 0; times < 3; times += 1)
      expect(hex(straight(schemaless, withAnother) as Uint8Array)).toBe(hex(serialized(schemaless, withAnother)));
  });

  it('has two names of one hash of which one begins with the other', () => {
    for (const text of ['{"oyicfc":1,"oyicfcb":2}', '{"oyicfcb":1,"oyicfc":2}']) {
      expect(hex(straight(schemaless, text) as Uint8Array)).toBe(hex(serialized(schemaless, text)));
      expect(straight(schemaless, text.replace('oyicfcb', 'oyicfc'))).toBeUndefined();
    }
  });

  it.each([
    ['12 names, for which a table has 16 buckets', [' ', ...'ABCDEFGHIJK']],
    ['13 names, for which a table has 32 buckets', ['0', ...'ABCDEFGHIJKL']],
    ['24 names, for which a table has 32 buckets', [' ', ...'ABCDEFGHIJKLMNOPQRSTUVW']],
    ['25 names, for which a table has 64 buckets', [' ', ...'ABCDEFGHIJKLMNOPQRSTUVWX']],
    ['seven names, of which six share a bucket', ['1', ...' 0@P`p']],
    ['names in one bucket, in their order', ['p', '`', 'P', '@', '0', ' ']],
  ])('has %s in the order of Java, also within others', (_, names) => {
    const fields = `{${names.map((name, index) => `${JSON.stringify(name)}:${index}`).join()}}`;
    const nested = `{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":10,"k":11,"x":${fields},"l":{"A":1,"0":2}}`;
    for (const text of [fields, nested]) {
      expect(hex(straight(schemaless, text) as Uint8Array)).toBe(hex(serialized(schemaless, text)));
    }
  });

  it('has a name of more than 50,000 bytes nowhere that Jackson refuses it', () => {
    const text = `{"${'x'.repeat(50_001)}":1}`;
    expect(straight(schemaless, text)).toBeUndefined();
    expect(straight(extended, text)).toBeDefined();
  });
});

describe('a value that is about as long as the first memory for texts', () => {
  it.each(Array.from({ length: 12 }, (_, index) => 16 * 1_024 - 8 + index))(
    'is read to its end, with %i bytes',
    (bytes) => {
      const read = (text: string) => new Transcoder(EXTENDED_JSON).transcode(payload(text));
      for (const name of ['a', 'ab', 'abc', 'abcd']) {
        const start = `{"${name}":"`;
        expect(read(`${start.padEnd(bytes - 2, 'x')}"}`)).toMatchObject({ start: 0, end: bytes });
        expect(read(start.padEnd(bytes, 'x'))).toBeUndefined();
      }
    },
  );
});
