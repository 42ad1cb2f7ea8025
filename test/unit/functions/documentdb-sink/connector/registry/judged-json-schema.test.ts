import { describe, expect, it } from 'vitest';
import { UnsupportedSchemaError } from '../../../../../../functions/documentdb-sink/connector/registry/errors.ts';
import { readable, readerOf, registryCases, verdictOf } from '../../../../../support/registry-cases.ts';

const read = readerOf('io.confluent.connect.json.JsonSchemaConverter', 'JSON');

/** Schemas that the function does not read, and says so: docs/migrating.md. */
const UNSUPPORTED: readonly string[] = [
  'types in an array',
  'oneOf of several types',
  'anyOf of several types',
  'oneOf of objects',
  'oneOf of objects with titles',
  'oneOf with an array and a map',
  'oneOf that fits nothing',
  'a number in a oneOf of integer and number',
  'a property of any type',
  'a top-level oneOf of objects',
  'a top-level oneOf of references',
];

/** The fields are the same, but those of the second object come first in Java. */
const OTHER_ORDER = 'allOf of objects';

describe('a JSON value becomes the document that Confluent and the connector make of its schema', () => {
  const judged = registryCases('json-schema.jsonl');

  it.each(judged.filter(({ name }) => !UNSUPPORTED.includes(name)))('$name', (each) => {
    const verdict = verdictOf(() => read(each));
    expect(readable(verdict)).toEqual(readable(each.bson));
    if (each.name !== OTHER_ORDER) expect(verdict).toBe(each.bson);
  });

  it.each(judged.filter(({ name }) => UNSUPPORTED.includes(name)))(
    'is not made of $name, and no record is to blame',
    (each) => {
      expect(() => read(each)).toThrow(UnsupportedSchemaError);
    },
  );
});
