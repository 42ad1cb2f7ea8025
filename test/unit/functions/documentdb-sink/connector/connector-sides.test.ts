import { describe, expect, it } from 'vitest';
import {
  glueSides,
  hasTransforms,
  sidesWithRegistry,
  unnamedTopic,
} from '../../../../../functions/documentdb-sink/connector/create-record-mapper.ts';
import { readConnector } from '../../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { textsWithPlaceholders } from '../../../../../functions/documentdb-sink/connector/texts-with-placeholders.ts';
import { topicProperties } from '../../../../support/sink-documents.ts';

const AVRO = 'io.confluent.connect.avro.AvroConverter';
const GLUE = 'com.amazonaws.services.schemaregistry.kafkaconnect.AWSKafkaAvroConverter';
const sides = (key: string, value: string) => ({
  properties: topicProperties({ 'key.converter': key, 'value.converter': value }),
});

describe('a connector file', () => {
  it.each([
    [sides('x', 'y'), [], []],
    [sides(AVRO, 'y'), ['key'], []],
    [sides('x', GLUE), ['value'], ['value']],
    [sides(GLUE, AVRO), ['key', 'value'], ['key']],
  ])('asks schema registries for some sides: %#', (connector, expected, glue) => {
    expect([sidesWithRegistry(connector), glueSides(connector)]).toEqual([expected, glue]);
  });

  it.each([
    [[], false],
    [[['transforms', ' ']], false],
    [[['transforms', 'a']], true],
  ] as const)('has transforms or not: %j', (entries, expected) => {
    expect(hasTransforms({ transforms: new Map(entries) })).toBe(expected);
  });

  it('leaves records of a topic that it does not name as they are', () => {
    expect(unnamedTopic('other')).toMatchObject({
      kind: 'unsettled',
      failure: { code: 'misconfigured', retryable: true, mayBeWritten: false },
    });
  });

  it('has texts with placeholders: the address, and what converters read that ask a registry', () => {
    const text = `topics=orders
database=shop
connection.uri=mongodb://\${env:HOST}/
key.converter=org.apache.kafka.connect.storage.StringConverter
key.converter.other=unread
value.converter=${AVRO}
value.converter.schema.registry.url=https://\${env:REGISTRY}
value.converter.ssl.truststore.location=unread
value.converter.ssl.truststore.certificates=\${env:CA}
`;
    const connector = readConnector(text, { where: 'test', environment: { HOST: 'a', REGISTRY: 'b', CA: 'c' } });
    const texts = textsWithPlaceholders(connector);
    expect(texts[0]).toBe(connector.connectionUri);
    expect(texts).toContain(`https://\${env:REGISTRY}`);
    expect(texts).toContain(`\${env:CA}`);
    expect(texts).not.toContain('unread');
  });
});
