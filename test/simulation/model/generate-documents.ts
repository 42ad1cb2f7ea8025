import type { Random } from './random.ts';
import type { StoryFunction, StoryMapping, StoryRecord } from './story.ts';

const PARTITION_MAX = 7;

export interface DocumentStoryParts {
  readonly mapping: StoryMapping;
  readonly function: StoryFunction;
  readonly deletes: 'tombstone' | 'hard';
}

/** What else records can be like where a stream has no part in it. */
export function documentRecords(
  records: readonly StoryRecord[],
  random: Random,
  parts: DocumentStoryParts,
): readonly StoryRecord[] {
  // A producer that chooses partitions in turn: one document then has writers in several.
  if (random.chance(0.15)) return records.map((record) => ({ ...record, partition: random.integer(0, PARTITION_MAX) }));
  return givesUpNothing(parts) && random.chance(0.4) ? withMovingValues(records, random) : records;
}

/** Where a record is given up or blocked, or a deleted document comes back, a unique value may never become free. */
const givesUpNothing = ({ mapping, function: { onPoison }, deletes }: DocumentStoryParts): boolean =>
  onPoison !== 'block' &&
  deletes === 'tombstone' &&
  mapping.recordAgeMaxMs === Number.POSITIVE_INFINITY &&
  (mapping.mode === 'onDemand' || mapping.retriesMax >= 10_000);

interface Move {
  readonly key: string;
  readonly unique?: number;
}

/**
 * Unique values that move from document to document: in the order of the one partition each is free before it is taken
 * again. Records that cannot be written change nothing.
 */
function withMovingValues(records: readonly StoryRecord[], random: Random): readonly StoryRecord[] {
  const held = new Map<string, number>();
  const valueCount = random.pick([2, 5, 20]);
  const moves: Move[] = [];
  return records.map(({ unique: _, ...record }): StoryRecord => {
    const { key, kind } = record;
    if (key === null || kind === 'poison' || kind === 'refused') return { ...record, partition: 0 };
    if (moves.length === 0 && random.chance(0.3)) moves.push(...swapOf(held, random));
    const move = moves.shift() ?? (kind === 'plain' ? moveOf(key, held, valueCount, random) : { key });
    held.delete(move.key);
    if (move.unique !== undefined) held.set(move.key, move.unique);
    return { ...record, ...move, kind: move.unique === undefined ? kind : 'plain', partition: 0 };
  });
}

/** Keeps its own, takes one that is free, or has none. */
function moveOf(key: string, held: ReadonlyMap<string, number>, valueCount: number, random: Random): Move {
  const own = held.get(key);
  if (own !== undefined && random.chance(0.3)) return { key, unique: own };
  const taken = new Set([...held].flatMap(([holder, value]) => (holder === key ? [] : [value])));
  const free = Array.from({ length: valueCount }, (_, value) => value).filter((value) => !taken.has(value));
  return free.length === 0 ? { key } : { key, unique: random.pick(free) };
}

/** Two documents change their values with each other: one lets go, the other moves on, the first takes what is free now. */
function swapOf(held: ReadonlyMap<string, number>, random: Random): readonly Move[] {
  if (held.size < 2) return [];
  const [first, second] = [...held]
    .map((entry) => ({ entry, place: random.next() }))
    .toSorted((a, b) => a.place - b.place);
  if (first === undefined || second === undefined) return [];
  const [[a, valueOfA], [b, valueOfB]] = [first.entry, second.entry];
  return [{ key: a }, { key: b, unique: valueOfA }, { key: a, unique: valueOfB }];
}
