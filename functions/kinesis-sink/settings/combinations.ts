import { sessionNameProblem } from './session-name.ts';
import type { KinesisSettings } from './settings.ts';

/** Settings that are each valid. A setting that is invalid, or is omitted and has no default, is missing here. */
export type SoundSettings = { readonly [Name in keyof KinesisSettings]?: KinesisSettings[Name] | undefined };

type Problem = string | false | undefined;

/**
 * Combinations of settings that make no sense, each with a remedy. Each text begins with the setting's name.
 * @param isWritten whether the user wrote the setting, as opposed to its default
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
      'tombstone: envelope requires envelope: json: set envelope: json, or tombstone: empty',
    isWritten('sessionName') &&
      !isWritten('roleArn') &&
      'sessionName has no effect without roleArn: set roleArn, or remove sessionName',
    sessionProblem(settings, stage),
  ];
  return problems.filter((problem) => typeof problem === 'string');
}

/** Settings that only one value of `partitionKey` uses, and that value requires. */
const KEY_SETTINGS = { constant: 'partitionKeyConstant', jsonPointer: 'partitionKeyPointer' } as const;

function keyProblems(settings: SoundSettings, isWritten: (name: keyof KinesisSettings) => boolean) {
  const { partitionKey } = settings;
  const keySettings = Object.entries(KEY_SETTINGS).map(([kind, name]): Problem => {
    if (partitionKey === kind) return !isWritten(name) && `${name} is missing: partitionKey: ${kind} requires it`;
    const isRead = partitionKey === undefined || !isWritten(name);
    return (
      !isRead &&
      `${name} has no effect with partitionKey: ${partitionKey}: set partitionKey: ${kind}, or remove ${name}`
    );
  });
  const isPrefixed = partitionKey === 'constant' && isWritten('partitionKeyPrefix');
  return [
    ...keySettings,
    isPrefixed &&
      'partitionKeyPrefix has no effect with partitionKey: constant: put the prefix into partitionKeyConstant',
  ];
}

function orderProblems({ ordering, aggregation, partitionKey }: SoundSettings): readonly Problem[] {
  const isRandom = partitionKey === 'random';
  return [
    isRandom &&
      ordering === 'key' &&
      'ordering: key has no meaning with partitionKey: random, where no two records share a key: set ordering: none',
    isRandom &&
      ordering === 'partition' &&
      'ordering: partition contradicts partitionKey: random: the first sends a Kafka partition to one shard, the second spreads its records: set ordering: none, or partitionKey: partition',
    ordering === 'none' &&
      aggregation === 'key' &&
      'aggregation: key has no effect with ordering: none, where no two records share a lane: set aggregation: bucket',
  ];
}

function sessionProblem({ sessionName }: SoundSettings, stage: string): Problem {
  const problem = sessionName === undefined ? undefined : sessionNameProblem(sessionName, stage);
  return problem && `sessionName ${problem}: shorten or lengthen sessionName`;
}
