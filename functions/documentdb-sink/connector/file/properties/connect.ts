import { CONVERTERS, className } from '../class-names.ts';
import { anyText, choice, flag, topics, wholeNumber } from '../forms.ts';
import { implemented, meaningless, type Property } from '../property.ts';

const CONVERTER = className('converter', CONVERTERS, false);
const STRING_CONVERTER = 'org.apache.kafka.connect.storage.StringConverter';
const MAPPING = 'the event source mapping reads the topics; its settings are under `trigger` in the stage file';
const PROVIDERS = 'the function resolves placeholders itself';
const converter = (side: 'key' | 'value'): readonly Property[] => [
  implemented(`${side}.converter`, {
    form: CONVERTER,
    default: STRING_CONVERTER,
    description: `Converter from the ${side}'s bytes to a document. The default is the default of MSK Connect's worker.`,
  }),
  implemented(`${side}.converter.schemas.enable`, {
    form: flag,
    default: 'true',
    description: 'JsonConverter: whether each record contains its schema, as `{"schema": .., "payload": ..}`.',
  }),
  implemented(`${side}.converter.replace.null.with.default`, {
    form: flag,
    default: 'true',
    description: "JsonConverter with schemas: whether a null is replaced by its schema's default.",
  }),
  implemented(`${side}.converter.converter.encoding`, {
    form: choice('utf-8', 'utf8'),
    default: 'UTF-8',
    description: 'StringConverter: text encoding.',
  }),
  meaningless(`${side}.converter.schemas.cache.size`, 'the function does not cache schemas', {
    form: wholeNumber('schemas'),
    default: '1000',
    description: 'JsonConverter: size of the schema cache.',
  }),
  meaningless(
    `${side}.converter.decimal.format`,
    'the property controls how decimals are written; the function reads both formats',
    {
      form: choice('base64', 'numeric'),
      default: 'BASE64',
      description: 'JsonConverter: format in which decimals are written.',
    },
  ),
];

/**
 * Properties that Kafka Connect itself reads from a sink connector's configuration.
 * https://kafka.apache.org/documentation/#sinkconnectconfigs
 */
export const CONNECT_PROPERTIES: readonly Property[] = [
  meaningless('name', 'the service and the stage name the functions and the consumer group', {
    form: anyText,
    description: 'Name of the connector.',
  }),
  meaningless('connector.class', 'documentdbSink replaces this connector', {
    form: {
      text: '`com.mongodb.kafka.connect.MongoSinkConnector`',
      accepts: (value) => /^(?:com\.mongodb\.kafka\.connect\.)?MongoSink(?:Connector)?$/.test(value),
    },
    default: 'com.mongodb.kafka.connect.MongoSinkConnector',
    description: 'Class of the connector.',
  }),
  meaningless('tasks.max', 'Lambda scales by pollers: set `trigger.pollersMax` in the stage file', {
    form: wholeNumber('tasks', 1),
    default: '1',
    description: 'Maximum number of tasks.',
  }),
  meaningless('tasks.max.enforce', 'Lambda has no tasks', {
    form: flag,
    default: 'true',
    description: 'Whether Kafka Connect enforces tasks.max.',
  }),
  implemented('topics', {
    form: topics,
    description: 'Topics to read. Each topic gets an event source mapping.',
  }),
  implemented('topics.regex', {
    form: anyText,
    description:
      'Java regular expression that selects the topics to read. `npm run topics -- --stage STAGE` writes the matching topics of the cluster into a file, and packaging makes an event source mapping for each.',
  }),
  ...converter('key'),
  ...converter('value'),
  meaningless('header.converter', 'no strategy reads headers; dead letters contain their bytes', {
    form: anyText,
    description: 'Converter for record headers.',
  }),
  meaningless('header.converter.*', 'no strategy reads headers', {
    form: anyText,
    description: 'Settings of the header converter.',
  }),
  implemented('transforms', {
    form: anyText,
    description: 'Aliases of single message transforms, in the order in which they are applied.',
  }),
  implemented('transforms.*', {
    form: anyText,
    description:
      'Settings of each transform: `type`, `predicate`, `negate`, and the properties of its class ([transforms](#transforms)).',
  }),
  implemented('predicates', { form: anyText, description: 'Aliases of predicates, which transforms refer to.' }),
  implemented('predicates.*', {
    form: anyText,
    description: 'Settings of each predicate: `type` and the properties of its class.',
  }),
  meaningless('config.providers', PROVIDERS, { form: anyText, description: 'Aliases of config providers.' }),
  implemented('config.providers.*', {
    form: anyText,
    description:
      "Settings of each config provider. `class` selects Amazon's provider for Secrets Manager, Parameter Store or S3, or Kafka's provider for environment variables. The parameters of a provider have no effect.",
  }),
  meaningless('config.action.reload', 'the function reads secrets again when the cluster refuses them', {
    form: choice('none', 'restart'),
    default: 'restart',
    description: 'What Kafka Connect does when a provider has new values.',
  }),
  meaningless('consumer.override.*', MAPPING, { form: anyText, description: 'Settings of the Kafka consumer.' }),
  meaningless('producer.override.*', 'dead letters go to S3', {
    form: anyText,
    description: 'Settings of the producer that writes dead letters.',
  }),
  meaningless('admin.override.*', 'the function creates no topics', {
    form: anyText,
    description: 'Settings of the admin client that creates topics.',
  }),
];
