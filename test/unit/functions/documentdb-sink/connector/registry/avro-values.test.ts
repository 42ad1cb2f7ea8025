import { describe, expect, it } from 'vitest';
import { avroLong, avroText } from '../../../../../support/avro-bytes.ts';
import { bsonOfAvro, fieldOf, mapEntry, readAvro, record } from '../../../../../support/read-avro.ts';

const [NULL, SET] = [avroLong(0), avroLong(1)];

describe("connect.default, which takes the place of a null in Connect's struct", () => {
  const point = record({ x: 'int', y: ['null', { type: 'int', 'connect.default': 7 }] }, 'Point');
  const either = ['string', 'int'];

  it.each([
    ['an int', 'int', 5, 5],
    ['a text for an int', 'int', '5', null],
    ['an int of more than 32 bits', 'int', 2_147_483_648, -2_147_483_648],
    ['an int of one byte', { type: 'int', 'connect.type': 'int8' }, 5, 5],
    ['a long', 'long', 5, 5n],
    ['a text', 'string', 'a', 'a'],
    ['a number for a text', 'string', 5, null],
    ['a Boolean for a text', 'string', true, null],
    ['a Boolean', 'boolean', true, true],
    ['a text for a Boolean', 'boolean', 'true', null],
    ['null', 'string', null, null],
    ['a list', { type: 'array', items: 'string' }, ['a', 'b'], ['a', 'b']],
    ['a text for a list', { type: 'array', items: 'string' }, 'ab', null],
    ['a list with an element of another type', { type: 'array', items: 'int' }, ['a'], null],
    ['a map', { type: 'map', values: 'int' }, { a: 1 }, new Map([['a', 1]])],
    ['a list for a map', { type: 'map', values: 'int' }, [1], null],
    ['a map with a value of another type', { type: 'map', values: 'int' }, { a: 'b' }, null],
    ['pairs, which no default is', { type: 'array', items: mapEntry('key', 'value') }, [{ key: 'a', value: 1 }], null],
    ['a date', { type: 'int', logicalType: 'date' }, 1, new Date(86_400_000)],
    ['a text for a date', { type: 'int', logicalType: 'date' }, 'x', null],
    [
      'a list of unions, each of its first branch',
      { type: 'array', items: either },
      ['a'],
      [
        new Map([
          ['string', 'a'],
          ['int', null],
        ]),
      ],
    ],
    [
      'a list of unions of another order',
      { type: 'array', items: ['int', 'string'] },
      [1],
      [
        new Map([
          ['int', 1],
          ['string', null],
        ]),
      ],
    ],
    ['a list of unions with a value of the second branch', { type: 'array', items: either }, [1], null],
    ['a list of what may be null', { type: 'array', items: ['null', 'int'] }, [null, 1], [null, null]],
    ['a list of unions of one branch', { type: 'array', items: ['int'] }, [1], [1]],
    ['a list of unions, text or null', { type: 'array', items: ['string', 'null'] }, ['a'], ['a']],
  ])('is %s', (_what, type, fallback, expected) => {
    const attributes = typeof type === 'string' ? { type } : type;
    expect(fieldOf(['null', { ...attributes, 'connect.default': fallback }], NULL)).toEqual(expected);
  });

  it.each([
    [
      { x: 1 },
      new Map([
        ['x', 1],
        ['y', 7],
      ]),
    ],
    [
      { y: 2, x: 1 },
      // A union's default is of its first branch.
      new Map([
        ['x', 1],
        ['y', 7],
      ]),
    ],
    [{ x: 'a' }, null],
    [{ y: 1 }, null],
    [
      { x: 1, z: 1 },
      new Map([
        ['x', 1],
        ['y', 7],
      ]),
    ],
    ['text', null],
  ])('is a record of %j, whose own fields have defaults, or none', (fallback, expected) => {
    expect(fieldOf(['null', { ...point, 'connect.default': fallback }], NULL)).toEqual(expected);
  });

  it.each([
    [{ x: 'a' }, 7],
    [{ x: 'a', y: null }, 7],
    [{ y: 2, x: 'a' }, 2],
  ])('is a record of %j, whose fields have types and defaults of their own', (fallback, y) => {
    const mixed = record({ x: 'string', y: { type: 'int', 'connect.default': 7 } }, 'Mixed');
    expect(fieldOf(['null', { ...mixed, 'connect.default': fallback }], NULL)).toEqual(
      new Map<string, unknown>([
        ['x', 'a'],
        ['y', y],
      ]),
    );
  });

  it('counts at each place where a name stands for the type', () => {
    const first = { ...point, 'connect.default': { x: 1 } };
    const both = record({ a: ['null', first], b: ['null', 'Point'] });
    const defaults = new Map([
      ['x', 1],
      ['y', 7],
    ]);
    expect(bsonOfAvro(both, [NULL, NULL])).toEqual(
      new Map([
        ['a', defaults],
        ['b', defaults],
      ]),
    );
  });

  it('does not count for a value that is set', () => {
    expect(fieldOf(['null', { type: 'int', 'connect.default': 5 }], SET, avroLong(6))).toBe(6);
  });
});

