import { describe, expect, it } from 'vitest';
import { parseAvro } from '../../../../../../functions/documentdb-sink/connector/registry/avro/avro-type.ts';
import { fieldOf, mapEntry, OPTIONS, readAvro, record } from '../../../../../support/read-avro.ts';

/** The schema of a record's only field, of which a value of few bytes is read. */
function schemaOf(type: unknown, options = OPTIONS) {
  const bytes = JSON.stringify(type).includes('decimal') ? Buffer.from([2, 1]) : Buffer.alloc(2);
  const { schema } = readAvro(record({ f: type }), [bytes], [], options);
  return schema?.type === 'struct' ? schema.fields[0]?.schema : undefined;
}

describe('the schema that Connect makes of an Avro schema', () => {
  it.each([
    ['an int', 'int', { type: 'int32', name: undefined, version: undefined, parameters: undefined }],
    ['a version', { type: 'int', 'connect.version': 3 }, { version: 3 }],
    ['a logical type', { type: 'long', logicalType: 'timestamp-millis' }, { type: 'int64', version: 1 }],
    [
      'a logical type with a version',
      { type: 'int', logicalType: 'date', 'connect.version': 2 },
      { name: 'org.apache.kafka.connect.data.Date', version: 2 },
    ],
    ['a name', { type: 'int', 'connect.name': 'mine' }, { name: 'mine', version: undefined }],
    [
      'no name where Connect made one up',
      { type: 'int', 'connect.name': 'io.confluent.connect.avro.ConnectDefault1' },
      { name: undefined },
    ],
    [
      'a decimal',
      { type: 'bytes', logicalType: 'decimal', precision: 5, scale: 2 },
      { version: 1, parameters: parameters({ scale: '2', 'connect.decimal.precision': '5' }) },
    ],
    [
      'a decimal of the usual precision and no scale',
      { type: 'bytes', logicalType: 'decimal', precision: 64 },
      { parameters: parameters({ scale: '0' }) },
    ],
    [
      'a decimal without a precision',
      { type: 'bytes', logicalType: 'decimal', scale: 1 },
      { parameters: parameters({ scale: '1' }) },
    ],
    ['a precision of something else', { type: 'bytes', precision: 5 }, { parameters: undefined }],
    [
      'fixed',
      { type: 'fixed', name: 'F', size: 0 },
      { name: 'F', parameters: parameters({ 'connect.fixed.size': '0' }) },
    ],
    [
      'a fixed decimal, whose own name is no name of Connect',
      { type: 'fixed', name: 'F', size: 1, logicalType: 'decimal', precision: 2 },
      {
        name: 'org.apache.kafka.connect.data.Decimal',
        parameters: parameters({ scale: '0', 'connect.decimal.precision': '2', 'connect.fixed.size': '1' }),
      },
    ],
    [
      'an enum',
      { type: 'enum', name: 'E', namespace: 'n', symbols: ['A'] },
      {
        type: 'string',
        name: 'n.E',
        parameters: parameters({ 'io.confluent.connect.avro.Enum': 'n.E', 'io.confluent.connect.avro.Enum.A': 'A' }),
      },
    ],
    ['a type whose namespace is null', { type: 'fixed', name: 'F', namespace: null, size: 1 }, { name: 'F' }],
    ['a type whose namespace is no text', { type: 'fixed', name: 'F', namespace: 5, size: 1 }, { name: 'F' }],
    ['parameters', { type: 'int', 'connect.parameters': { a: 'b' } }, { parameters: parameters({ a: 'b' }) }],
    ['a record of its name', record({}, 'n.S'), { type: 'struct', name: 'n.S', isOptional: false, fields: [] }],
    ['an error', { ...record({}, 'S'), type: 'error' }, { type: 'struct', name: 'S' }],
    ['a type in a type', { type: { type: 'string' } }, { type: 'string' }],
    ['what may be null', ['null', 'int'], { type: 'int32', isOptional: true }],
    ['a union of one', ['int'], { type: 'int32', isOptional: false }],
    [
      'a union',
      ['int', 'string'],
      {
        name: 'io.confluent.connect.avro.Union',
        isOptional: false,
        fields: [
          { name: 'int', schema: expect.objectContaining({ type: 'int32', isOptional: true }) },
          { name: 'string', schema: expect.objectContaining({ type: 'string', isOptional: true }) },
        ],
      },
    ],
    ['a union with null', ['int', 'null', 'string'], { isOptional: true }],
    [
      'an array',
      { type: 'array', items: 'int' },
      { type: 'array', isOptional: false, items: expect.objectContaining({ isOptional: false }) },
    ],
    [
      'an array of texts that are called pairs',
      { type: 'array', items: { type: 'string', 'connect.internal.type': 'MapEntry' } },
      { type: 'array', items: expect.objectContaining({ type: 'string' }) },
    ],
    [
      'a map',
      { type: 'map', values: 'int' },
      { type: 'map', values: expect.objectContaining({ type: 'int32', isOptional: false }) },
    ],
    [
      'a map of pairs',
      { type: 'array', items: mapEntry('key', 'value') },
      {
        type: 'map',
        keys: expect.objectContaining({ type: 'string', isOptional: false }),
        values: expect.objectContaining({ type: 'int32', isOptional: false }),
      },
    ],
  ])('has %s', (_what, type, expected) => {
    expect(schemaOf(type)).toMatchObject(expected);
  });

  it('drops its own parameters without connect.meta.data', () => {
    const type = { type: 'int', 'connect.parameters': { a: 'b' } };
    expect(schemaOf(type, { ...OPTIONS, metaData: false })).toMatchObject({ parameters: undefined });
  });

  it('is required at the top, and has the name of the record', () => {
    expect(readAvro(record({}), []).schema).toMatchObject({ name: 'R', isOptional: false, fields: [] });
  });

  it('knows names without a namespace of its references', () => {
    const { schema } = readAvro(record({ f: 'Other' }), [], [record({}, 'Other')]);
    expect(schema).toMatchObject({ name: 'R', fields: [{ name: 'f', schema: { name: 'Other' } }] });
  });

  function parameters(of: Readonly<Record<string, string>>) {
    return new Map(Object.entries(of));
  }
});

