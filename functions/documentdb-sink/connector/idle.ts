import { REGISTRY_CONVERTERS } from './file/class-names.ts';
import { OVERRULED_BY_CDC } from './file/topic-rules.ts';
import type { TopicProperties } from './topic-properties.ts';

/** Explains why a property has no effect: it is read only together with certain other properties. */
interface IdleRule {
  readonly names: RegExp;
  readonly why: (properties: TopicProperties, name: string) => string | undefined;
}

const isClass = (properties: TopicProperties, property: string, ...names: readonly string[]): boolean =>
  properties.list(property).some((value) => names.some((name) => value.endsWith(`.${name}`)));

const unless = (isRead: boolean, reason: string): string | undefined => (isRead ? undefined : reason);

const sideOf = (name: string): 'key' | 'value' => (/\bkey\b/.test(name) ? 'key' : 'value');

const RULES: readonly IdleRule[] = [
  {
    names: new RegExp(`^(?:${OVERRULED_BY_CDC.map((name) => name.replaceAll('.', '\\.')).join('|')})$`),
    why: (properties) =>
      unless(properties.text('change.data.capture.handler') === '', 'change.data.capture.handler replaces it'),
  },
  {
    names: /^(?:key|value)\.projection\./,
    why(properties, name) {
      const side = sideOf(name) === 'key' ? 'Key' : 'Value';
      const projectors = ['AllowList', 'BlockList', 'Whitelist', 'Blacklist'].map((kind) => `${kind}${side}Projector`);
      const isRead =
        isClass(properties, 'post.processor.chain', ...projectors) ||
        isClass(properties, 'document.id.strategy', `Partial${side}Strategy`);
      return unless(isRead, `post.processor.chain has no ${side.toLowerCase()} projector`);
    },
  },
  {
    names: /^field\.renamer\.(?:mapping|regexp)$/,
    why(properties, name) {
      const processor = name.endsWith('mapping') ? 'RenameByMapping' : 'RenameByRegExp';
      const isRead = isClass(properties, 'post.processor.chain', processor);
      return unless(isRead, `post.processor.chain does not contain ${processor}`);
    },
  },
  {
    names: /^document\.id\.strategy\.partial\./,
    why(properties, name) {
      const strategy = sideOf(name) === 'key' ? 'PartialKeyStrategy' : 'PartialValueStrategy';
      return unless(isClass(properties, 'document.id.strategy', strategy), `document.id.strategy is not ${strategy}`);
    },
  },
  {
    names: /^document\.id\.strategy\.uuid\.format$/,
    why: (properties) =>
      unless(isClass(properties, 'document.id.strategy', 'UuidStrategy'), 'document.id.strategy is not UuidStrategy'),
  },
  {
    names: /^namespace\.mapper\..+/,
    why: (properties) =>
      unless(
        isClass(properties, 'namespace.mapper', 'FieldPathNamespaceMapper') ||
          properties.text('namespace.mapper').startsWith('custom.'),
        'namespace.mapper is not FieldPathNamespaceMapper',
      ),
  },
  {
    names: /^delete\.writemodel\.strategy$/,
    why: (properties) => unless(properties.flag('delete.on.null.values'), 'delete.on.null.values is not true'),
  },
  {
    names: /^(?:key|value)\.converter\.(?:schemas\.enable|replace\.null\.with\.default)$/,
    why: (properties, name) => unlessConverter(properties, name, 'JsonConverter'),
  },
  {
    names: /^(?:key|value)\.converter\.converter\.encoding$/,
    why: (properties, name) => unlessConverter(properties, name, 'StringConverter'),
  },
  {
    names: /^(?:key|value)\.converter\.(?:schema\.registry|basic\.auth|bearer\.auth|ssl)\./,
    why: (properties, name) =>
      unless(
        REGISTRY_CONVERTERS.includes(properties.text(`${sideOf(name)}.converter`)),
        `${sideOf(name)}.converter asks no schema registry`,
      ),
  },
  {
    names: /^(?:key|value)\.converter\.(?:enhanced\.avro|connect\.meta\.data|flatten\.singleton|generalized\.sum)/,
    why: (properties, name) => unlessConverter(properties, name, 'AvroConverter', 'AWSKafkaAvroConverter'),
  },
  {
    names: /^(?:key|value)\.converter\.use\.optional/,
    why: (properties, name) => unlessConverter(properties, name, 'JsonSchemaConverter'),
  },
  {
    names:
      /^(?:key|value)\.converter\.(?:enhanced\.protobuf|int\.for|optional\.for|wrapper\.for|generate\.|flatten\.unions)/,
    why: (properties, name) => unlessConverter(properties, name, 'ProtobufConverter'),
  },
  {
    names: /^(?:key|value)\.converter\.(?:region|endpoint|assumeRoleArn|assumeRoleSessionName|secondaryDeserializer)$/,
    why: (properties, name) => unlessConverter(properties, name, 'AWSKafkaAvroConverter'),
  },
  {
    names: /^timeseries\.timefield\.auto\.convert/,
    why: (properties) =>
      unless(
        properties.text('timeseries.timefield') !== '' && properties.flag('timeseries.timefield.auto.convert'),
        'the conversion requires timeseries.timefield and timeseries.timefield.auto.convert=true',
      ),
  },
];

const unlessConverter = (
  properties: TopicProperties,
  name: string,
  ...converters: readonly string[]
): string | undefined =>
  unless(
    isClass(properties, `${sideOf(name)}.converter`, ...converters),
    `${sideOf(name)}.converter is not ${converters.join(' or ')}`,
  );

/** Why a property has no effect together with the others; undefined if it has an effect. */
export function whyIdle(name: string, properties: TopicProperties): string | undefined {
  for (const rule of RULES) {
    const why = rule.names.test(name) ? rule.why(properties, name) : undefined;
    if (why !== undefined) return why;
  }
  return undefined;
}
