import { MADE_ONCE } from '../../services/documents/document-policy.ts';
import { inTwoBatches, patient, plainSettings } from '../generate/corners/parts.ts';
import type { ScenarioDocumentdb, WriteOp } from '../generate/document-ops.ts';
import type { Random } from '../random.ts';
import type { RecordKind, Scenario, ScenarioRecord } from '../scenario.ts';
import { inTurn } from '../turn.ts';
import { CONVERTERS, ROW_KEYS, SOURCES, type SourceName } from './connector.ts';

/** What a source's changes do to a document that is there, and to one that is not. */
interface Changes {
  readonly there: readonly WriteOp[];
  readonly absent: readonly WriteOp[];
}

/** An update of a document that was deleted since comes late: it may not make one. */
const CHANGES: Readonly<Record<SourceName, Changes>> = {
  debeziumPatch: { there: ['patch', 'patch', 'replace'], absent: ['replace', 'replace', 'patch'] },
  debeziumStream: { there: ['patch', 'patch', 'replace'], absent: ['replace', 'replace', 'patch'] },
  changeStream: { there: ['patch', 'patch', 'put', 'replace'], absent: ['replace', 'replace', 'patch', 'put'] },
  debeziumTable: { there: ['replace'], absent: ['replace'] },
  qlik: { there: ['set', 'set', 'replace'], absent: ['replace', 'replace', 'set'] },
};

/** The function has a connector's file with a CDC handler. @param index among the stories of change events */
export const withChanges = (scenario: Scenario, random: Random, index: number): Scenario =>
  changesOf(scenario, random, inTurn(SOURCES, index));

/** Rows of a table without a primary key, in one topic: what is changed is found by its columns, and what comes twice is written twice. */
export function withKeylessRows(scenario: Scenario, random: Random, round: number): Scenario {
  const story = changesOf(scenario, random, 'debeziumTable');
  const { connector } = story.documentdb;
  if (connector === undefined) throw new Error('the story of a file has a file');
  return {
    ...story,
    topicCount: 1,
    documentdb: { ...story.documentdb, connector: { ...connector, rowKey: inTurn(ROW_KEYS, round) } },
    faults: random.chance(0.5) ? [] : story.faults,
    records: chained(story.records, random),
  };
}

const MADE_ONCE_CHANCE = 0.3;

/** Each change names the row that the one before left. What is deleted never comes back: it would be another row. */
function chained(records: readonly ScenarioRecord[], random: Random): readonly ScenarioRecord[] {
  const rows = new Map<string | null, Pick<ScenarioRecord, 'id' | 'key'>>();
  return records.map((record): ScenarioRecord => {
    const { id, key, kind } = record;
    if (record.hasNoEffect) return record;
    if (kind === 'poison' || kind === 'refused' || random.chance(MADE_ONCE_CHANCE)) {
      return { ...record, key: `${MADE_ONCE}-${id}`, kind: kind === 'tombstone' ? 'plain' : kind };
    }
    const before = rows.get(key);
    const row = { id, key: before?.key ?? `${key}-${id}` };
    if (before !== undefined && kind === 'tombstone') rows.delete(key);
    else rows.set(key, row);
    return before === undefined
      ? { ...record, key: row.key, kind: 'plain' }
      : { ...record, key: row.key, rowBefore: before.id };
  });
}

/** The values of the records are change events of this source. */
export function changesOf(scenario: Scenario, random: Random, source: SourceName): Scenario {
  const isOfOrder = source !== 'debeziumTable' && source !== 'qlik';
  const documentdb: ScenarioDocumentdb = {
    ...plainSettings(scenario.documentdb),
    identity: 'id',
    // What has nothing to change changes nothing, as with events.
    strategy: isOfOrder ? 'events' : 'replace',
    connector: {
      idStrategy: 'fullKey',
      writeModels: ['default', 'default'],
      converter: random.pick(CONVERTERS),
      source,
    },
  };
  const { mapping, ...quiet } = patient(scenario, random.pick([40_000, 120_000]));
  const isDense = random.chance(0.5);
  const written = inTwoBatches(WRITTEN, random.pick([4, 9]), random).map((record) => ({
    ...record,
    kind: kindOf(random),
  }));
  return {
    ...scenario,
    ...quiet,
    mapping: isDense ? { ...mapping, batchRecordsMax: 100, windowMs: 1_000 } : mapping,
    documentdb,
    faults: random.chance(0.3) ? [] : scenario.faults,
    records: withChangesOf(source, isDense ? written : spread(written), random),
  };
}

/** Enough for documents that are written and deleted several times. */
const WRITTEN = 50;
const APART_MS = 500;

/** One after another, in whichever partition. */
const spread = (records: readonly ScenarioRecord[]): readonly ScenarioRecord[] =>
  records.map(({ partition: _, ...record }, index) => ({ ...record, atMs: index * APART_MS }));

const ODD_KINDS: readonly RecordKind[] = ['poison', 'refused'];

const kindOf = (random: Random): RecordKind =>
  random.chance(0.04) ? random.pick(ODD_KINDS) : random.chance(0.15) ? 'tombstone' : 'plain';

const WITHOUT_EFFECT = 0.1;

/** An insert, changes, and a deletion, as a source writes them; and events that change no document. */
function withChangesOf(
  source: SourceName,
  records: readonly ScenarioRecord[],
  random: Random,
): readonly ScenarioRecord[] {
  const there = new Set<string | null>();
  return records.map((record): ScenarioRecord => {
    const { key, kind } = record;
    if (kind === 'poison') return record;
    if (kind === 'plain' && random.chance(WITHOUT_EFFECT)) return { ...record, hasNoEffect: true };
    if (kind === 'tombstone') {
      there.delete(key);
      return record;
    }
    const op = random.pick(CHANGES[source][there.has(key) ? 'there' : 'absent']);
    if (kind === 'plain' && (op === 'replace' || op === 'set')) there.add(key);
    return { ...record, op };
  });
}