describe('an Avro schema is refused', () => {
  it.each([
    ['neither a name, nor an object, nor an array', 5],
    ['a name that neither the schema nor its references define', 'Missing'],
    ['connect.name and logicalType differ', { type: 'int', logicalType: 'date', 'connect.name': 'mine' }],
    ['connect.name is not text', { type: 'int', 'connect.name': 5 }],
    ['connect.parameters is not an object', { type: 'int', 'connect.parameters': 'a' }],
    ['a parameter is not text', { type: 'int', 'connect.parameters': { a: 1 } }],
    ['precision is not a number', { type: 'bytes', logicalType: 'decimal', precision: '5' }],
    ['connect.type of an int is not int8 or int16', { type: 'int', 'connect.type': 'int64' }],
    ['a record, an enum or a fixed type has no name', { type: 'fixed', size: 1 }],
    ['a fixed type has no size', { type: 'fixed', name: 'F' }],
    ['an enum has no symbols', { type: 'enum', name: 'E' }],
    ['a symbol is not text', { type: 'enum', name: 'E', symbols: [1] }],
    ['it defines a name twice', record({ a: record({}, 'S'), b: record({}, 'S') }, 'T')],
    ['a record has no fields', { type: 'record', name: 'S' }],
    ['a field of a record has no name', { type: 'record', name: 'S', fields: [{ type: 'int' }] }],
    ['a field of a record has no name', { type: 'record', name: 'S', fields: ['a'] }],
    ['a record has two fields of one name', { type: 'record', name: 'S', fields: [field('a'), field('a')] }],
    ['null stands outside of a union', 'null'],
    ['a union has no type but null', ['null']],
    ['two branches of a union have one name', [record({}, 'a.S'), record({}, 'b.S')]],
    ['an entry of a map is no pair', { type: 'array', items: mapEntry('key', 'value', 'third') }],
    ['an entry of a map is no pair', { type: 'array', items: mapEntry('key', 'third') }],
    ['an entry of a map is no pair', { type: 'array', items: mapEntry('third', 'value') }],
  ])('%s', (detail, type) => {
    expect(() => fieldOf(type)).toThrow(`the Avro schema is wrong: ${detail === undefined ? '' : wordsOf(detail)}`);
  });

  it('of nothing but null at the top', () => {
    expect(() => readAvro(['null'], [Buffer.from([0])])).toThrow('a union has no type but null');
  });

  it('that is not JSON', () => {
    expect(() => parseAvro('{')).toThrow('the schema is not JSON');
  });

  /** The beginning differs for two. */
  function wordsOf(detail: string): string {
    if (detail.startsWith('neither')) return `a type is ${detail}`;
    return detail.startsWith('a name that') ? `it uses ${detail}` : detail;
  }

  function field(name: string) {
    return { name, type: 'int' };
  }
});
