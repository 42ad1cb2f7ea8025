import { describe, expect, it } from 'vitest';
import { UnsupportedSchemaError } from '../../../../../../functions/documentdb-sink/connector/registry/errors.ts';
import { readable, readerOf, registryCases, verdictOf } from '../../../../../support/registry-cases.ts';

/** Schemas that the function does not read, and says so (docs/migrating.md), or at which Java's task fails. */
const UNSUPPORTED: readonly string[] = ['a type of descriptor.proto', 'structs for nulls without an end'];

const read = readerOf('io.confluent.connect.protobuf.ProtobufConverter', 'PROTOBUF');

describe('a Protobuf value becomes the document that Confluent and the connector make of its schema', () => {
  const judged = registryCases('protobuf.jsonl');

  it.each(judged.filter(({ name }) => !UNSUPPORTED.includes(name)))('$name', (each) => {
    const verdict = verdictOf(() => read(each));
    expect(readable(verdict)).toEqual(readable(each.bson));
    expect(verdict).toBe(each.bson);
  });

  it.each(judged.filter(({ name }) => UNSUPPORTED.includes(name)))(
    'is not made of $name, and no record is to blame',
    (each) => {
      expect(() => read(each)).toThrow(UnsupportedSchemaError);
    },
  );
});
