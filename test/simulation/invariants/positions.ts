import type { ProducedRecord } from '../services/kafka-log.ts';

/** `orders-0@7`, and `orders-0@7 (2)` once the topic was made anew. */
export const positionText = ({ topicPartition, offset, incarnation }: ProducedRecord): string =>
  `${topicPartition}@${offset}${incarnation === 0 ? '' : ` (${incarnation + 1})`}`;
