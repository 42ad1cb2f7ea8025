import { CONVERTERS, className } from '../class-names.ts';
import { anyText, choice, flag, topics, wholeNumber } from '../forms.ts';
import { implemented, meaningless, type Property } from '../property.ts';

const CONVERTER = className('converter', CONVERTERS, false);
const STRING_CONVERTER = 'org.apache.kafka.connect.storage.StringConverter';
const MAPPING = 'the event source mapping reads the topics: its settings are under `trigger` in the stage file';
const PROVIDERS = 'the function resolves placeholders itself, as these classes do';
const converter = (side: 'key' | 'value'): readonly Property[] => [
  implemented(`${side}.converter`, {
    form: CONVERTER,
    default: STRING_CONVERTER,
    description: `How the ${side}'s bytes become a document. The default is that of MSK Connect's worker.`,
  }),
  implemented(`${side}.converter.schemas.enable`, {
    form: flag,
    default: 'true',
    description: 'JsonConverter: whether each record carries its schema, as `{"schema": .., "payload": ..}`.',
  }),
  implemented(`${side}.converter.replace.null.with.default`, {
    form: flag,
    default: 'true',
    description: "JsonConverter with schemas: whether a null becomes its schema's default.",
  }),
  implemented(`${side}.converter.converter.encoding`, {
    form: choice('utf-8', 'utf8'),
    default: 'UTF-8',
    description: 'StringConverter: the encoding of text.',
  }),
  meaningless(`${side}.converter.schemas.cache.size`, 'no schema is cached', {
    form: wholeNumber('schemas'),
    default: '1000',
    description: 'JsonConverter: the size of its cache.',
  }),
  meaningless(`${side}.converter.decimal.format`, 'it says how decimals are written; both forms are read', {
    form: choice('base64', 'numeric'),
    default: 'BASE64',
    description: 'JsonConverter: how decimals are written.',
  }),
];

/** What Kafka Connect itself reads of a sink connector's file. https://kafka.apache.org/documentation/#sinkconnectconfigs */
export const CONNECT_PROPERTIES: readonly Property[] = [
  meaningless('name', 'the functions and the consumer group are named by the service and the stage', {
    form: anyText,
    description: "The connector's name.",
  }),
  meaningless('connector.class', 'this is that connector', {
    form: {
      text: '`com.mongodb.kafka.connect.MongoSinkConnector`',
      accepts: (value) => /^(?:com\.mongodb\.kafka\.connect\.)?MongoSink(?:Connector)?$/.test(value),
    },
    default: 'com.mongodb.kafka.connect.MongoSinkConnector',
    description: "The connector's class.",
  }),
  meaningless('tasks.max', 'Lambda scales by pollers: `trigger.pollersMax`', {
    form: wholeNumber('tasks', 1),
    default: '1',
    description: 'How many tasks share the partitions.',
  }),
  meaningless('tasks.max.enforce', 'there are no tasks', { form: flag, default: 'true', description: 'Of tasks.max.' }),
  implemented('topics', {
    form: topics,
    description: 'The topics that are read. Each becomes an event source mapping.',
  }),
  implemented('topics.regex', {
    form: anyText,
    description:
      "Topics by a regular expression of Java's. An event source mapping names its topic: `npm run topics -- --stage STAGE` writes the matching topics of the cluster into a file that packaging reads.",
  }),
  ...converter('key'),
  ...converter('value'),
  meaningless('header.converter', 'no strategy reads headers; dead letters keep them as bytes', {
    form: anyText,
    description: "How headers' bytes are read.",
  }),
  meaningless('header.converter.*', 'no strategy reads headers', { form: anyText, description: 'Its settings.' }),
  implemented('transforms', {
    form: anyText,
    description: 'Single message transforms, by names of your own, in the order in which a record passes them.',
  }),
  implemented('transforms.*', {
    form: anyText,
    description:
      'Of each: `type`, a `predicate` and whether to `negate` it, and its own properties ([transforms](#transforms)).',
  }),
  implemented('predicates', { form: anyText, description: 'Names of predicates, for transforms to name.' }),
  implemented('predicates.*', { form: anyText, description: 'Of each: `type` and its own properties.' }),
  meaningless('config.providers', PROVIDERS, { form: anyText, description: 'Names of config providers.' }),
  implemented('config.providers.*', {
    form: anyText,
    description:
      "A provider's class gives its name a meaning (Amazon's Secrets Manager, Parameter Store and S3, and Kafka's environment provider); its parameters have none here.",
  }),
  meaningless('config.action.reload', 'secrets are read again when the cluster refuses them', {
    form: choice('none', 'restart'),
    default: 'restart',
    description: 'What happens when a provider has new values.',
  }),
  meaningless('consumer.override.*', MAPPING, { form: anyText, description: "The consumer's settings." }),
  meaningless('producer.override.*', 'dead letters go to S3', {
    form: anyText,
    description: "The dead letters' producer.",
  }),
  meaningless('admin.override.*', 'no topic is made', {
    form: anyText,
    description: "The dead letters' admin client.",
  }),
];
