import { describe, expect, it } from 'vitest';
import { parseAvro } from '../../../../../../functions/documentdb-sink/connector/registry/avro/avro-type.ts';
import { compileAvro } from '../../../../../../functions/documentdb-sink/connector/registry/avro/compile-avro.ts';
import { type RegistryCase, readable, registryCases, verdictOf } from '../../../../../support/registry-cases.ts';

const readerOf =
  (isGlue: boolean) =>
  ({ schema, references = {}, options = {}, valueBase64 }: RegistryCase) =>
    compileAvro(parseAvro(schema, Object.values(references)), {
      enhanced: options['enhanced.avro.schema.support'] === 'true',
      metaData: options['connect.meta.data'] !== 'false',
      flattenSingletonUnions: !isGlue && options['flatten.singleton.unions'] !== 'false',
      namespace: isGlue ? 'com.amazonaws.services.schemaregistry.kafkaconnect.avrodata' : 'io.confluent.connect.avro',
      keepsTopUnion: isGlue,
    })(Buffer.from(valueBase64, 'base64'));

describe.each([
  ['Confluent', 'avro.jsonl', readerOf(false)],
  ['AWS Glue', 'avro-glue.jsonl', readerOf(true)],
] as const)(
  'an Avro value becomes the document that the converter of %s and the connector make',
  (_whose, file, read) => {
    it.each(registryCases(file))('$name', (each) => {
      const verdict = verdictOf(() => read(each));
      expect(readable(verdict)).toEqual(readable(each.bson));
      expect(verdict).toBe(each.bson);
    });
  },
);
