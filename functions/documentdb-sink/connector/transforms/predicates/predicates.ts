import type { Predicate } from '../connect-record.ts';
import { topicMatcher } from '../topic-pattern.ts';
import { KAFKA_PACKAGE, type PredicateClass, someText } from '../transform-class.ts';
import { required, type TransformSettings } from '../transform-settings.ts';

function topicNameMatches(settings: TransformSettings): Predicate {
  const matches = topicMatcher(settings, 'pattern');
  return ({ topic }) => matches(topic);
}

function hasHeaderKey(settings: TransformSettings): Predicate {
  const wanted = settings.text('name');
  return ({ headers }) => headers.some(({ name }) => name === wanted);
}

const recordIsTombstone: Predicate = (record) => record.value().value === null;

/** https://kafka.apache.org/documentation/#connect_predicates */
export const PREDICATE_CLASSES: ReadonlyMap<string, PredicateClass> = new Map<string, PredicateClass>([
  [
    `${KAFKA_PACKAGE}predicates.TopicNameMatches`,
    { properties: [required('pattern', someText)], create: topicNameMatches },
  ],
  [`${KAFKA_PACKAGE}predicates.HasHeaderKey`, { properties: [required('name', someText)], create: hasHeaderKey }],
  [`${KAFKA_PACKAGE}predicates.RecordIsTombstone`, { properties: [], create: () => recordIsTombstone }],
]);
