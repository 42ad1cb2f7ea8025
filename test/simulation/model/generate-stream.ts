import { SECRET } from '../worlds/kafka-log.ts';
import type { Random } from './random.ts';
import type { StoryRecord } from './story.ts';

/** More than one request takes. */
const CROWD = { min: 500, max: 800 } as const;
/** A partition key has at most 256. */
const LONG_KEY_CHARACTERS = 300;
const PARTITION_MAX = 7;

/** What else records can be like where documents have no part in it. */
export function streamRecords(records: readonly StoryRecord[], random: Random): readonly StoryRecord[] {
  const spreads = random.chance(0.3);
  const isLong = random.chance(0.15);
  const crowd = random.chance(0.03) ? random.integer(CROWD.min, CROWD.max) : 0;
  const atOnce = Array.from({ length: crowd }, (_, index): StoryRecord => {
    const id = records.length + index + 1;
    return { id, atMs: 0, key: index % 2 === 0 ? null : `${SECRET}-crowd-${id}`, kind: 'plain' };
  });
  return [...atOnce, ...records].map((record) => ({
    ...record,
    key: isLong ? (record.key?.padStart(LONG_KEY_CHARACTERS, 'é') ?? null) : record.key,
    ...(spreads && { partition: random.integer(0, PARTITION_MAX) }),
  }));
}
