import fc from 'fast-check';
import { BSON, Double } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { convertJson } from '../../../../../functions/documentdb-sink/json/json.ts';
import { payloadOf } from '../../../../../shared/record.ts';
import { randomRuns } from '../../../../support/random-runs.ts';

const convert = (text: string | Uint8Array) => convertJson(payloadOf(Buffer.from(text).toString('base64')));

function documentOf(text: string): ReadonlyMap<string, unknown> {
  const conversion = convert(text);
  if (!conversion.ok) throw new Error(conversion.detail);
  return conversion.document;
}

const bytesOf = (text: string) => Buffer.from(BSON.serialize(documentOf(text) as unknown as BSON.Document));

/** What a server would store, in canonical extended JSON: every type is visible. */
function stored(text: string): string {
  const conversion = convert(text);
  if (!conversion.ok) return `refused: ${conversion.detail}`;
  const bytes = BSON.serialize(conversion.document as unknown as BSON.Document);
  return BSON.EJSON.stringify(BSON.deserialize(bytes, { promoteValues: false, bsonRegExp: true }), { relaxed: false });
}

describe('numbers', () => {
  it.each([
    ['0', '{"$numberInt":"0"}'],
    ['-0', '{"$numberInt":"0"}'],
    ['-0.0', '{"$numberDouble":"-0.0"}'],
    ['42', '{"$numberInt":"42"}'],
    ['2147483647', '{"$numberInt":"2147483647"}'],
    ['2147483648', '{"$numberLong":"2147483648"}'],
    ['-2147483648', '{"$numberInt":"-2147483648"}'],
    ['-2147483649', '{"$numberLong":"-2147483649"}'],
    ['1489705200000', '{"$numberLong":"1489705200000"}'],
    ['9007199254740993', '{"$numberLong":"9007199254740993"}'],
    ['9223372036854775807', '{"$numberLong":"9223372036854775807"}'],
    ['-9223372036854775808', '{"$numberLong":"-9223372036854775808"}'],
    ['5.0', '{"$numberDouble":"5.0"}'],
    ['5.00', '{"$numberDouble":"5.0"}'],
    ['1e3', '{"$numberDouble":"1000.0"}'],
    ['1.5E1', '{"$numberDouble":"15.0"}'],
    ['1E+2', '{"$numberDouble":"100.0"}'],
    ['12345.6789', '{"$numberDouble":"12345.6789"}'],
    ['2147483648.0', '{"$numberDouble":"2147483648.0"}'],
    ['1e400', '{"$numberDouble":"Infinity"}'],
    ['5e-324', '{"$numberDouble":"5e-324"}'],
  ])('stores %s as %s, at the top, in an object and in nested arrays', (number, expected) => {
    expect(stored(`{"n":${number},"o":{"n": ${number} },"a":[[${number}, ${number}]]}`)).toBe(
      `{"n":${expected},"o":{"n":${expected}},"a":[[${expected},${expected}]]}`,
    );
  });

  it.each(['9223372036854775808', '-9223372036854775809', '1'.repeat(5_000)])(
    'refuses a whole number beyond 64 bits rather than change it',
    (number) => expect(stored(`{"n":${number}}`)).toBe('refused: a whole number does not fit into 64 bits'),
  );

  it('gives every int64 back exactly, and every double bit by bit', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (whole, double) => {
          const conversion = convert(
            `{"whole":${whole},"double":${Object.is(double, -0) ? '-0.0' : double.toExponential()}}`,
          );
          if (!conversion.ok) throw new Error(conversion.detail);
          const bytes = BSON.serialize(conversion.document as unknown as BSON.Document);
          const read = BSON.deserialize(bytes, { promoteValues: false });
          expect(String(read['whole'])).toBe(String(whole));
          expect(read['double']).toBeInstanceOf(Double);
          expect(Object.is(read['double'].value, double)).toBe(true);
        },
      ),
    );
  });
});

