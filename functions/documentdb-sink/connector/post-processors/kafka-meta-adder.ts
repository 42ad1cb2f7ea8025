import type { PostProcessor } from './post-processor.ts';

/** Adds where the record came from, and its time as Int64 under the name of the time's kind, where it has one. */
export const kafkaMetaAdder: PostProcessor = (document, { position, timestampMs, timestampType }) => {
  const value = document.value();
  if (value === undefined) return;
  value.set('topic-partition-offset', `${position.topic}-${position.partition}-${position.offset}`);
  if (timestampMs !== -1) value.set(timestampType ?? 'CREATE_TIME', BigInt(timestampMs));
};
