import type { Generator } from '../generator.ts';
import { hash, type Random } from '../random.ts';
import type { FaultWindow, Scenario, ScenarioFunction, ScenarioMapping, ScenarioRecord } from '../scenario.ts';
import { WIDE_VALUES_COUNT } from '../wide-values.ts';
import type { DocumentStrategy, ScenarioDocumentdb, WriteOp } from './document-ops.ts';

const PARTITION_MAX = 7;

export interface DocumentStoryParts {
  readonly mapping: ScenarioMapping;
  readonly function: ScenarioFunction;
  readonly faults: readonly FaultWindow[];
}

type DocumentSettings = Omit<ScenarioDocumentdb, 'poolSizeMax'>;

/** How documents are named, written, guarded and deleted. */
export function documentSettings(random: Random, parts: DocumentStoryParts): DocumentSettings {
  const strategies: DocumentStrategy[] = ['replace', 'replace', 'set', 'set', 'stamp', 'increment', 'steps', 'mixed'];
  if (mayHaveEvents(parts)) strategies.push('events', 'events', 'events');
  const strategy = random.pick(strategies);
  // Tombstones are refused with what is set on insert alone.
  const deletes = strategy === 'stamp' ? 'hard' : random.pick(['tombstone', 'tombstone', 'hard'] as const);
  const isPlain = strategy === 'events';
  const identity = isPlain || random.chance(0.7) ? 'id' : 'business';
  const guard = isPlain ? 'offset' : random.pick(['offset', 'offset', 'timestamp', 'field'] as const);
  return { strategy, deletes, identity, guard, isDeletionVersioned: guard !== 'field' || random.chance(0.5) };
}

/** Inserts and changes follow each other in one partition, and none of them may be given up. */
const mayHaveEvents = (parts: DocumentStoryParts): boolean =>
  givesUpNothing(parts) && parts.faults.every(({ kind }) => kind !== 'kafka.partitionsRaised');

/** What else records can be like where a stream has no part in it. */
export function documentRecords(
  records: readonly ScenarioRecord[],
  random: Random,
  parts: DocumentStoryParts & { readonly documentdb: DocumentSettings; readonly generator: Generator },
): readonly ScenarioRecord[] {
  const { strategy, deletes } = parts.documentdb;
  if (strategy === 'events') return eventsOf(records, random);
  const written = withBacklog(records, random.fork('backlog')).map((record) => ({
    ...record,
    op: opFor(strategy, deletes, random),
  }));
  // A producer that chooses partitions in turn: one document then has writers in several.
  const isSpread = random.chance(strategy === 'increment' ? 0.5 : 0.15);
  if (isSpread) return written.map((record) => ({ ...record, partition: random.integer(0, PARTITION_MAX) }));
  if (parts.documentdb.guard === 'field' || !givesUpNothing(parts)) return written;
  if (parts.generator !== 1) return withMoreMovingValues(written, random, strategy);
  const mayMove = (strategy === 'replace' || strategy === 'set') && deletes === 'tombstone';
  return mayMove && random.chance(0.4) ? withMovingValues(written, random) : written;
}

/** Also where deletes are hard, where nothing folds, and between partitions, which keep no order among each other. */
function withMoreMovingValues(
  records: readonly ScenarioRecord[],
  random: Random,
  strategy: DocumentStrategy,
): readonly ScenarioRecord[] {
  const mayMove = strategy === 'replace' || strategy === 'set' || strategy === 'increment';
  if (!mayMove || !random.chance(0.5)) return records;
  const moving = withMovingValues(records, random);
  if (!random.chance(0.3)) return moving;
  return moving.map((record) => ({ ...record, partition: partitionOf(record) }));
}

/** One of two. */
export const partitionOf = ({ key }: ScenarioRecord): number => (key === null ? 0 : Math.abs(hash(key)) % 2);

/** Now and then most records lie there from the beginning, and have no key: dead letters by the dozen at once. */
function withBacklog(records: readonly ScenarioRecord[], random: Random): readonly ScenarioRecord[] {
  if (!random.chance(0.08)) return records;
  const backlog = records.map((record) => (random.chance(0.9) ? { ...record, key: null, atMs: 0 } : record));
  return backlog.toSorted((a, b) => a.atMs - b.atMs || a.id - b.id);
}

export function opFor(strategy: DocumentStrategy, deletes: 'tombstone' | 'hard', random: Random): WriteOp {
  if (strategy === 'events') throw new Error('events are chosen by what is there');
  // What is set on insert is seen where a document is replaced now and then.
  if (strategy === 'stamp') return random.chance(0.3) ? 'replace' : 'stamp';
  if (strategy !== 'mixed') return strategy;
  const ops: readonly WriteOp[] = ['replace', 'set', 'set', 'increment', 'steps'];
  return random.pick(deletes === 'hard' ? [...ops, 'stamp', 'stamp'] : ops);
}

/** As a source's changes come: an insert, changes to it, its deletion; and now and then a change to what is not there. */
export function eventsOf(records: readonly ScenarioRecord[], random: Random): readonly ScenarioRecord[] {
  const there = new Set<string>();
  return records.map((record): ScenarioRecord => {
    const { key, kind } = record;
    if (key === null || kind === 'poison') return record;
    if (kind === 'tombstone') {
      there.delete(key);
      return record;
    }
    const op = there.has(key)
      ? random.pick(['patch', 'patch', 'put'] as const)
      : random.pick(['insert', 'insert', 'insert', 'patch', 'put'] as const);
    if (op === 'insert' && kind === 'plain') there.add(key);
    return { ...record, op };
  });
}

/** Where a record is given up or blocked a unique value may never become free, and what follows has nothing to change. */
const givesUpNothing = ({ mapping, function: { onPoison } }: DocumentStoryParts): boolean =>
  onPoison !== 'block' &&
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
export function withMovingValues(records: readonly ScenarioRecord[], random: Random): readonly ScenarioRecord[] {
  const held = new Map<string, number>();
  const valueCount = random.pick([2, 5, 20]);
  const moves: Move[] = [];
  return records.map(({ unique: _, ...record }): ScenarioRecord => {
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

/** Values of every type, and `_id` of every type. */
export function withWideContent(scenario: Scenario, random: Random): Scenario {
  const { documentdb, records } = scenario;
  const isWhole = documentdb.strategy === 'replace' && documentdb.guard === 'offset';
  if (documentdb.identity !== 'id' || !random.chance(0.6)) return scenario;
  if (!isWhole) return { ...scenario, documentdb: { ...documentdb, identity: 'wideId' } };
  const wide = () => random.integer(0, WIDE_VALUES_COUNT - 1);
  return {
    ...scenario,
    documentdb: { ...documentdb, isNative: true },
    records: records.map((record) => ({ ...record, wide: wide() })),
  };
}

/** Some of what the server refuses it refuses with a code that nobody lists, or as a command. */
export const withRefusals = (records: readonly ScenarioRecord[], random: Random): readonly ScenarioRecord[] =>
  records.map((record) => {
    const refusal = record.kind === 'refused' ? random.pick([undefined, 'unlisted', 'command'] as const) : undefined;
    return refusal === undefined ? record : { ...record, refusal };
  });
