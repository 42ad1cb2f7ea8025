import { Binary, Decimal128, Double } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { UnsupportedSchemaError } from '../../../../../../functions/documentdb-sink/connector/registry/errors.ts';
import { objectOf, propertyOf, readWithSchema, schemaOfProperty } from '../../../../../support/read-json-schema.ts';

const logical = (name: string, type: string, parameters?: unknown) => ({
  type: type === 'bytes' ? 'string' : 'integer',
  'connect.type': type,
  title: `org.apache.kafka.connect.data.${name}`,
  ...(parameters === undefined ? {} : { 'connect.parameters': parameters }),
});
const INT8 = { type: 'integer', 'connect.type': 'int8' };
const pairsOf = (key: object) => ({
  type: 'array',
  'connect.type': 'map',
  items: { type: 'object', properties: { key, value: { type: 'integer' } } },
});
/** A map whose keys may be null. */
const pairs = pairsOf({ oneOf: [{ type: 'null' }, { type: 'string' }] });

describe('a value with a JSON schema', () => {
  it.each([
    ['true', { type: 'boolean' }, 'true', true],
    ['no Boolean', { type: 'boolean' }, '1', false],
    ['an int8 that is too large', INT8, '300', 44],
    ['an int8 that is too small', INT8, '-129', 127],
    ['an int16 that is too large', { type: 'integer', 'connect.type': 'int16' }, '65535', -1],
    ['a text for an int32', { type: 'integer', 'connect.type': 'int32' }, '"5"', 0],
    ['a text for an int64', { type: 'integer' }, '"5"', 0n],
    ['a fraction for an int64', { type: 'integer' }, '5.9', 5n],
    ['a float', { type: 'number', 'connect.type': 'float32' }, '1.5', 1.5],
    ['a text for a float', { type: 'number', 'connect.type': 'float32' }, '"5"', 0],
    ['a number for a text', { type: 'string' }, '5', null],
    ['bytes', { type: 'string', 'connect.type': 'bytes' }, '"AAE="', new Binary(Buffer.from([0, 1]))],
    ['elements', { type: 'array', items: { type: 'integer' } }, '[1, 2]', [1n, 2n]],
    ['the values of an object for an array', { type: 'array', items: { type: 'integer' } }, '{"a":1,"b":2}', [1n, 2n]],
    ['a text for an array', { type: 'array', items: { type: 'integer' } }, '"12"', []],
    ['pairs', pairs, '[{"key":"a","value":1}]', new Map([['a', 1n]])],
    [
      'a moment beyond 64 bits, of which the lower ones count',
      logical('Timestamp', 'int64'),
      String(2n ** 64n + 1n),
      new Date(1),
    ],
    ['a date', logical('Date', 'int32'), '1', new Date(86_400_000)],
    ['a time', logical('Time', 'int32'), '1', new Date(1)],
    ['a moment', logical('Timestamp', 'int64'), '1', new Date(1)],
    ['a decimal', logical('Decimal', 'bytes', { scale: '2' }), '"BNI="', Decimal128.fromString('12.34')],
    ['a number as a decimal', logical('Decimal', 'bytes'), '1.50', Decimal128.fromString('1.50')],
    ['5, whatever the default', { type: 'integer', default: null }, '5', 5n],
    ['a text, where the default is no text', { type: 'string', default: 5 }, '"a"', 'a'],
    [
      'a default that is a list of pairs',
      { ...pairs, default: [{ key: 'a', value: 1 }] },
      'null',
      new Map([['a', 1n]]),
    ],
    ['a default for a null', { type: 'integer', default: 5 }, 'null', 5n],
    ['a default of another type, as a value of it', { type: 'integer', default: '5' }, 'null', 0n],
    ['a default that is a list', { type: 'array', items: { type: 'integer' }, default: [1, 2] }, 'null', [1n, 2n]],
    ['a default that is an object', { ...mapOf({ type: 'integer' }), default: { a: 1 } }, 'null', new Map([['a', 1n]])],
  ])('is %s', (_what, type, text, expected) => {
    const read = propertyOf(type, text);
    expect(read instanceof Double ? read.value : read).toEqual(expected);
  });

  it.each([
    ['a int64 that is required is null', { type: 'integer' }, 'null'],
    ['a int64 that is required is null', { type: 'integer', default: null }, 'null'],
    ['a struct must be an object', objectOf({ type: 'string' }), '"a"'],
    ['a struct must be an object', objectOf({ type: 'string' }), '[1]'],
    ['a map whose keys are strings must be an object', mapOf({ type: 'integer' }), '[1]'],
    ['a map whose keys are not strings must be an array of pairs', pairs, '{"a":1}'],
    ['only maps whose keys are strings become documents', pairsOf({ type: 'integer' }), '[{"key":7,"value":1}]'],
    ['an entry of a map is no pair', pairs, '[1]'],
    ['an entry of a map is no pair', pairs, '[{"key":"a"}]'],
    ['an entry of a map is no pair', pairs, '[{"key":"a","value":1,"more":1}]'],
    ['bytes are not base64', { type: 'string', 'connect.type': 'bytes' }, '5'],
    ['bytes are not base64', { type: 'string', 'connect.type': 'bytes' }, 'true'],
    ['a date or a time is not a whole number', logical('Date', 'int32'), '"1"'],
    ['a date or a time is not a whole number', logical('Timestamp', 'int64'), '1.0'],
    ['a date or a time does not fit into its bits', logical('Date', 'int32'), '2147483648'],
    ['a Time is not within one day', logical('Time', 'int32'), '-1'],
    ['a Decimal is neither a number nor bytes', logical('Decimal', 'bytes', { scale: '2' }), 'true'],
    ['a Decimal has no bytes, too many, or its schema has no scale', logical('Decimal', 'bytes'), '"BNI="'],
  ])('is refused: %s', (detail, type, text) => {
    expect(() => propertyOf(type, text)).toThrow(detail);
  });

  it('has no default that lacks what is required', () => {
    const struct = { type: 'object', properties: { g: { type: 'string' } }, required: ['g'] };
    expect(() => propertyOf({ ...struct, default: {} }, '{"g":"a"}')).toThrow('is required');
  });

  it('is required at the top, whatever the converter says of properties', () => {
    expect(readWithSchema(objectOf({ type: 'string' }), '{}').schema).toMatchObject({ isOptional: false });
  });

  it.each(['', '  ', 'null'])('has no schema where it is nothing: "%s"', (text) => {
    const nullable = { oneOf: [{ type: 'null' }, objectOf({ type: 'string' })] };
    expect(readWithSchema(nullable, text)).toEqual({ schema: undefined, value: null });
  });
});

