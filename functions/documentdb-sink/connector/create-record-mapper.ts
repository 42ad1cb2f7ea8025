import { SettingsError } from '../../../shared/errors.ts';
import type { RecordMapper, WritePlan } from '../plan/record-mapper.ts';
import type { CustomStrategies } from './custom/custom-strategies.ts';
import { CUSTOM_STRATEGIES } from './custom/registry.ts';
import { REGISTRY_CONVERTERS } from './file/class-names.ts';
import type { Connector } from './file/connector.ts';
import { PropertyError } from './property-error.ts';
import { createTopicMapper } from './topic-mapper.ts';
import type { TopicProperties } from './topic-properties.ts';

export const hasTransforms = ({ transforms }: Pick<Connector, 'transforms'>): boolean =>
  (transforms.get('transforms') ?? '').trim() !== '';

/** The sides whose converter asks a schema registry. */
export const sidesWithRegistry = ({ properties }: Pick<Connector, 'properties'>): readonly ('key' | 'value')[] =>
  (['key', 'value'] as const).filter((side) => REGISTRY_CONVERTERS.includes(properties.text(`${side}.converter`)));

/** Of those, the sides whose registry is AWS Glue. */
export const glueSides = (connector: Pick<Connector, 'properties'>): readonly ('key' | 'value')[] =>
  sidesWithRegistry(connector).filter((side) => connector.properties.text(`${side}.converter`).includes('.AWSKafka'));

type Topics = Pick<Connector, 'topics' | 'propertiesByTopic'>;

/**
 * The mapper for a connector file without transforms.
 * @param where the file, for errors
 * @throws SettingsError that lists every property that cannot be followed
 */
export function createRecordMapper(
  connector: Topics,
  where: string,
  custom: CustomStrategies = CUSTOM_STRATEGIES,
): RecordMapper {
  const mappers = mappersByTopic(connector, where, (topic, properties) => createTopicMapper(topic, properties, custom));
  return (record, wallTimeMs) => {
    const mapper = mappers.get(record.position.topic);
    return mapper === undefined ? unnamedTopic(record.position.topic) : mapper(record, wallTimeMs);
  };
}

/**
 * The plan for a topic that the file does not name but the event source mapping delivers: no record of the topic is to
 * blame.
 */
export const unnamedTopic = (topic: string): WritePlan => ({
  kind: 'unsettled',
  failure: {
    code: 'misconfigured',
    retryable: true,
    mayBeWritten: false,
    detail: `the connector file does not name the topic ${topic}: add the topic to \`topics\` and deploy, or remove the event source mapping of the topic`,
  },
});

/** @throws SettingsError that lists every property that cannot be followed */
export function mappersByTopic<Mapper>(
  { topics, propertiesByTopic }: Topics,
  where: string,
  create: (topic: string, properties: TopicProperties) => Mapper,
): ReadonlyMap<string, Mapper> {
  const mappers = new Map<string, Mapper>();
  const problems = new Set<string>();
  for (const topic of topics) {
    try {
      mappers.set(topic, create(topic, propertiesByTopic(topic)));
    } catch (error) {
      if (!(error instanceof PropertyError)) throw error;
      problems.add(error.message);
    }
  }
  if (problems.size > 0) throw new SettingsError(where, [...problems]);
  return mappers;
}
