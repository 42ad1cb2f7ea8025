import fc from 'fast-check';
import { BSON, Double } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { CONNECT, convert, stored } from '../../../../../support/converted.ts';

const STRING = { 'value.converter': `${CONNECT}.storage.StringConverter` };

const BYTES = { 'value.converter': `${CONNECT}.converters.ByteArrayConverter` };

describe('StringConverter', () => {
  it("reads extended JSON as the driver's BsonDocument.parse does", () => {
    expect(stored(STRING, '{"a": 1, "b": 1.0, "c": 3000000000, "d": {"$oid": "599af247bb69cd89961c986d"}}')).toBe(
      '{"a":{"$numberInt":"1"},"b":{"$numberDouble":"1.0"},"c":{"$numberLong":"3000000000"},"d":{"$oid":"599af247bb69cd89961c986d"}}',
    );
    expect(stored(STRING, "{op: 'c'}")).toBe('{"op":"c"}');
  });

  it.each(['a', '', '5', '"text"', '[1]', '{"$oid":"599af247bb69cd89961c986d"}'])(
    'refuses %j, which is no document',
    (text) => {
      expect(stored(STRING, text)).toMatch(/^refused: Could not convert value into a BsonDocument: the value is /);
    },
  );
});

describe('ByteArrayConverter', () => {
  it('gives every document back byte by byte', () => {
    const { EJSON } = BSON;
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.double().map((number) => new Double(number)),
        fc.maxSafeInteger().map((number) => BSON.Long.fromNumber(number)),
        fc.integer(),
        fc.constantFrom(
          ...(EJSON.parse(
            '[{"$oid":"599af247bb69cd89961c986d"},{"$date":"2020-01-01T00:00:00Z"},{"$numberDecimal":"1.50"},{"$timestamp":{"t":1,"i":2}},{"$minKey":1},{"$maxKey":1},{"$code":"x"},{"$symbol":"y"},{"$regularExpression":{"pattern":"a","options":"i"}},{"$binary":{"base64":"a2Fma2E=","subType":"02"}},{"$uuid":"6d01622d-b3d5-466d-ae48-e414901af8f2"}]',
            { relaxed: false },
          ) as unknown[]),
        ),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(
          fc.string().filter((name) => !name.includes('\0')),
          tie('value'),
          { maxKeys: 3 },
        ),
      ),
    })).value;
    const document = fc.array(fc.tuple(fc.constantFrom('z', '10', '9', 'a', '$x'), value), { maxLength: 4 });
    fc.assert(
      fc.property(document, (fields) => {
        const bytes = BSON.serialize(new Map(fields) as unknown as BSON.Document);
        const read = convert(BYTES, bytes);
        expect(Buffer.from(BSON.serialize(read as unknown as BSON.Document)).toString('hex')).toBe(
          Buffer.from(bytes).toString('hex'),
        );
      }),
    );
  });

  /** A document with one element of this type. */
  const documentWith = (type: number, content: Buffer) => {
    const element = Buffer.concat([Buffer.from([type, 0x61, 0]), content, Buffer.alloc(1)]);
    const length = Buffer.alloc(4);
    length.writeInt32LE(element.length + 4);
    return Buffer.concat([length, element]);
  };
  const int64 = (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  };

  it('takes dates that JavaScript has, and refuses the others', () => {
    for (const ms of [8_640_000_000_000_000n, -8_640_000_000_000_000n]) {
      expect(convert(BYTES, documentWith(0x09, int64(ms)))?.get('a')).toEqual(new Date(Number(ms)));
      const beyond = documentWith(0x09, int64(ms > 0n ? ms + 1n : ms - 1n));
      expect(stored(BYTES, beyond)).toContain('the value contains a date outside the range of dates');
    }
  });

  it('takes binary data of the old subtype, which repeats its length', () => {
    const bytes = BSON.serialize({ a: new BSON.Binary(Buffer.from('abc'), 2), b: 1 });
    expect(convert(BYTES, bytes)?.get('a')).toEqual(new BSON.Binary(Buffer.from('abc'), 2));
    expect(convert(BYTES, bytes)?.get('b')).toBe(1);
  });

  it.each([
    ['documents', 0x03],
    ['arrays', 0x04],
  ])('takes 100 levels of %s, and no more', (_, type) => {
    const nested = (levels: number) => {
      let bytes = Buffer.from(BSON.serialize({}));
      for (let level = 1; level < levels; level += 1) bytes = documentWith(level === levels - 1 ? 0x03 : type, bytes);
      return bytes;
    };
    expect(convert(BYTES, nested(100))?.size).toBe(1);
    expect(stored(BYTES, nested(101))).toContain('the value is nested deeper than 100 levels');
  });

  it('counts the levels of a scope', () => {
    const nested = (levels: number) => {
      let scope = Buffer.from(BSON.serialize({}));
      for (let level = 2; level < levels; level += 1) scope = documentWith(0x03, scope);
      const code = Buffer.from([2, 0, 0, 0, 0x78, 0]);
      const length = Buffer.alloc(4);
      length.writeInt32LE(4 + code.length + scope.length);
      return documentWith(0x0f, Buffer.concat([length, code, scope]));
    };
    expect(convert(BYTES, nested(100))?.size).toBe(1);
    expect(stored(BYTES, nested(101))).toContain('the value is nested deeper than 100 levels');
  });

  it.each([
    ['a text of no length', 0x02, '00000000 00'],
    ['a text of a negative length', 0x02, 'fbffffff 61626364 00'],
    ['a text without an end', 0x02, '02000000 6162'],
    ['binary data of a negative length', 0x05, 'ffffffff 00'],
    ['old binary data with two lengths', 0x05, '06000000 02 03000000 6162'],
    ['a boolean of another value', 0x08, '02'],
    ['a type that is deprecated', 0x06, ''],
  ])('refuses %s', (_, type, digits) => {
    expect(stored(BYTES, documentWith(type, Buffer.from(digits.replaceAll(' ', ''), 'hex')))).toMatch(/^refused: /);
  });

  it('refuses bytes that are no BSON document, wherever they go wrong', () => {
    const bytes = Buffer.from(BSON.serialize({ a: 'text', b: { c: [1] } }));
    for (let length = 0; length < bytes.length; length += 1) {
      expect(stored(BYTES, bytes.subarray(0, length))).toMatch(/^refused: .* the value is not BSON$/);
    }
    expect(stored(BYTES, Buffer.from('{"a": 1}'))).toMatch(/^refused/);
    // It ends before or behind the length it says it has.
    for (const wrong of [-1, 1]) {
      const other = Buffer.concat([bytes, Buffer.alloc(1)]);
      other.writeInt32LE(bytes.length + wrong);
      expect(stored(BYTES, other)).toMatch(/^refused: .* the value is not BSON$/);
    }
  });
});

describe('a converter of numbers', () => {
  it('gives no document', () => {
    expect(stored({ 'value.converter': `${CONNECT}.converters.LongConverter` }, Buffer.alloc(8))).toMatch(
      /^refused: Could not convert value into a BsonDocument: No converter present due to unexpected object type/,
    );
  });
});
