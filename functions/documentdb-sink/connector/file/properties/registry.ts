import { anyText, flag, secretText, wholeNumber } from '../forms.ts';
import { implemented, meaningless, type Property, refused } from '../property.ts';

const WRITING = 'the property controls how schemas are registered; the function reads alone';
const OWN_SCHEMA = 'values are read with the schema that wrote them';
const GLUE_READS =
  'the function reads each schema by the id in the record; nothing is registered, and types are generic';
const GENERALIZED = {
  reason: "Confluent's own converter fails for many values with it",
  remedy: 'remove the property',
};
const PROXY = 'the function asks the registry directly, from its own subnets: let it reach the URL';
const TRUSTSTORE =
  'the function trusts the public root certificates, `documentdbSink.caBundle` of the stage file, or ssl.truststore.certificates';

/** A property's name behind its side. */
type Name = (rest: string) => string;

/** The client of a registry with Confluent's API. `schema.registry.` may stand before each name. */
const clientProperties = (name: Name): readonly Property[] => [
  implemented(name('schema.registry.url'), {
    form: secretText,
    description: 'Registry converters: URLs of the schema registry, separated by commas. May contain placeholders.',
  }),
  implemented(name('basic.auth.credentials.source'), {
    form: anyText,
    description: 'Registry converters: `USER_INFO` reads `basic.auth.user.info`, `URL` (the default) the URL.',
  }),
  implemented(name('basic.auth.user.info'), {
    form: secretText,
    description: 'Registry converters: `user:password`, best as placeholders.',
  }),
  implemented(name('bearer.auth.*'), {
    form: secretText,
    description:
      'Registry converters: `bearer.auth.token` with `bearer.auth.credentials.source=STATIC_TOKEN`, `bearer.auth.logical.cluster`, `bearer.auth.identity.pool.id`.',
  }),
  implemented(name('request.header.*'), {
    form: secretText,
    description:
      'Registry converters: a header of each question, by its name: `request.header.X-Tenant=shop`. May contain placeholders.',
  }),
  ...['', 'schema.registry.'].flatMap((prefix) =>
    ['proxy.host', 'proxy.port'].map((each) =>
      meaningless(name(prefix + each), PROXY, {
        form: anyText,
        description: 'Registry converters: a proxy between the worker and the registry.',
      }),
    ),
  ),
  ...['ssl.truststore.', 'schema.registry.ssl.truststore.'].flatMap((prefix) => [
    implemented(name(`${prefix}certificates`), {
      form: secretText,
      description: 'Registry converters: trusted certificates in PEM, instead of the public roots.',
    }),
    meaningless(name(`${prefix}*`), TRUSTSTORE, {
      form: secretText,
      description: 'Registry converters: truststore file of the worker.',
    }),
  ]),
  implemented(name('ssl.*'), {
    form: secretText,
    description:
      'Registry converters: client certificate in PEM (`ssl.keystore.certificate.chain`, `ssl.keystore.key`, `ssl.key.password`); `ssl.endpoint.identification.algorithm`.',
  }),
  implemented(name('schema.registry.*'), {
    form: secretText,
    description: 'Registry converters: the settings of the registry client with this prefix.',
  }),
];

/** How values become Connect's data. */
const dataProperties = (name: Name): readonly Property[] => [
  implemented(name('enhanced.avro.schema.support'), {
    form: flag,
    default: 'false',
    description: 'AvroConverter: whether fields of unions are named with their namespace.',
  }),
  implemented(name('connect.meta.data'), {
    form: flag,
    default: 'true',
    description: 'AvroConverter: whether `connect.parameters` of a schema are read.',
  }),
  implemented(name('flatten.singleton.unions'), {
    form: flag,
    default: 'true',
    description: 'AvroConverter: whether a union of one type is that type.',
  }),
  refused(name('generalized.sum.type.support'), GENERALIZED, {
    form: flag,
    default: 'false',
    description: 'Registry converters: other names for unions and enums.',
  }),
];

/** How JSON with a schema becomes Connect's data. */
const jsonSchemaProperties = (name: Name): readonly Property[] => [
  implemented(name('use.optional.for.nonrequired'), {
    form: flag,
    default: 'false',
    description: 'JsonSchemaConverter: whether properties that are not required may be null.',
  }),
  ...[
    'object.additional.properties',
    'ignore.modern.dialects',
    'json.fail.invalid.schema',
    'json.fail.unknown.properties',
  ].map((each) =>
    meaningless(name(each), 'values are read, and not checked against the schema, as in the converter by default', {
      form: flag,
      description: 'JsonSchemaConverter: how schemas are written, and values checked.',
    }),
  ),
];

