import { sessionNameProblem } from './session-name.ts';
import type { KinesisSettings } from './settings.ts';

/** Settings that are each sound; one that is not, or is left out without a default, is missing. */
export type SoundSettings = { readonly [Name in keyof KinesisSettings]?: KinesisSettings[Name] | undefined };

type Problem = string | false | undefined;

/**
 * Settings that mean nothing together, each with what to write instead. They begin with the setting's name.
 * @param isWritten whether a setting was written, where its default says nothing of it
 */
export function combinationProblems(
  settings: SoundSettings,
  stage: string,
  isWritten: (name: keyof KinesisSettings) => boolean,
): readonly string[] {
  const problems: readonly Problem[] = [
    ...keyProblems(settings, isWritten),
    ...orderProblems(settings),
    settings.tombstone === 'envelope' &&
      settings.envelope === 'none' &&
      'tombstone is envelope, and envelope is none: write envelope: json, or tombstone: empty',
    isWritten('sessionName') &&
      !isWritten('roleArn') &&
      'sessionName is written but no roleArn: the session is of the role that is assumed',
    sessionProblem(settings, stage),
  ];
  return problems.filter((problem) => typeof problem === 'string');
}

/** A setting that one way of making partition keys needs, and the others do not read. */
const COMPANIONS = { constant: 'partitionKeyConstant', jsonPointer: 'partitionKeyPointer' } as const;

function keyProblems(settings: SoundSettings, isWritten: (name: keyof KinesisSettings) => boolean) {
  const { partitionKey } = settings;
  const companions = Object.entries(COMPANIONS).map(([kind, name]): Problem => {
    if (partitionKey === kind) return !isWritten(name) && `${name} is missing: partitionKey: ${kind} reads it`;
    const isRead = partitionKey === undefined || !isWritten(name);
    return !isRead && `${name} is written, and partitionKey is ${partitionKey}: write partitionKey: ${kind}`;
  });
  const isPrefixed = partitionKey === 'constant' && isWritten('partitionKeyPrefix');
  return [
    ...companions,
    isPrefixed && 'partitionKeyPrefix is written, and partitionKey is constant: write it into partitionKeyConstant',
  ];
}

function orderProblems({ ordering, aggregation, partitionKey }: SoundSettings): readonly Problem[] {
  const isRandom = partitionKey === 'random';
  return [
    isRandom &&
      ordering === 'key' &&
      'ordering is key, and partitionKey is random, so that no two records have one: write ordering: none',
    isRandom &&
      ordering === 'partition' &&
      'ordering is partition, which sends a Kafka partition to one shard, and partitionKey is random, which spreads it: write ordering: none, or partitionKey: partition',
    ordering === 'none' &&
      aggregation === 'key' &&
      'aggregation is key, and ordering is none, so that no two records are of one lane: write aggregation: bucket',
  ];
}

function sessionProblem({ sessionName }: SoundSettings, stage: string): Problem {
  const problem = sessionName === undefined ? undefined : sessionNameProblem(sessionName, stage);
  return problem && `sessionName ${problem}: write a shorter or longer one`;
}