describe('a value in Avro', () => {
  const list = record({ next: ['null', 'Node'] }, 'Node');
  /** A list of so many records. */
  const nodes = (count: number): readonly Buffer[] => [...Array<Buffer>(count - 1).fill(SET), NULL];

  it('goes 100 levels deep, and no deeper', () => {
    expect(readAvro(list, nodes(100)).value).not.toBeNull();
    expect(() => readAvro(list, nodes(101))).toThrow('the value is nested deeper than 100 levels');
  });

  it('has any number of records beside each other', () => {
    const items = { type: 'array', items: record({ i: 'int' }, 'Item') };
    const many = fieldOf(items, avroLong(150), ...Array<Buffer>(150).fill(avroLong(1)), avroLong(0));
    expect(many).toHaveLength(150);
  });

  it('has no more elements than fit into a document, also where they take no bytes', () => {
    const nothings = { type: 'array', items: record({}, 'Nothing') };
    expect(fieldOf(nothings, avroLong(2), avroLong(0))).toEqual([new Map(), new Map()]);
    expect(() => fieldOf(nothings, avroLong(5_600_001), avroLong(0))).toThrow('more elements than');
    expect(() => fieldOf(nothings, avroLong(-5_600_001), avroLong(0), avroLong(0))).toThrow('more elements');
    // Nine records take 8 bytes each of the document, and leave room for no more than 5,592,379 elements.
    expect(() => fieldOf(nothings, avroLong(9), avroLong(5_592_380), avroLong(0))).toThrow('more elements');
  });

  it.each([
    ['a symbol before the first', { type: 'enum', name: 'E', symbols: ['A', 'B'] }, avroLong(-1)],
    ['a symbol behind the last', { type: 'enum', name: 'E', symbols: ['A', 'B'] }, avroLong(2)],
    ['a branch before the first', ['null', 'int'], avroLong(-1)],
    ['a branch behind the last', ['null', 'int'], avroLong(2)],
    ['a Boolean without its byte', 'boolean', Buffer.alloc(0)],
    ['an int without its last byte', 'int', Buffer.from([0x80])],
    ['a text of less than no bytes', 'string', avroLong(-1)],
    ['a text of more bytes than there are', 'string', avroLong(1)],
  ])('is refused: %s', (_what, type, bytes) => {
    expect(() => fieldOf(type, bytes)).toThrow('the value does not fit its Avro schema');
  });

  it('is a map of pairs in whatever order their fields stand', () => {
    const pairs = (first: Buffer, second: Buffer) => [avroLong(1), first, second, avroLong(0)];
    const expected = new Map([['a', 5]]);
    const [key, value] = [avroText('a'), avroLong(5)];
    expect(fieldOf({ type: 'array', items: mapEntry('key', 'value') }, ...pairs(key, value))).toEqual(expected);
    expect(fieldOf({ type: 'array', items: mapEntry('value', 'key') }, ...pairs(value, key))).toEqual(expected);
  });

  it('has nothing, and no schema, where the union at the top is null', () => {
    expect(readAvro(['null', 'int'], [NULL])).toEqual({ schema: undefined, value: null });
    expect(readAvro(['null', record({ i: 'int' })], [NULL])).toEqual({ schema: undefined, value: null });
  });

  it('is of one of several records of the same short name at the top', () => {
    const union = [record({ i: 'int' }, 'a.R'), record({ s: 'string' }, 'b.R'), 'null'];
    expect(bsonOfAvro(union, [avroLong(1), avroText('x')])).toEqual(new Map([['s', 'x']]));
    expect(readAvro(union, [avroLong(2)])).toEqual({ schema: undefined, value: null });
  });

  it.each([
    ['a Time', { type: 'int', logicalType: 'time-millis' }, 0, new Date(0)],
    ['the end of the day as a Time', { type: 'int', logicalType: 'time-millis' }, 86_400_000, new Date(86_400_000)],
    ['an int8 that is a date by its logical type', int8Date(), 300, new Date(300 * 86_400_000)],
    ['an int8', { type: 'int', 'connect.type': 'int8' }, 300, 44],
    ['an int16', { type: 'int', 'connect.type': 'int16' }, 65_535, -1],
  ])('is %s', (_what, type, number, expected) => {
    expect(fieldOf(type, avroLong(number))).toEqual(expected);
  });

  it.each([
    ['a Time before the day', { type: 'int', logicalType: 'time-millis' }, avroLong(-1)],
    ['a Time behind the day', { type: 'int', logicalType: 'time-millis' }, avroLong(86_400_001)],
    ['a Date that is a long', named('long', 'Date'), avroLong(1)],
    ['a Date that is an int of two bytes', { ...named('int', 'Date'), 'connect.type': 'int16' }, avroLong(1)],
    ['a Date that is a float', named('float', 'Date'), Buffer.alloc(4)],
    ['a Timestamp that is an int', named('int', 'Timestamp'), avroLong(1)],
    ['a Decimal that is a text', named('string', 'Decimal'), avroText('1')],
  ])('is refused: %s', (_what, type, bytes) => {
    expect(() => fieldOf(type, bytes)).toThrow('the value does not fit its schema');
  });
});

