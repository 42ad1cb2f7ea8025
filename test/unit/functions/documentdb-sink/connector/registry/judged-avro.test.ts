import { describe, expect, it } from 'vitest';
import { parseAvro } from '../../../../../../functions/documentdb-sink/connector/registry/avro/avro-type.ts';
import { compileAvro } from '../../../../../../functions/documentdb-sink/connector/registry/avro/compile-avro.ts';
import { readable, registryCases, verdictOf } from '../../../../../support/registry-cases.ts';

describe('an Avro value becomes the document that Confluent and the connector make', () => {
  it.each(registryCases('avro.jsonl'))('$name', ({ schema, references = {}, options = {}, valueBase64, bson }) => {
    const read = () =>
      compileAvro(parseAvro(schema, Object.values(references)), {
        enhanced: options['enhanced.avro.schema.support'] === 'true',
        metaData: options['connect.meta.data'] !== 'false',
        flattenSingletonUnions: options['flatten.singleton.unions'] !== 'false',
        keepsTopUnion: false,
      })(Buffer.from(valueBase64, 'base64'));
    const verdict = verdictOf(read);
    expect(readable(verdict)).toEqual(readable(bson));
    expect(verdict).toBe(bson);
  });
});