/** How Protobuf becomes Connect's data. */
const protobufProperties = (name: Name): readonly Property[] => [
  ...(
    [
      ['enhanced.protobuf.schema.support', 'false', 'whether names of schemas have their package.'],
      ['int.for.enums', 'false', 'whether an enum is its number, and not its name.'],
      ['optional.for.nullables', 'false', 'whether only fields that say `optional` may be null.'],
      ['optional.for.proto2', 'true', 'whether an unset `optional` field of proto2 is null, and not its default.'],
      ['wrapper.for.nullables', 'false', 'whether only fields with a wrapper type may be null.'],
      ['wrapper.for.raw.primitives', 'true', 'whether a wrapper, as `google.protobuf.StringValue`, is its value.'],
      ['generate.struct.for.nulls', 'false', 'whether an unset message is one without fields, and not null.'],
      ['generate.index.for.unions', 'true', "whether a oneof's place stands behind its name, as in `kind_0`."],
      ['flatten.unions', 'false', 'whether the fields of a oneof stand beside the others.'],
    ] as const
  ).map(([rest, byDefault, description]) =>
    implemented(name(rest), { form: flag, default: byDefault, description: `ProtobufConverter: ${description}` }),
  ),
  ...['scrub.invalid.names', 'ignore.default.for.nullables', 'skip.known.types'].map((each) =>
    meaningless(name(each), WRITING, { form: flag, description: 'ProtobufConverter: how schemas are written.' }),
  ),
];

const glueProperties = (name: Name): readonly Property[] => [
  implemented(name('region'), { form: anyText, description: "AWSKafkaAvroConverter: the registry's region." }),
  implemented(name('endpoint'), {
    form: anyText,
    description: 'AWSKafkaAvroConverter: URL of AWS Glue, if it is another.',
  }),
  implemented(name('assumeRoleArn'), {
    form: anyText,
    description:
      "AWSKafkaAvroConverter: role that may read the registry, for the registry of another account. Default: the function's own.",
  }),
  implemented(name('assumeRoleSessionName'), {
    form: anyText,
    default: 'kafka-connect-session',
    description: 'AWSKafkaAvroConverter: session name of that role.',
  }),
  implemented(name('secondaryDeserializer'), {
    form: anyText,
    description: 'AWSKafkaAvroConverter: Java class for other bytes. Refused.',
  }),
  ...[
    'schemaAutoRegistrationEnabled',
    'compatibility',
    'dataFormat',
    'schemaName',
    'description',
    'compressionType',
    'compression',
    'schemaNameGenerationClass',
    'registry.name',
    'avroRecordType',
  ].map((each) =>
    meaningless(name(each), GLUE_READS, {
      form: anyText,
      description: 'AWSKafkaAvroConverter: how schemas are registered.',
    }),
  ),
  ...[
    'cacheSize',
    'timeToLiveMillis',
    'userAgentApp',
    'jacksonSerializationFeatures',
    'jacksonDeserializationFeatures',
    'proxyUrl',
  ].map((each) =>
    meaningless(name(each), 'the function keeps up to 1000 schemas, which never change, and reads AWS Glue directly', {
      form: anyText,
      description: 'AWSKafkaAvroConverter: client and cache.',
    }),
  ),
];

/** What serializers and caches of Java read. */
const unreadProperties = (name: Name): readonly Property[] => [
  ...['auto.register.schemas', 'normalize.schemas', 'id.compatibility.strict'].map((each) =>
    meaningless(name(each), WRITING, { form: flag, description: 'Registry converters: how schemas are registered.' }),
  ),
  ...['use.latest.version', 'latest.compatibility.strict'].map((each) =>
    meaningless(name(each), OWN_SCHEMA, { form: flag, description: 'Registry converters: which schema is used.' }),
  ),
  ...['use.latest.with.metadata', 'use.schema.id', 'latest.cache.size', 'latest.cache.ttl.sec'].map((each) =>
    meaningless(name(each), OWN_SCHEMA, { form: anyText, description: 'Registry converters: which schema is used.' }),
  ),
  ...['key.subject.name.strategy', 'value.subject.name.strategy', 'subject.name.strategy'].map((each) =>
    meaningless(name(each), 'schemas are looked up by id', {
      form: anyText,
      description: 'Registry converters: names of subjects.',
    }),
  ),
  meaningless(name('max.schemas.per.subject'), 'the function keeps up to 1000 schemas', {
    form: wholeNumber('schemas'),
    default: '1000',
    description: 'Registry converters: size of the schema cache.',
  }),
];

const propertiesOf = (side: 'key' | 'value'): readonly Property[] =>
  [
    clientProperties,
    dataProperties,
    jsonSchemaProperties,
    protobufProperties,
    glueProperties,
    unreadProperties,
  ].flatMap((properties) => properties((rest) => `${side}.converter.${rest}`));

/** Settings of converters that ask a schema registry. */
export const REGISTRY_PROPERTIES: readonly Property[] = [...propertiesOf('key'), ...propertiesOf('value')];
