import { describe, expect, it } from 'vitest';
import { readable, readerOf, registryCases, verdictOf } from '../../../../../support/registry-cases.ts';

describe.each([
  ['Confluent', 'avro.jsonl', readerOf('io.confluent.connect.avro.AvroConverter', 'AVRO')],
  [
    'AWS Glue',
    'avro-glue.jsonl',
    readerOf('com.amazonaws.services.schemaregistry.kafkaconnect.AWSKafkaAvroConverter', 'AVRO'),
  ],
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