describe('names', () => {
  it('keeps the order of integer-like names, which an object would change', () => {
    const bytes = bytesOf('{"beta":1,"7001":2,"305":3,"alpha":{"42":1,"17":2}}');
    const places = ['beta', '7001', '305', 'alpha', '42', '17'].map((name) => bytes.indexOf(`${name}\0`));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(Math.min(...places)).toBeGreaterThan(0);
  });

  it('of duplicate names lets the last win, in the first place', () => {
    expect(stored('{"a":1,"b":2,"a":true}')).toBe('{"a":true,"b":{"$numberInt":"2"}}');
  });

  it('takes names that mean something to the driver or to JavaScript as names', () => {
    const text = '{"_bsontype":"ObjectId","__proto__":{"toBSON":"x"},"constructor":null}';
    expect(convert(text)).toEqual({
      ok: true,
      document: new Map<string, unknown>([
        ['_bsontype', 'ObjectId'],
        ['__proto__', new Map([['toBSON', 'x']])],
        ['constructor', null],
      ]),
    });
    const bytes = bytesOf(text);
    for (const name of ['_bsontype', '__proto__', 'toBSON', 'constructor'])
      expect(bytes.includes(`${name}\0`)).toBe(true);
  });

  it('refuses a name with a NUL character, which BSON cannot hold', () => {
    expect(stored('{"a":{"b\\u0000c":1}}')).toBe('refused: a field name holds a NUL character');
  });
});