const named = (type: string, name: string) => ({ type, 'connect.name': `org.apache.kafka.connect.data.${name}` });

function int8Date() {
  return { type: 'int', logicalType: 'date', 'connect.type': 'int8' };
}

describe('what Connect wrote without a schema', () => {
  const [double, float] = [Buffer.alloc(8), Buffer.alloc(4)];
  double.writeDoubleLE(1.5);
  float.writeFloatLE(0.1);
  const anything = {
    ...record({
      boolean: ['null', 'boolean'],
      bytes: ['null', 'bytes'],
      double: ['null', 'double'],
      float: ['null', 'float'],
      int: ['null', 'int'],
      long: ['null', 'long'],
      string: ['null', 'string'],
      array: ['null', { type: 'array', items: 'Anything' }],
      map: ['null', { type: 'array', items: record({ key: 'Anything', value: 'Anything' }, 'MapEntry') }],
    }),
    name: 'Anything',
    namespace: 'io.confluent.connect.avro',
  };
  const value = (place: number, ...parts: readonly Buffer[]): Buffer =>
    Buffer.concat([...Array<Buffer>(place).fill(NULL), SET, ...parts, ...Array<Buffer>(8 - place).fill(NULL)]);

  it.each([
    ['bytes', 1, avroText('b'), Buffer.from('b')],
    ['double', 2, double, 1.5],
    ['long', 5, avroLong(5), 5n],
    ['string', 6, avroText('s'), 's'],
  ])('is the value of the field that is set: %s', (_name, place, bytes, expected) => {
    expect(readAvro(anything, [value(place, bytes)])).toEqual({ schema: undefined, value: expected });
  });

  it.each([
    [3, float, 'float32', Math.fround(0.1)],
    [4, avroLong(5), 'int32', 5],
  ])('is a small number of the type of field %i', (place, bytes, type, number) => {
    expect(readAvro(anything, [value(place, bytes)]).value).toMatchObject({ type, value: number });
  });

  it('is a map only where its keys are texts', () => {
    const map = (key: Buffer) => [value(8, avroLong(1), key, value(5, avroLong(1)), avroLong(0))];
    expect(readAvro(anything, map(value(6, avroText('k')))).value).toEqual(new Map([['k', 1n]]));
    expect(() => readAvro(anything, map(value(5, avroLong(1))))).toThrow('only maps whose keys are strings');
  });
});
