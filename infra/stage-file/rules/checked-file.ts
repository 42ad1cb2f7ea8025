import { SINKS, type SinkName, triggerOf } from '../../sinks.ts';
import type { NamedConnector } from '../named-connector.ts';
import type { Sound } from '../parse-soundly.ts';
import type { Surroundings } from '../project-files.ts';
import type { StageFile } from '../stage-file.ts';

/** A stage file as it is checked: what is sound of it, and what was written. */
export interface CheckedFile {
  readonly service: string;
  readonly stage: string;
  readonly sound: Sound<StageFile>;
  /** As the YAML has it: says which settings were written at all, sound or not. */
  readonly written: unknown;
  /** The connector's file, where one is named and sound. */
  readonly connector: NamedConnector | undefined;
  readonly surroundings: Surroundings;
}

/** Finds what is wrong between settings that are each sound; silent about those that are missing or already refused. */
export type Rule = (file: CheckedFile) => readonly string[];

type Trigger = ReturnType<typeof triggerOf>;

export function isWritten({ written }: CheckedFile, ...path: readonly string[]): boolean {
  let value = written;
  for (const name of path) value = (value as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return value !== undefined && value !== null;
}

/** The functions a file deploys, those whose section has problems included. */
export const sinksOf = (file: CheckedFile): readonly SinkName[] => SINKS.filter((sink) => isWritten(file, sink));

/** Where a function's trigger setting was written, or would be: `kinesisSink.trigger.topics`, `trigger.topics`. */
export const triggerPath = (file: CheckedFile, sink: SinkName, name: string): string =>
  isWritten(file, sink, 'trigger', name) ? `${sink}.trigger.${name}` : `trigger.${name}`;

/** A rule for the trigger of each function; what both say is said once. */
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
