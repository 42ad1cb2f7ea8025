import type { Sound } from './stage-file/parse-soundly.ts';
import type { StageFile } from './stage-file/stage-file.ts';
import type { TriggerSettings } from './stage-file/trigger-settings.ts';

/** The functions' names in serverless.yml and in a stage file. Either section may be left out, and its function with it. */
export const SINKS = ['kinesisSink', 'documentdbSink'] as const;

export type SinkName = (typeof SINKS)[number];

/** The triggers' settings of one function: its own before those of both. */
export function triggerOf(file: Sound<StageFile>, sink: SinkName): Sound<TriggerSettings> {
  const own = Object.entries(file[sink]?.trigger ?? {}).filter(([, value]) => value !== undefined);
  return { ...file.trigger, ...Object.fromEntries(own) } as Sound<TriggerSettings>;
}

/** The consumer group of one mapping: {@link TriggerSettings.consumerGroupId} filled in. */
export const consumerGroupOf = (
  template: string,
  values: { readonly service: string; readonly stage: string; readonly function: string; readonly topic: string },
): string => template.replaceAll(/\{(service|stage|function|topic)\}/g, (_, name: keyof typeof values) => values[name]);

/** Mappings of one group share their pollers: by default those of a stage; undefined: each its own. */
export const pollerGroupOf = (
  service: string,
  stage: string,
  pollerGroup = `${service}-${stage}`,
): string | undefined => (pollerGroup === 'none' ? undefined : pollerGroup);

/** Function and role names that other accounts and permissions boundaries can rely on. */
export const functionName = (service: string, stage: string, sink: SinkName): string => `${service}-${stage}-${sink}`;

export const roleName = (service: string, stage: string, sink: SinkName): string =>
  `${service}-${stage}-${sink === 'kinesisSink' ? 'kinesis' : 'documentdb'}`;

export const deadLetterBucketName = (service: string, stage: string, accountId: string): string =>
  `${service}-${stage}-${accountId}-dead-letters`;