describe('extended JSON', () => {
  it.each([
    ['{"$oid":"5f1b2c3d4e5f60718293a4b5"}', '{"$oid":"5f1b2c3d4e5f60718293a4b5"}'],
    ['{"$date":"2017-03-17T01:00:00Z"}', '{"$date":{"$numberLong":"1489712400000"}}'],
    ['{"$date":"2017-03-17T01:00:00.123+02"}', '{"$date":{"$numberLong":"1489705200123"}}'],
    ['{"$date":"2017-03-17T01:00:00+0200"}', '{"$date":{"$numberLong":"1489705200000"}}'],
    ['{"$date":"2017-03-17T01:00:00.5-0330"}', '{"$date":{"$numberLong":"1489725000500"}}'],
    ['{"$date":{"$numberLong":"-1"}}', '{"$date":{"$numberLong":"-1"}}'],
    ['{"$date":{"$numberLong":"8640000000000000"}}', '{"$date":{"$numberLong":"8640000000000000"}}'],
    ['{"$date":{"$numberLong":"-8640000000000000"}}', '{"$date":{"$numberLong":"-8640000000000000"}}'],
    ['{"$date":1489705200000}', '{"$date":{"$numberLong":"1489705200000"}}'],
    ['{"$numberInt":"7"}', '{"$numberInt":"7"}'],
    ['{"$numberInt":"0"}', '{"$numberInt":"0"}'],
    ['{"$numberLong":"7"}', '{"$numberLong":"7"}'],
    ['{"$numberDouble":"7"}', '{"$numberDouble":"7.0"}'],
    ['{"$numberInt":7}', '{"$numberInt":"7"}'],
    ['{"$numberLong":5000000000}', '{"$numberLong":"5000000000"}'],
    ['{"$numberDouble":7}', '{"$numberDouble":"7.0"}'],
    ['{"$numberDouble":7.0}', '{"$numberDouble":"7.0"}'],
    ['{"$numberDouble":7.5}', '{"$numberDouble":"7.5"}'],
    ['{"$numberDouble":"-12.25"}', '{"$numberDouble":"-12.25"}'],
    ['{"$numberDouble":"125e2"}', '{"$numberDouble":"12500.0"}'],
    ['{"$numberDouble":"1.25E+12"}', '{"$numberDouble":"1250000000000.0"}'],
    ['{"$numberDouble":"1e-2"}', '{"$numberDouble":"0.01"}'],
    ['{"$numberDouble":"Infinity"}', '{"$numberDouble":"Infinity"}'],
    ['{"$numberDouble":"NaN"}', '{"$numberDouble":"NaN"}'],
    ['{"$numberDouble":"-Infinity"}', '{"$numberDouble":"-Infinity"}'],
    ['{"$numberDecimal":"12345.6789"}', '{"$numberDecimal":"12345.6789"}'],
    ['{"$binary":{"base64":"S2Fma2E=","subType":"00"}}', '{"$binary":{"base64":"S2Fma2E=","subType":"00"}}'],
    ['{"$binary":"S2Fma2E=","$type":"80"}', '{"$binary":{"base64":"S2Fma2E=","subType":"80"}}'],
    ['{"$binary":{"base64":"S2Fma2E","subType":"0"}}', '{"$binary":{"base64":"S2Fma2E=","subType":"00"}}'],
    ['{"$binary":{"base64":"-_8","subType":"fF"}}', '{"$binary":{"base64":"+/8=","subType":"ff"}}'],
    ['{"$binary":{"base64":"AA","subType":"00"}}', '{"$binary":{"base64":"AA==","subType":"00"}}'],
    ['{"$binary":{"base64":"","subType":"00"}}', '{"$binary":{"base64":"","subType":"00"}}'],
    ['{"$binary":"S2Fma2E=","$type":128}', '{"$binary":{"base64":"S2Fma2E=","subType":"80"}}'],
    ['{"$type":"00","$binary":"S2Fma2E="}', '{"$binary":{"base64":"S2Fma2E=","subType":"00"}}'],
    [
      '{"$uuid":"c8edabc3-f738-4ca3-b68d-ab92a91478a3"}',
      '{"$binary":{"base64":"yO2rw/c4TKO2jauSqRR4ow==","subType":"04"}}',
    ],
    ['{"$numberLong":"9223372036854775807"}', '{"$numberLong":"9223372036854775807"}'],
    ['{"$numberLong":"-9223372036854775808"}', '{"$numberLong":"-9223372036854775808"}'],
    ['{"$timestamp":{"t":4294967295,"i":1}}', '{"$timestamp":{"t":4294967295,"i":1}}'],
    ['{"$timestamp":{"i":4294967295,"t":0}}', '{"$timestamp":{"t":0,"i":4294967295}}'],
    ['{"$timestamp":{"t":0,"i":0}}', '{"$timestamp":{"t":0,"i":0}}'],
    [
      '{"$regularExpression":{"pattern":"^a","options":"im"}}',
      '{"$regularExpression":{"pattern":"^a","options":"im"}}',
    ],
    ['{"$regex":"^a","$options":"i"}', '{"$regularExpression":{"pattern":"^a","options":"i"}}'],
    ['{"$options":"i","$regex":"^a"}', '{"$regularExpression":{"pattern":"^a","options":"i"}}'],
    ['{"$code":"f()"}', '{"$code":"f()"}'],
    [
      '{"$code":"f()","$scope":{"b":1,"a":2}}',
      '{"$code":"f()","$scope":{"b":{"$numberInt":"1"},"a":{"$numberInt":"2"}}}',
    ],
    ['{"$symbol":"s"}', '{"$symbol":"s"}'],
    ['{"$minKey":1}', '{"$minKey":1}'],
    ['{"$maxKey":1}', '{"$maxKey":1}'],
  ])('reads %s', (text, expected) => {
    expect(stored(`{"v": ${text} ,"a":[${text}]}`)).toBe(`{"v":${expected},"a":[${expected}]}`);
    // Canonical extended JSON shows a document of the same names alike.
    expect(documentOf(`{"v":${text}}`).get('v')).not.toBeInstanceOf(Map);
  });

  it.each([
    '{"$oid":"xyz"}',
    '{"$oid":5}',
    '{"$oid":"05f1b2c3d4e5f60718293a4b5"}',
    '{"$oid":"5f1b2c3d4e5f60718293a4b50"}',
    '{"$date":"yesterday"}',
    '{"$date":"2017-03-17"}',
    '{"$date":{"$numberLong":"9223372036854775807"}}',
    '{"$date":{"$numberLong":"8640000000000001"}}',
    '{"$date":{"$numberLong":"-8640000000000001"}}',
    '{"$date":true}',
    '{"$numberInt":"2147483648"}',
    '{"$numberInt":["5"]}',
    '{"$numberInt":1.5}',
    '{"$numberLong":true}',
    '{"$numberDouble":true}',
    '{"$numberDouble":"x7"}',
    '{"$numberDouble":"7x"}',
    '{"$numberDouble":"7."}',
    '{"$numberDouble":".7"}',
    '{"$numberDouble":"7e"}',
    '{"$numberDouble":"+7"}',
    '{"$numberDouble":" 7"}',
    '{"$numberInt":"x7"}',
    '{"$numberInt":"7x"}',
    '{"$numberInt":""}',
    '{"$numberInt":"--7"}',
    '{"$binary":{"base64":"AA=","subType":"00"}}',
    '{"$binary":{"base64":"A","subType":"00"}}',
    '{"$binary":{"base64":"AA==AA==","subType":"00"}}',
    '{"$binary":{"base64":"AAAAA","subType":"00"}}',
    '{"$binary":{"base64":"AA==","subType":"000"}}',
    '{"$binary":{"base64":"AA==","subType":"x0"}}',
    '{"$binary":{"base64":"AA==","subType":"0x"}}',
    '{"$binary":{"base64":"AA==","subType":""}}',
    '{"$uuid":"0c8edabc3-f738-4ca3-b68d-ab92a91478a3"}',
    '{"$uuid":"c8edabc3-f738-4ca3-b68d-ab92a91478a30"}',
    '{"$uuid":"c8edabc3-f738-4ca3-ab92a91478a3"}',
    '{"$numberDecimal":5}',
    '{"$symbol":5}',
    '{"$maxKey":2}',
    '{"$code":5}',
    '{"$code":5,"$scope":{}}',
    '{"$code":"f()","$scope":5}',
    '{"$binary":"AA==","$type":"xyz"}',
    '{"$binary":"AA==","$type":true}',
    '{"$binary":true,"$type":"00"}',
    '{"$binary":{"base64":"AA==","subType":true}}',
    '{"$timestamp":5}',
    '{"$timestamp":{"t":1}}',
    '{"$timestamp":{"t":1,"i":2,"x":3}}',
    '{"$timestamp":{"t":1,"i":-1}}',
    '{"$timestamp":{"t":4294967296,"i":1}}',
    '{"$timestamp":{"t":1,"i":4294967296}}',
    '{"$timestamp":{"t":1,"i":"1"}}',
    '{"$timestamp":{"t":"1","i":1}}',
    '{"$regularExpression":{"pattern":1,"options":""}}',
    '{"$regularExpression":{"pattern":"a","options":1}}',
    '{"$regex":"a","$options":1}',
    '{"$numberLong":"9223372036854775808"}',
    '{"$numberDouble":"seven"}',
    '{"$numberDecimal":"seven"}',
    '{"$binary":{"base64":"!","subType":"00"}}',
    '{"$uuid":"c8edabc3"}',
    '{"$timestamp":{"t":-1,"i":1}}',
    '{"$minKey":2}',
  ])('refuses %s: the shape is right, the content is not', (text) => {
    expect(stored(`{"v":${text}}`)).toMatch(/^refused: a \$\w+ of extended JSON has invalid content$/);
  });

  it.each([
    '{}',
    '{"$date":"2017-03-17T01:00:00Z","zone":"UTC"}',
    '{"$unknown":true}',
    '{"a":true,"$oid":"x"}',
    '{"$regex":"a","x":"i"}',
    '{"$regex":"a"}',
    '{"$regularExpression":{"pattern":"a","options":""},"x":true}',
    '{"$regularExpression":{"pattern":"a","x":""}}',
    '{"$regularExpression":"a"}',
    '{"$binary":"AA=="}',
    '{"$binary":{"base64":"AA==","subType":"00"},"x":true}',
    '{"$binary":{"base64":"AA==","x":"00"}}',
    '{"$binary":"AA==","x":"00"}',
    '{"$code":"f()","x":{}}',
    '{"$code":"f()","$scope":{},"x":true}',
    '{"$scope":{},"$code":"f()"}',
  ])('leaves %s a document: it is of another shape', (text) => {
    const inner = documentOf(`{"v":${text}}`).get('v');
    expect(inner).toBeInstanceOf(Map);
    expect(JSON.stringify(plain(inner))).toBe(text);
  });

  it('refuses a value that is one extended JSON value: a document is wanted', () => {
    expect(stored('{"$numberLong":"5"}')).toBe('refused: the value is JSON, but not a document');
  });
});

