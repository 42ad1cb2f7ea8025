import { SECRET } from '../worlds/kafka-log.ts';
import type { Random } from './random.ts';
import type { Story, StoryRecord } from './story.ts';

/** What else a story can be where documents have no part in it. */
export const streamStory = (story: Story, random: Random): Story =>
  withOddKeys(
    withPoisonForTheBucket(withCrowd(story, random.fork('crowd')), random.fork('poison')),
    random.fork('keys'),
  );

/** More than one request takes. */
const CROWD = { min: 500, max: 800 } as const;

/** Many keys at one moment, and as many records without one, in one batch. */
function withCrowd(story: Story, random: Random): Story {
  if (!random.chance(0.04)) return story;
  const poisonChance = random.pick([0, 0, 0.5]);
  const crowd = Array.from({ length: random.integer(CROWD.min, CROWD.max) }, (_, index): StoryRecord => {
    const id = story.records.length + index + 1;
    const key = index % 2 === 0 ? null : `${SECRET}-crowd-${id}`;
    return { id, atMs: 0, key, kind: random.chance(poisonChance) ? 'poison' : 'plain' };
  });
  const mapping = { ...story.mapping, batchRecordsMax: 1_000, pollers: 1, windowMs: 1_000 };
  return { ...story, mapping, records: [...crowd, ...story.records] };
}

const BUCKET_FAILS_MS = 200_000;

/** That the bucket fails is felt only where there is poison; now and then for longer than an invocation. */
function withPoisonForTheBucket(story: Story, random: Random): Story {
  if (!story.faults.some(({ kind }) => kind.startsWith('bucket.')) || !random.chance(0.7)) return story;
  const isLong = random.chance(0.5);
  const poisonChance = random.pick([0.02, 0.1]);
  return {
    ...story,
    function: { ...story.function, onPoison: 'deadLetter' },
    mapping: { ...story.mapping, batchRecordsMax: Math.max(100, story.mapping.batchRecordsMax), retriesMax: 10_000 },
    records: story.records.map((record) => ({
      ...record,
      kind: random.chance(poisonChance) ? random.pick(['refused', 'poison'] as const) : record.kind,
    })),
    faults: story.faults.map((fault) =>
      isLong && fault.kind.startsWith('bucket.')
        ? { ...fault, fromMs: 0, untilMs: Math.max(fault.untilMs, BUCKET_FAILS_MS), chance: 1 }
        : fault,
    ),
  };
}

/** A partition key has at most 256. */
const LONG_KEY_CHARACTERS = 300;
const PARTITION_MAX = 7;

/** Keys too long for a partition key; keys in partitions of the producer's own choice. */
function withOddKeys(story: Story, random: Random): Story {
  const spreads = random.chance(0.3);
  const isLong = random.chance(0.15);
  const records = story.records.map((record) => ({
    ...record,
    key: isLong ? (record.key?.padStart(LONG_KEY_CHARACTERS, 'é') ?? null) : record.key,
    ...(spreads && { partition: random.integer(0, PARTITION_MAX) }),
  }));
  return { ...story, records };
}
