import type { PostProcessor } from './post-processor.ts';

/** Adds the record's position, and its timestamp (if it has one) as Int64 under the name of the timestamp type. */
export const kafkaMetaAdder: PostProcessor = (document, { position, timestampMs, timestampType }) => {
  const value = document.value();
  if (value === undefined) return;
  value.set('topic-partition-offset', `${position.topic}-${position.partition}-${position.offset}`);
  if (timestampMs !== -1) value.set(timestampType ?? 'CREATE_TIME', BigInt(timestampMs));
};
