import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import type { TopicProperties } from '../topic-properties.ts';
import type { Side } from '../transforms/connect-record.ts';
import { parseAvro } from './avro/avro-type.ts';
import { compileAvro } from './avro/compile-avro.ts';
import { checkClient, clientTextsOf } from './confluent/client-settings.ts';
import { checkGlue } from './glue/glue-settings.ts';
import { compileJsonSchema } from './json-schema/compile-json-schema.ts';
import { compileProtobuf } from './protobuf/compile-protobuf.ts';
import { protobufOptionsOf } from './protobuf/protobuf-options.ts';
import type { RegisteredSchema } from './schema-source.ts';
import type { ReadValue } from './schema-store.ts';
import { confluentFormat, glueFormat, type WireFormat } from './wire-format.ts';

/** A converter's own settings, without `value.converter.`, with their defaults. */
type Own = ReadonlyMap<string, string>;

/** A Java class of a converter, and what stands in for it. */
export interface ConverterClass {
  /** Whose API the registry has. */
  readonly registry: 'confluent' | 'glue';
  readonly format: WireFormat;
  /** @throws PropertyError that names the property, `prefix` before it, and the remedy */
  readonly check: (own: Own, prefix: string) => void;
  readonly createCompiler: (own: Own) => (schema: RegisteredSchema) => ReadValue;
}

const isSet = (own: Own, name: string): boolean => own.get(name) === 'true';

const CONFLUENT_NAMESPACE = 'io.confluent.connect.avro';
const GLUE_NAMESPACE = 'com.amazonaws.services.schemaregistry.kafkaconnect.avrodata';

const avroCompiler =
  (isGlue: boolean): ConverterClass['createCompiler'] =>
  (own) => {
    const options = {
      enhanced: isSet(own, 'enhanced.avro.schema.support'),
      metaData: isSet(own, 'connect.meta.data'),
      flattenSingletonUnions: !isGlue && isSet(own, 'flatten.singleton.unions'),
      namespace: isGlue ? GLUE_NAMESPACE : CONFLUENT_NAMESPACE,
      keepsTopUnion: isGlue,
    };
    return ({ type, text, references }) => {
      if (type !== 'AVRO') throw new UnconvertibleError('its schema is not an Avro schema, which the converter reads');
      return compileAvro(parseAvro(text, references.values()), options);
    };
  };

const jsonSchemaCompiler: ConverterClass['createCompiler'] = (own) => {
  const options = { optionalForNonRequired: isSet(own, 'use.optional.for.nonrequired') };
  return ({ type, text, references }) => {
    if (type !== 'JSON') throw new UnconvertibleError('its schema is not a JSON schema, which the converter reads');
    return compileJsonSchema(text, references, options);
  };
};

const protobufCompiler: ConverterClass['createCompiler'] = (own) => {
  const options = protobufOptionsOf(own);
  return ({ type, text, references }) => {
    if (type !== 'PROTOBUF')
      throw new UnconvertibleError('its schema is not a Protobuf schema, which the converter reads');
    return compileProtobuf(text, references, options);
  };
};

const confluent = (createCompiler: ConverterClass['createCompiler']): ConverterClass => ({
  registry: 'confluent',
  format: confluentFormat,
  check: (own, prefix) => checkClient(clientTextsOf(own), prefix),
  createCompiler,
});

/** By the last part of the class's name. */
const CLASSES: ReadonlyMap<string, ConverterClass> = new Map([
  ['AvroConverter', confluent(avroCompiler(false))],
  ['JsonSchemaConverter', confluent(jsonSchemaCompiler)],
  ['ProtobufConverter', confluent(protobufCompiler)],
  [
    'AWSKafkaAvroConverter',
    { registry: 'glue', format: glueFormat, check: checkGlue, createCompiler: avroCompiler(true) },
  ],
]);

/** Undefined: the side's converter asks no registry. */
export const converterClassOf = (properties: TopicProperties, side: Side): ConverterClass | undefined =>
  CLASSES.get(properties.text(`${side}.converter`).split('.').at(-1) ?? '');
