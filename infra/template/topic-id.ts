import { createHash } from 'node:crypto';

const HASH_DIGITS = 8;

/**
 * A topic's part of a logical id: letters and digits only, and different for each topic, because two mappings with one logical
 * id would overwrite each other. `orders` -> `Orders`, `web.orders-v1` -> `WebOrdersV1X` and a hash.
 */
export function topicId(topic: string): string {
  const words = topic.split(/[^A-Za-z0-9]+/).map((word) => word.replace(/^./, (first) => first.toUpperCase()));
  // Ids of plain topics have no capital after the first letter, all others have the X: they cannot collide.
  if (/^[a-z0-9]+$/.test(topic)) return words.join('');
  return `${words.join('')}X${hashOf(topic)}`;
}

/** Tells topics apart whose names become equal. */
export const hashOf = (topic: string): string => createHash('sha256').update(topic).digest('hex').slice(0, HASH_DIGITS);