describe('what is no document', () => {
  it.each(['[]', '"text"', '5', 'null', 'true', ' [{"a":1}] '])('refuses %s', (text) => {
    expect(stored(text)).toBe('refused: the value is JSON, but not a document');
  });

  it.each([
    '',
    ' ',
    '{',
    '{"a":1',
    '{"a":1}x',
    "{'a':1}",
    '{a:1}',
    '{"a":01}',
    '{"a":1,}',
    '{"a":.5}',
    '{"a":NaN}',
    '{"a":"\n"}',
    '{"a" 1}',
    '{"a";1}',
    '{"a":truex}',
    '{"a":null_}',
    '{"a":+1}',
    '{"a":1.}',
    '{"a":"\\u00zz"}',
    '{"a":"\\x"}',
    '{"a":tru}',
    '\u00a0{}',
    '{"a":[1 2]}',
    '{"a":"b',
  ])('refuses %j, which is not JSON', (text) => expect(stored(text)).toBe('refused: the value is not JSON'));

  it('takes the blanks of JSON between any two tokens', () => {
    expect(stored('\t\n\r {\r"a"\t:\n[\r1\t,\n2 ]\r}\t\n\r ')).toBe('{"a":[{"$numberInt":"1"},{"$numberInt":"2"}]}');
  });

  it.each(['\\ud800', '\\udc00', 'x\\ud83dx', '\\ude00\\ud83d'])('refuses half of a surrogate pair: %s', (text) => {
    expect(stored(`{"a":"${text}"}`)).toBe('refused: a text holds half of a surrogate pair');
  });

  it('takes 100 levels, and no more', () => {
    // Each object or array is a level; the value in the last one is none.
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
    expect(convert(nested(100)).ok).toBe(true);
    expect(stored(nested(101))).toBe('refused: the value is nested deeper than 100 levels');
  });

  it('refuses what is nested deeper than the server takes, however deep, and takes what is not', () => {
    const nested = (levels: number) => `${'{"a":['.repeat(levels / 2)}1${']}'.repeat(levels / 2)}`;
    expect(convert(nested(100)).ok).toBe(true);
    expect(stored(nested(102))).toBe('refused: the value is nested deeper than 100 levels');
    expect(stored(nested(1_000_000))).toBe('refused: the value is nested deeper than 100 levels');
  });

  it('takes bytes that are not UTF-8 for replacement characters, as the String converter does', () => {
    const conversion = convert(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]));
    expect(conversion).toEqual({ ok: true, document: new Map([['a', '\ufffd']]) });
  });
});

