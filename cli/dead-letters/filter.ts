import type { SinkName } from '../../infra/sinks.ts';

/** Which objects of the bucket a command is about. Whatever is undefined lets every object pass. */
export interface Filter {
  readonly sink: SinkName | undefined;
  readonly topic: string | undefined;
  readonly code: string | undefined;
  /** Milliseconds since 1970, inclusive. */
  readonly sinceMs: number | undefined;
  /** Milliseconds since 1970, exclusive. */
  readonly untilMs: number | undefined;
  readonly keyPrefix: string | undefined;
}

/** What a filter looks at. */
export interface Filterable {
  readonly key: string;
  readonly sink: SinkName | undefined;
  readonly code: string;
  readonly atMs: number;
  readonly records: readonly { readonly topic: string }[];
}

export const passes = (filter: Filter, { key, sink, code, atMs, records }: Filterable): boolean =>
  (filter.sink === undefined || filter.sink === sink) &&
  (filter.topic === undefined || records.some(({ topic }) => topic === filter.topic)) &&
  (filter.code === undefined || filter.code === code) &&
  (filter.sinceMs === undefined || atMs >= filter.sinceMs) &&
  (filter.untilMs === undefined || atMs < filter.untilMs) &&
  (filter.keyPrefix === undefined || key.startsWith(filter.keyPrefix));

const RECORD_KEY = /^dead-letters\/([^/]+)\/([^/]+)\//;

/** Whether an object is worth reading, by its key alone. The key of a function's dead letter names function and topic. */
export function mayPass({ sink, topic, keyPrefix }: Filter, key: string): boolean {
  if (keyPrefix !== undefined && !key.startsWith(keyPrefix)) return false;
  const [, ownSink, ownTopic] = RECORD_KEY.exec(key) ?? [];
  if (ownSink === undefined) return true;
  return (sink === undefined || sink === ownSink) && (topic === undefined || topic === ownTopic);
}
