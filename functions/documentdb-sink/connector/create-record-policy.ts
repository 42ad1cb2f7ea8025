import { assert, SettingsError } from '../../../shared/errors.ts';
import type { CustomStrategies } from '../custom/custom-strategies.ts';
import { CUSTOM_STRATEGIES } from '../custom/registry.ts';
import { PropertyError } from '../property-error.ts';
import type { RecordPolicy } from '../record-policy.ts';
import type { Connector } from './read-connector.ts';
import { createTopicPolicy } from './topic-policy.ts';

/**
 * What a connector's file makes of each record.
 * @param where the file, for errors
 * @throws SettingsError that lists every property that cannot be followed
 */
export function createRecordPolicy(
  { topics, propertiesByTopic }: Pick<Connector, 'topics' | 'propertiesByTopic'>,
  where: string,
  custom: CustomStrategies = CUSTOM_STRATEGIES,
): RecordPolicy {
  const policies = new Map<string, RecordPolicy>();
  const problems = new Set<string>();
  for (const topic of topics) {
    try {
      policies.set(topic, createTopicPolicy(topic, propertiesByTopic(topic), custom));
    } catch (error) {
      if (!(error instanceof PropertyError)) throw error;
      problems.add(error.message);
    }
  }
  if (problems.size > 0) throw new SettingsError(where, [...problems]);
  return (record, wallTimeMs) => {
    const policy = policies.get(record.position.topic);
    assert(policy !== undefined, 'a mapping is made for each of the topics, and for no other');
    return policy(record, wallTimeMs);
  };
}
