import { assert, SettingsError } from '../../../shared/errors.ts';
import type { RecordMapper } from '../plan/record-mapper.ts';
import type { CustomStrategies } from './custom/custom-strategies.ts';
import { CUSTOM_STRATEGIES } from './custom/registry.ts';
import type { Connector } from './file/connector.ts';
import { PropertyError } from './property-error.ts';
import { createTopicMapper } from './topic-mapper.ts';
import type { TopicProperties } from './topic-properties.ts';

export const hasTransforms = ({ transforms }: Pick<Connector, 'transforms'>): boolean =>
  (transforms.get('transforms') ?? '').trim() !== '';

type Topics = Pick<Connector, 'topics' | 'propertiesByTopic'>;

/**
 * What a connector's file without transforms makes of each record.
 * @param where the file, for errors
 * @throws SettingsError that lists every property that cannot be followed
 */
export function createRecordMapper(
  connector: Topics,
  where: string,
  custom: CustomStrategies = CUSTOM_STRATEGIES,
): RecordMapper {
  const mappers = policiesByTopic(connector, where, (topic, properties) =>
    createTopicMapper(topic, properties, custom),
  );
  return (record, wallTimeMs) => {
    const mapper = mappers.get(record.position.topic);
    assert(mapper !== undefined, 'every topic of the event has a record mapper');
    return mapper(record, wallTimeMs);
  };
}

/** @throws SettingsError that lists every property that cannot be followed */
export function policiesByTopic<Policy>(
  { topics, propertiesByTopic }: Topics,
  where: string,
  create: (topic: string, properties: TopicProperties) => Policy,
): ReadonlyMap<string, Policy> {
  const mappers = new Map<string, Policy>();
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
