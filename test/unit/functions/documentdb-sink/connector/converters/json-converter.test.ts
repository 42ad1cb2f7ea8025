import { describe, expect, it } from 'vitest';
import { CONNECT, convert, stored } from '../../../../../support/converted.ts';

const JSON_ALONE = { 'value.converter': `${CONNECT}.json.JsonConverter`, 'value.converter.schemas.enable': 'false' };

describe('JsonConverter without schemas', () => {
  it('makes whole numbers Int64 and all others Double', () => {
    expect(stored(JSON_ALONE, '{"a": 1, "b": 5.0, "c": 1e3, "d": -0.0, "e": 12.5, "f": 9223372036854775808}')).toBe(
      '{"a":{"$numberLong":"1"},"b":{"$numberDouble":"5.0"},"c":{"$numberDouble":"1000.0"},"d":{"$numberDouble":"0.0"},"e":{"$numberDouble":"12.5"},"f":{"$numberLong":"-9223372036854775808"}}',
    );
  });

  it.each(['', ' ', '\t', '\n', '\r', ' \r\n\t'])(
    'finds nothing in %j, and a fault in the same beside a letter',
    (text) => {
      expect(stored(JSON_ALONE, text)).toBe('nothing');
      expect(stored(JSON_ALONE, `${text}x`)).toMatch(/^refused: /);
    },
  );

  it('keeps whole numbers to the last digit, whatever their length', () => {
    const numbers = Array.from({ length: 19 }, (_, index) => `${'9007199254740993177'.slice(0, index + 1)}`);
    const read = convert(JSON_ALONE, `{"a": [${[...numbers, ...numbers.map((each) => `-${each}`)].join(', ')}]}`)?.get(
      'a',
    );
    expect(read).toEqual([...numbers.map(BigInt), ...numbers.map((each) => -BigInt(each))]);
  });

  it('reads exponents with both letters, and zeros in front', () => {
    expect(stored(JSON_ALONE, '{"a": 1E3, "b": 1e-1, "c": 007, "d": -01.5E+1}')).toBe(
      '{"a":{"$numberDouble":"1000.0"},"b":{"$numberDouble":"0.1"},"c":{"$numberLong":"7"},"d":{"$numberDouble":"-15.0"}}',
    );
  });

  it('takes names of 50,000 bytes, as Jackson does', () => {
    const document = (length: number) => convert(JSON_ALONE, `{"${'x'.repeat(length)}": 1}`);
    expect(document(50_000)?.size).toBe(1);
    expect(() => document(50_001)).toThrow(/Could not convert value/);
  });

  it('takes nothing for extended JSON', () => {
    expect(stored(JSON_ALONE, '{"a": {"$numberLong": "5"}}')).toBe('{"a":{"$numberLong":"5"}}');
    expect(convert(JSON_ALONE, '{"a": {"$numberLong": "5"}}')?.get('a')).toEqual(new Map([['$numberLong', '5']]));
  });

  // What `new HashMap<>()` of OpenJDK 17 made of names put into it in the first order.
  it.each([
    [
      ['b', 'a', 'orderId', 'AaAa', 'BBBB', 'AaBB'],
      ['a', 'b', 'orderId', 'AaAa', 'BBBB', 'AaBB'],
    ],
    [
      [
        'customer_id',
        'created_at',
        'name',
        'é',
        '😀',
        '',
        'quantity',
        'price',
        'currency',
        'orderId',
        'status',
        'lines',
        '0',
        '10',
        '9',
      ],
      [
        '',
        'quantity',
        'orderId',
        'created_at',
        'é',
        '0',
        'price',
        'name',
        '😀',
        '9',
        'currency',
        'customer_id',
        'lines',
        'status',
        '10',
      ],
    ],
    [
      [
        'yXAeY0',
        'pqYQM1',
        'N2',
        'ExkTjiuf3',
        '[]RMWz^n4',
        'RtuGCCmv5',
        'L`rdIJkuE6',
        'oK]Weh_zmT7',
        'F8',
        'HWDldwKZc9',
        'cAN10',
        'WWCXkTCE11',
      ],
      [
        'HWDldwKZc9',
        'WWCXkTCE11',
        'L`rdIJkuE6',
        'F8',
        '[]RMWz^n4',
        'N2',
        'yXAeY0',
        'pqYQM1',
        'RtuGCCmv5',
        'oK]Weh_zmT7',
        'cAN10',
        'ExkTjiuf3',
      ],
    ],
    [
      [
        'vCsCTtwNwL0',
        'Do1',
        'leBnpsm2',
        'CXDq3',
        'Rts4',
        'DJJPRBjcFfYI5',
        'ZQ`GEGHCZK6',
        'f7',
        'doyAKFGo8',
        'tA`TPLwNaB9',
        'Z10',
        'XYGRJz11',
        'RN`BrHKO12',
      ],
      [
        'tA`TPLwNaB9',
        'Rts4',
        'Do1',
        'ZQ`GEGHCZK6',
        'CXDq3',
        'DJJPRBjcFfYI5',
        'f7',
        'RN`BrHKO12',
        'vCsCTtwNwL0',
        'Z10',
        'leBnpsm2',
        'XYGRJz11',
        'doyAKFGo8',
      ],
    ],
  ])("has the fields %j in the order of Java's HashMap, which is part of an _id", (names, expected) => {
    const text = `{${names.map((name) => `${JSON.stringify(name)}: 1`)}}`;
    expect([...(convert(JSON_ALONE, text)?.keys() ?? [])]).toEqual(expected);
  });

  it('reads the text of a JSON string as a document, and null as nothing', () => {
    expect(stored(JSON_ALONE, '"{\\"a\\": 1}"')).toBe('{"a":{"$numberInt":"1"}}');
    for (const text of ['null', '', ' \n']) expect(stored(JSON_ALONE, text)).toBe('nothing');
  });

  it('is as lenient as Kafka Connect has Jackson be', () => {
    expect(stored(JSON_ALONE, '{"a": 007} rest')).toBe('{"a":{"$numberLong":"7"}}');
  });

  it.each([
    ['{a: 1}', 'the value is not JSON'],
    ['5', 'No converter present due to unexpected object type: the value is a number'],
    ['[1]', 'No converter present due to unexpected object type: the value is an array'],
    ['true', 'No converter present due to unexpected object type: the value is a boolean'],
  ])('refuses %j', (text, detail) => {
    expect(stored(JSON_ALONE, text)).toBe(`refused: Could not convert value into a BsonDocument: ${detail}`);
  });

  it.each(['1'.repeat(1_000), `-${'1'.repeat(1_000)}`, `0.${'1'.repeat(999)}`, `1e${'0'.repeat(999)}`])(
    'takes numbers of 1,000 digits: %.20s',
    (number) => {
      expect(stored(JSON_ALONE, `{"a": ${number}}`)).toContain('{"a":{"$number');
    },
  );

  it.each(['1'.repeat(1_001), `0.${'1'.repeat(1_000)}`])('refuses numbers of more digits: %.20s', (number) => {
    expect(stored(JSON_ALONE, `{"a": ${number}}`)).toContain('a number has more than 1000 digits');
  });

  it('refuses bytes that are no UTF-8 rather than change them', () => {
    expect(stored(JSON_ALONE, Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))).toMatch(/^refused/);
  });
});
