import { DECIDED_BY_CONNECTOR } from '../../../functions/documentdb-sink/settings.ts';
import { MAPPED_TOPIC, MAPPED_TOPIC_FORM } from '../trigger-settings.ts';
import { isWritten, type Rule, sinksOf } from './checked-file.ts';

/** A setting that a connector file decides must not be written in the stage file as well. */
export const connectorDecides: Rule = (file) => {
  if (!isWritten(file, 'documentdbSink', 'connector')) return [];
  return [...DECIDED_BY_CONNECTOR]
    .filter(([name]) => isWritten(file, 'documentdbSink', name))
    .map(
      ([name, property]) =>
        `documentdbSink.${name} cannot be combined with a connector file, which sets it with ${property}: remove it`,
    );
};

/** A connector file names documentdbSink's topics; `trigger.topics` names those of kinesisSink. */
export const topicsStandOnce: Rule = (file) => {
  if (!isWritten(file, 'documentdbSink', 'connector')) return [];
  const isAlone = sinksOf(file).length === 1;
  return [
    ...(isWritten(file, 'documentdbSink', 'trigger', 'topics') ? ['documentdbSink.trigger.topics'] : []),
    ...(isAlone && isWritten(file, 'trigger', 'topics') ? ['trigger.topics'] : []),
  ].map((path) => `${path} cannot be combined with a connector file, which names documentdbSink's topics: remove it`);
};

/** The topics of a stage file are checked as settings; those of a connector file Kafka Connect would read, but a mapping would not. */
export const topicsCanBeMapped: Rule = ({ connector: named }) =>
  (named?.connector.topics ?? [])
    .filter((topic) => !MAPPED_TOPIC.test(topic))
    .map(
      (topic) =>
        `${named?.path}: topics names ${topic}, and an event source mapping takes only ${MAPPED_TOPIC_FORM}: copy its records into another topic`,
    );

export const connectionStringIsUsable: Rule = ({ connector: named }) =>
  named === undefined ? [] : named.connection.problems.map((problem) => `${named.path}: connection.uri ${problem}`);