function mapOf(values: unknown) {
  return { type: 'object', 'connect.type': 'map', additionalProperties: values };
}

describe("Connect's schema of a JSON schema", () => {
  it('has the title, the version, the description and the parameters', () => {
    const said = {
      type: 'string',
      title: 'T',
      description: 'D',
      'connect.version': 3,
      'connect.parameters': { a: 'b', c: true },
    };
    const expected = {
      name: 'T',
      version: 3,
      doc: 'D',
      parameters: new Map([
        ['a', 'b'],
        ['c', 'true'],
      ]),
    };
    expect(schemaOfProperty(said)).toEqual({ type: 'string', isOptional: false, default: null, ...expected });
    expect(schemaOfProperty({ ...said, ...objectOf({ type: 'string' }) })).toMatchObject({
      type: 'struct',
      ...expected,
    });
    expect(schemaOfProperty({ type: 'string' })).toMatchObject({ name: undefined, parameters: undefined });
  });

  it.each<readonly [type: string, connectType: string | undefined, expected: string]>([
    ['integer', undefined, 'int64'],
    ['number', undefined, 'float64'],
    ['string', undefined, 'string'],
    ['boolean', undefined, 'boolean'],
    ['boolean', 'int8', 'boolean'],
    ['string', 'bytes', 'bytes'],
    ['string', 'int8', 'string'],
    ...['int8', 'int16', 'int32', 'int64', 'float32', 'float64', 'bytes'].map(
      (type) => ['number', type, type] as const,
    ),
  ])('of %s with connect.type %s has %s', (type, connectType, expected) => {
    expect(schemaOfProperty({ type, 'connect.type': connectType })?.type).toBe(expected);
  });

  it.each([
    ['a null beside it', { oneOf: [{ type: 'null' }, { type: 'integer' }] }, true],
    ['a null behind it', { anyOf: [{ type: 'integer' }, { type: 'null' }] }, true],
    ['null among its types', { type: ['integer', 'null'] }, true],
    ['nothing beside it', { oneOf: [{ type: 'integer' }] }, false],
    ['one type in a list', { type: ['integer'] }, false],
  ])('may be null with %s', (_what, type, isOptional) => {
    expect(schemaOfProperty(type)).toMatchObject({ type: 'int64', isOptional });
  });

  it('may be null where it is not required, if the converter says so', () => {
    const type = { ...objectOf({ type: 'integer' }), required: ['other'] };
    expect(schemaOfProperty(type)).toMatchObject({ isOptional: false, fields: [{ schema: { isOptional: false } }] });
    expect(schemaOfProperty(type, true)).toMatchObject({
      isOptional: true,
      fields: [{ schema: { isOptional: true } }],
    });
    const required = { ...objectOf({ type: 'integer' }), required: ['f'] };
    expect(schemaOfProperty(required, true)).toMatchObject({ fields: [{ schema: { isOptional: false } }] });
  });

  it('has the schemas of elements, keys and values', () => {
    const integer = { type: 'int64', isOptional: false };
    expect(schemaOfProperty({ type: 'array', items: { type: 'integer' } })).toMatchObject({
      type: 'array',
      items: integer,
    });
    expect(schemaOfProperty(mapOf({ type: 'integer' }))).toMatchObject({ keys: { type: 'string' }, values: integer });
    expect(schemaOfProperty(pairs)).toMatchObject({ keys: { type: 'string', isOptional: true }, values: integer });
  });

  it.each([
    [
      'struct',
      ['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties', 'patternProperties'],
    ],
    ['string', ['minLength', 'maxLength', 'pattern', 'format']],
    ['float64', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
  ] as const)('is a %s without a type where the schema has one of its words', (type, keywords) => {
    for (const each of keywords) expect(schemaOfProperty({ [each]: {} })?.type, each).toBe(type);
  });

  it('is an array without a type where the schema has one of its words', () => {
    for (const each of ['additionalItems', 'minItems', 'maxItems', 'uniqueItems', 'contains'])
      expect(() => schemaOfProperty({ [each]: 1 }), each).toThrow('an array does not say what its items are');
    expect(schemaOfProperty({ items: { type: 'string' } })?.type).toBe('array');
  });

  it('has its fields in the order of connect.index', () => {
    const at = (index: number) => ({ type: 'integer', 'connect.index': index });
    const { schema } = readWithSchema(
      { type: 'object', properties: { a: at(2), b: at(10), c: at(0), d: at(-1) } },
      '{}',
    );
    expect(schema?.type === 'struct' && schema.fields.map(({ name }) => name)).toEqual(['d', 'c', 'a', 'b']);
  });

  it.each([
    ['a number before a text', [{ type: 'string' }, { type: 'integer' }], 'int64'],
    ['a number before an enum', [{ enum: ['a'] }, { type: 'number' }], 'float64'],
    ['a text before a Boolean', [{ type: 'boolean' }, { type: 'string' }], 'string'],
    ['an enum before a reference', [{ $ref: '#/definitions/int' }, { enum: ['a'] }], 'string'],
    ['a oneOf before all', [{ type: 'string' }, { oneOf: [{ type: 'null' }, { type: 'boolean' }] }], 'boolean'],
    ['a reference', [{ $ref: '#/definitions/int' }], 'int64'],
    ['an allOf in it', [{ allOf: [{ type: 'integer' }] }, { type: 'string' }], 'int64'],
  ])('of allOf is %s', (_what, allOf, type) => {
    const { schema } = readWithSchema({ ...objectOf({ allOf }), definitions: { int: { type: 'integer' } } }, '{}');
    expect(schema).toMatchObject({ fields: [{ schema: { type } }] });
  });

  it('of allOf has the properties of all objects, also of those that refer to each other', () => {
    const definitions = {
      a: { allOf: [{ $ref: '#/definitions/b' }, objectOf({ type: 'string' })] },
      b: { allOf: [{ $ref: '#/definitions/a' }, { type: 'object', properties: { g: { type: 'integer' } } }] },
    };
    const { schema } = readWithSchema({ allOf: [{ $ref: '#/definitions/a' }], definitions }, '{}');
    expect(schema?.type === 'struct' && schema.fields.map(({ name }) => name).toSorted()).toEqual(['f', 'g']);
  });

  it.each([
    ['it is not an object', 'x'],
    ['a part of it is not an object', objectOf(5)],
    ['an array does not say what its items are', objectOf({ type: 'array' })],
    ['an allOf has no type', objectOf({ allOf: [{ type: 'boolean' }, 5] })],
    ['connect.type is none of Connect', objectOf({ type: 'integer', 'connect.type': 'int7' })],
  ])('is refused: %s', (detail, schema) => {
    expect(() => readWithSchema(schema, '{}')).toThrow(`the JSON schema is wrong: ${detail}`);
  });

  it.each([
    ['a value of any type', {}],
    ['a value of any type', true],
    ['a value of any type', mapOf(true)],
    ['a value of any type', { type: 'null' }],
    ['a oneOf, anyOf or type of several types beside null', { type: ['string', 'integer'] }],
    ['a oneOf, anyOf or type of several types beside null', { oneOf: [{ type: 'null' }] }],
    ['a oneOf, anyOf or type of several types beside null', { oneOf: [5, { type: 'null' }, { type: 'null' }] }],
  ])('is not followed, and no record is to blame: %s', (detail, type) => {
    const read = () => readWithSchema(objectOf(type), '{}');
    expect(read).toThrow(UnsupportedSchemaError);
    expect(read).toThrow(`a JSON schema has ${detail}, which the function does not read`);
  });
});

describe('a reference of a JSON schema', () => {
  const int = { type: 'integer' };

  it.each([
    ['#/definitions/a~1b', { 'a/b': int }],
    ['#/definitions/a~0b', { 'a~b': int }],
    ['#/definitions/a%20b', { 'a b': int }],
    ['#/definitions/a/properties/f', { a: objectOf(int) }],
  ])('leads to what it says: %s', ($ref, definitions) => {
    const { schema } = readWithSchema({ ...objectOf({ $ref }), definitions }, '{}');
    expect(schema).toMatchObject({ fields: [{ schema: { type: 'int64' } }] });
  });

  it.each([
    ['the name under which it is registered', { 'other.json': int }],
    ['its $id', { x: { ...int, $id: 'other.json' } }],
    ['its id', { x: { ...int, id: 'other.json' } }],
    ['its name, before the $id of another', { 'other.json': int, x: { type: 'string', $id: 'other.json' } }],
    [
      'its $id, before its id',
      { x: { ...int, $id: 'other.json', id: 'no' }, y: { type: 'string', $id: 'y', id: 'other.json' } },
    ],
  ])('finds another schema by %s', (_what, references) => {
    expect(propertyOf({ $ref: 'other.json' }, '5', references)).toBe(5n);
  });

  it('is one of the document in which it stands', () => {
    const references = { 'other.json': { ...objectOf({ $ref: '#/definitions/a' }), definitions: { a: int } } };
    expect(propertyOf({ $ref: 'other.json' }, '{"f":5}', references)).toEqual(new Map([['f', 5n]]));
  });

  it.each([
    '#/definitions/b',
    '#/definitions/toString',
    'missing.json',
    '#/definitions/a/type',
    '#/definitions/list/1',
    '#/definitions/list/length',
    '#/definitions/list/-1',
  ])('leads nowhere: %s', ($ref) => {
    const schema = { ...objectOf({ $ref }), definitions: { a: int, list: [int] } };
    expect(() => readWithSchema(schema, '{}')).toThrow('refers to what neither it nor its references have');
  });
});
