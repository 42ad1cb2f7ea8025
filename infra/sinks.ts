import type { Sound } from './stage-file/parse-soundly.ts';
import type { StageFile } from './stage-file/stage-file.ts';
import type { TriggerSettings } from './stage-file/trigger-settings.ts';

/** The functions' names in serverless.yml and in a stage file. A function is deployed only if its section is present. */
export const SINKS = ['kinesisSink', 'documentdbSink'] as const;

export type SinkName = (typeof SINKS)[number];

/** A function's trigger settings: its own `trigger` section overrides the common one. */
export function triggerOf(file: Sound<StageFile>, sink: SinkName): Sound<TriggerSettings> {
  const own = Object.entries(file[sink]?.trigger ?? {}).filter(([, value]) => value !== undefined);
  return { ...file.trigger, ...Object.fromEntries(own) } as Sound<TriggerSettings>;
}

/** The consumer group of one mapping: {@link TriggerSettings.consumerGroupId} with its placeholders replaced. */
export const consumerGroupOf = (
  template: string,
  values: { readonly service: string; readonly stage: string; readonly function: string; readonly topic: string },
): string => template.replaceAll(/\{(service|stage|function|topic)\}/g, (_, name: keyof typeof values) => values[name]);

/**
 * The poller group of a mapping: mappings of one group share pollers. Default: one group for each function, so that a slow target
 * does not take the pollers of the other. An empty name leaves a group; a missing name would keep it.
 * https://docs.aws.amazon.com/lambda/latest/api/API_ProvisionedPollerConfig.html
 */
export const pollerGroupOf = (functionName: string, pollerGroup = functionName): string =>
  pollerGroup === 'none' ? '' : pollerGroup;

/** Function and role names are stable: other accounts and permissions boundaries refer to them. */
export const functionName = (service: string, stage: string, sink: SinkName): string => `${service}-${stage}-${sink}`;

export const roleName = (service: string, stage: string, sink: SinkName): string =>
  `${service}-${stage}-${sink === 'kinesisSink' ? 'kinesis' : 'documentdb'}`;

export const deadLetterBucketName = (service: string, stage: string, accountId: string): string =>
  `${service}-${stage}-${accountId}-dead-letters`;
