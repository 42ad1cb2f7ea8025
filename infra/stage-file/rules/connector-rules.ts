import { DECIDED_BY_CONNECTOR } from '../../../functions/documentdb-sink/settings.ts';
import { isWritten, type Rule, sinksOf } from './checked-file.ts';

/** What a file decides cannot be decided again beside it: nobody could say which of the two holds. */
export const connectorDecides: Rule = (file) => {
  if (!isWritten(file, 'documentdbSink', 'connector')) return [];
  return [...DECIDED_BY_CONNECTOR]
    .filter(([name]) => isWritten(file, 'documentdbSink', name))
    .map(
      ([name, property]) =>
        `documentdbSink.${name} stands beside a connector file, which decides it by ${property}: leave it out`,
    );
};

/** Each topic once: in the file for documentdbSink, in `trigger.topics` for kinesisSink. */
export const topicsStandOnce: Rule = (file) => {
  if (!isWritten(file, 'documentdbSink', 'connector')) return [];
  const isAlone = sinksOf(file).length === 1;
  return [
    ...(isWritten(file, 'documentdbSink', 'trigger', 'topics') ? ['documentdbSink.trigger.topics'] : []),
    ...(isAlone && isWritten(file, 'trigger', 'topics') ? ['trigger.topics'] : []),
  ].map((path) => `${path} stands beside a connector file, whose topics documentdbSink reads: leave it out`);
};

export const connectionStringIsUsable: Rule = ({ connector: named }) =>
  named === undefined ? [] : named.connection.problems.map((problem) => `${named.path}: connection.uri ${problem}`);
