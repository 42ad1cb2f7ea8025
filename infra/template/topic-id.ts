import { createHash } from 'node:crypto';

const HASH_DIGITS = 8;

/**
 * The part of a logical id that stands for a topic: letters and digits alone, and different for different topics, or one
 * mapping would silently take another's place. `orders` -> `Orders`, `web.orders-v1` -> `WebOrdersV1X` and a hash.
 */
export function topicId(topic: string): string {
  const words = topic.split(/[^A-Za-z0-9]+/).map((word) => word.replace(/^./, (first) => first.toUpperCase()));
  // A plain topic has no capital after its first letter, the others all have: no two can meet.
  if (/^[a-z0-9]+$/.test(topic)) return words.join('');
  return `${words.join('')}X${createHash('sha256').update(topic).digest('hex').slice(0, HASH_DIGITS)}`;
}