/** A Map back to what JSON.parse makes; numbers as JavaScript has them. */
function plain(value: unknown): unknown {
  if (value instanceof Map) {
    const fields: Record<string, unknown> = {};
    for (const [name, inner] of value) Object.defineProperty(fields, name, { value: plain(inner), enumerable: true });
    return fields;
  }
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Double) return value.value;
  return typeof value === 'bigint' ? Number(value) : value;
}

const parseOrUndefined = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

describe('beside JSON.parse', () => {
  it('understands every JSON text alike', () => {
    const object = fc.dictionary(
      // Any code point; the tables of graphemes take seconds to build.
      fc.string({ unit: 'binary' }).filter((name) => !/^\$|\0/.test(name)),
      fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }),
    );
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        fc.pre(!/"\$|\\u0000|\d{19}/.test(text));
        const conversion = convert(text);
        expect(conversion.ok).toBe(true);
        if (conversion.ok) expect(plain(conversion.document)).toEqual(JSON.parse(text));
      }),
      { numRuns: randomRuns(40) },
    );
  });

  it('refuses exactly the texts that JSON.parse refuses', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"',
      '\\',
      '\\n',
      '1',
      '-',
      '.5',
      'e3',
      '0',
      ' ',
      '\n',
      'true',
      'null',
      'x',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
        const text = `{"k":${parts.join('')}}`;
        expect(convert(text).ok).toBe(parseOrUndefined(text) !== undefined);
      }),
      { numRuns: randomRuns(800) },
    );
  });
});
