import { describe, expect, it } from 'vitest';
import { whyIdle } from '../../../../../functions/documentdb-sink/connector/idle.ts';
import { SINK, topicProperties } from '../../../../support/sink-documents.ts';

type Given = Readonly<Record<string, string>>;

const chain = (...names: readonly string[]): Given => ({
  'post.processor.chain': names.map((name) => `${SINK}.processor.${name}`).join(','),
});
const idStrategy = (name: string): Given => ({ 'document.id.strategy': `${SINK}.processor.id.strategy.${name}` });
const CONVERTERS: Readonly<Record<string, string>> = {
  Json: 'org.apache.kafka.connect.json.JsonConverter',
  String: 'org.apache.kafka.connect.storage.StringConverter',
  Avro: 'io.confluent.connect.avro.AvroConverter',
  JsonSchema: 'io.confluent.connect.json.JsonSchemaConverter',
  Protobuf: 'io.confluent.connect.protobuf.ProtobufConverter',
  Glue: 'com.amazonaws.services.schemaregistry.kafkaconnect.AWSKafkaAvroConverter',
};
const why = (name: string, given: Given) => whyIdle(name, topicProperties(given));

describe.each([
  ['key', 'Key', 'value'],
  ['value', 'Value', 'key'],
])('of the %s', (side, name, other) => {
  const otherName = name === 'Key' ? 'Value' : 'Key';

  it.each(['AllowList', 'BlockList', 'Whitelist', 'Blacklist'])('a projection is read by %s projectors', (kind) => {
    for (const property of [`${side}.projection.list`, `${side}.projection.type`]) {
      expect(why(property, chain(`${kind}${name}Projector`))).toBeUndefined();
      expect(why(property, chain('KafkaMetaAdder', `${kind}${name}Projector`))).toBeUndefined();
      expect(why(property, chain(`${kind}${otherName}Projector`))).toBe(
        `post.processor.chain has no ${side} projector`,
      );
    }
  });

  it('a projection is read by the id strategy that takes a part', () => {
    expect(why(`${side}.projection.list`, idStrategy(`Partial${name}Strategy`))).toBeUndefined();
    expect(why(`${side}.projection.list`, idStrategy(`Partial${otherName}Strategy`))).toBe(
      `post.processor.chain has no ${side} projector`,
    );
    const own = `document.id.strategy.partial.${side}.projection.type`;
    expect(why(own, idStrategy(`Partial${name}Strategy`))).toBeUndefined();
    expect(why(own, idStrategy(`Partial${otherName}Strategy`))).toBe(
      `document.id.strategy is not Partial${name}Strategy`,
    );
  });

  it.each([
    ['schemas.enable', ['Json'], 'is not JsonConverter'],
    ['replace.null.with.default', ['Json'], 'is not JsonConverter'],
    ['converter.encoding', ['String'], 'is not StringConverter'],
    ['schema.registry.url', ['Avro', 'JsonSchema', 'Protobuf', 'Glue'], 'asks no schema registry'],
    ['basic.auth.user.info', ['Avro', 'JsonSchema', 'Protobuf', 'Glue'], 'asks no schema registry'],
    ['enhanced.avro.schema.support', ['Avro', 'Glue'], 'is not AvroConverter or AWSKafkaAvroConverter'],
    ['connect.meta.data', ['Avro', 'Glue'], 'is not AvroConverter or AWSKafkaAvroConverter'],
    ['use.optional.for.nonrequired', ['JsonSchema'], 'is not JsonSchemaConverter'],
    ['generate.index.for.unions', ['Protobuf'], 'is not ProtobufConverter'],
    ['region', ['Glue'], 'is not AWSKafkaAvroConverter'],
    ['assumeRoleArn', ['Glue'], 'is not AWSKafkaAvroConverter'],
  ])('%s is read by the converters %j', (property, readers, reason) => {
    for (const [converter, className] of Object.entries(CONVERTERS)) {
      const given = { [`${side}.converter`]: className, [`${other}.converter`]: 'org.example.OtherConverter' };
      const expected = readers.includes(converter) ? undefined : `${side}.converter ${reason}`;
      expect(why(`${side}.converter.${property}`, given)).toBe(expected);
    }
  });
});

describe('a property that only some classes read', () => {
  const AUTO_CONVERT = 'timeseries.timefield.auto.convert';
  const noConversion = `the conversion requires timeseries.timefield and ${AUTO_CONVERT}=true`;
  const mapper = (name: string): Given => ({ 'namespace.mapper': `${SINK}.namespace.mapping.${name}` });

  it.each<[string, Given, string | undefined]>([
    ['field.renamer.mapping', chain('field.renaming.RenameByMapping'), undefined],
    [
      'field.renamer.mapping',
      chain('field.renaming.RenameByRegExp'),
      'post.processor.chain does not contain RenameByMapping',
    ],
    ['field.renamer.regexp', chain('field.renaming.RenameByRegExp'), undefined],
    [
      'field.renamer.regexp',
      chain('field.renaming.RenameByMapping'),
      'post.processor.chain does not contain RenameByRegExp',
    ],
    ['document.id.strategy.uuid.format', idStrategy('UuidStrategy'), undefined],
    ['document.id.strategy.uuid.format', idStrategy('BsonOidStrategy'), 'document.id.strategy is not UuidStrategy'],
    ['namespace.mapper.key.database.field', mapper('FieldPathNamespaceMapper'), undefined],
    ['namespace.mapper.key.database.field', { 'namespace.mapper': 'custom.Ours' }, undefined],
    [
      'namespace.mapper.key.database.field',
      mapper('DefaultNamespaceMapper'),
      'namespace.mapper is not FieldPathNamespaceMapper',
    ],
    ['namespace.mapper', mapper('DefaultNamespaceMapper'), undefined],
    ['delete.writemodel.strategy', { 'delete.on.null.values': 'true' }, undefined],
    ['delete.writemodel.strategy', {}, 'delete.on.null.values is not true'],
    [`${AUTO_CONVERT}.date.format`, { 'timeseries.timefield': 'ts', [AUTO_CONVERT]: 'true' }, undefined],
    [`${AUTO_CONVERT}.date.format`, { 'timeseries.timefield': 'ts' }, noConversion],
    [`${AUTO_CONVERT}.date.format`, { [AUTO_CONVERT]: 'true' }, noConversion],
    ['writemodel.strategy', { 'change.data.capture.handler': 'x' }, 'change.data.capture.handler replaces it'],
    ['writemodel.strategy', {}, undefined],
    ['database', { 'change.data.capture.handler': 'x' }, undefined],
  ])('%s beside %j', (name, given, expected) => {
    expect(why(name, given)).toBe(expected);
  });
});
