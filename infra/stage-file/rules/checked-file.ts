import { SINKS, type SinkName, triggerOf } from '../../sinks.ts';
import type { NamedConnector } from '../named-connector.ts';
import type { Sound } from '../parse-soundly.ts';
import type { Surroundings } from '../project-files.ts';
import type { StageFile } from '../stage-file.ts';

/** A stage file during validation: its valid settings, and the YAML as written. */
export interface CheckedFile {
  readonly service: string;
  readonly stage: string;
  readonly sound: Sound<StageFile>;
  /** The parsed YAML: shows which settings were written, valid or not. */
  readonly written: unknown;
  /** The connector file, if one is named and valid. */
  readonly connector: NamedConnector | undefined;
  readonly surroundings: Surroundings;
}

/** Finds problems between valid settings; ignores settings that are missing or already refused. */
export type Rule = (file: CheckedFile) => readonly string[];

type Trigger = ReturnType<typeof triggerOf>;

export function isWritten({ written }: CheckedFile, ...path: readonly string[]): boolean {
  let value = written;
  for (const name of path) value = (value as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return value !== undefined && value !== null;
}

/** The functions that a file deploys, including those whose section has problems. */
export const sinksOf = (file: CheckedFile): readonly SinkName[] => SINKS.filter((sink) => isWritten(file, sink));

/** The path of a function's trigger setting: `kinesisSink.trigger.topics` if written there, else `trigger.topics`. */
export const triggerPath = (file: CheckedFile, sink: SinkName, name: string): string =>
  isWritten(file, sink, 'trigger', name) ? `${sink}.trigger.${name}` : `trigger.${name}`;

/** A rule for the trigger of each function; a problem of both is reported once. */
export const ofEachTrigger =
  (
    check: (trigger: Trigger, path: (name: string) => string, file: CheckedFile, sink: SinkName) => readonly string[],
  ): Rule =>
  (file) => [
    ...new Set(
      sinksOf(file).flatMap((sink) =>
        check(triggerOf(file.sound, sink), (name) => triggerPath(file, sink, name), file, sink),
      ),
    ),
  ];
