import { describe, expect, it } from 'vitest';
import { readJson, TREE } from '../../../../../../../functions/documentdb-sink/connector/converters/json-converter.ts';
import { schemaOfJson } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/json-schema.ts';
import { TransformError } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/transform-error.ts';

const read = (json: string) => schemaOfJson(readJson(Buffer.from(json), TREE), { replaceNulls: true });

describe('the schema of a payload', () => {
  it('has what the JSON says of it', () => {
    const json = '{"type":"int64","optional":true,"name":"n","version":3,"doc":"d","parameters":{"a":"b"},"default":5}';
    expect(read(json)).toEqual({
      ...{ type: 'int64', isOptional: true, default: 5n },
      ...{ name: 'n', version: 3, doc: 'd', parameters: new Map([['a', 'b']]) },
    });
    expect(
      read('{"type":"int64","name":1,"version":"3","doc":null,"parameters":{},"default":null,"optional":true}'),
    ).toEqual({
      ...{ type: 'int64', isOptional: true, default: null },
      ...{ name: undefined, version: undefined, doc: undefined, parameters: undefined },
    });
    expect(read('null')).toBeUndefined();
  });

  it.each([
    ['float', 'float32'],
    ['double', 'float64'],
    ['string', 'string'],
    ['bytes', 'bytes'],
    ['boolean', 'boolean'],
    ['int8', 'int8'],
  ])('knows the type %s', (name, type) => {
    expect(read(`{"type":"${name}"}`)).toMatchObject({ type, isOptional: false });
  });

  it.each([
    ['[]', "it must be an object that contains 'type'"],
    ['{"type":"array"}', "it must be an object that contains 'type'"],
    ['{"type":"map","keys":{"type":"string"}}', "it must be an object that contains 'type'"],
    ['{}', "it must contain 'type'"],
    ['{"type":5}', "it must contain 'type'"],
    ['{"type":"float32"}', 'its type is not a type of Kafka Connect'],
    ['{"type":"float64"}', 'its type is not a type of Kafka Connect'],
    ['{"type":"integer"}', 'its type is not a type of Kafka Connect'],
    ['{"type":"struct"}', 'the fields of a struct are not an array'],
    ['{"type":"struct","fields":{}}', 'the fields of a struct are not an array'],
    ['{"type":"struct","fields":[{"type":"int64"}]}', 'a field of a struct has no name'],
    ['{"type":"struct","fields":[5]}', 'a field of a struct has no name'],
    ['{"type":"int64","parameters":{"a":1}}', 'its parameters must be strings'],
    ['{"type":"struct","fields":[{"type":"int64","field":"a"}],"default":{}}', 'a int64 that is required is null'],
  ])('is refused: %s', (json, reason) => {
    expect(() => read(json)).toThrow(TransformError);
    expect(() => read(json)).toThrow(reason);
  });
});
