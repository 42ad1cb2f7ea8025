// Checks after every produced record has been consumed. They compare the produced records with the content of the targets.
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { differenceOf, type Expectation } from '../connector/expected-documents.ts';
import type { FunctionName } from '../engines/endpoints.ts';
import { documentViolations } from './document-versions.ts';
import type { PoisonKind } from './order-stream.ts';
import type { ProducedRecord } from './producer.ts';
import type { StreamRecord } from './stream-reader.ts';

export interface Check {
  readonly name: string;
  readonly passed: boolean;
  /** Figures if the check passed, otherwise the first violations. */
  readonly detail: string;
}

export interface Targets {
  readonly stream: readonly StreamRecord[];
  /** Documents by `_id`, without tombstones and without the sink's own fields; undefined: they cannot be read, and are not checked. */
  readonly documents: ReadonlyMap<string, object> | undefined;
  readonly deadLetters: readonly DeadLetter[];
  /** The keys of the mappings' failure records in the bucket. */
  readonly givenUp: readonly string[];
}

/** With a connector file: the expected documents and the found ones. */
export interface ConnectorDocuments {
  readonly expected: Expectation;
  /** Documents as text, by namespace; undefined: they cannot be read, and are not checked. */
  readonly found: ReadonlyMap<string, readonly string[]> | undefined;
}

/**
 * Whether a record must have arrived: its function has settled it. Any other record may be on its way, with or without a trace in
 * the target.
 */
export type IsDue = (sinkName: FunctionName, record: ProducedRecord) => boolean;

/**
 * @param isDue without it, every record must have arrived. What may be open of a connector file's documents is in their expectation.
 */
export function checkAll(
  produced: readonly ProducedRecord[],
  targets: Targets,
  connector?: ConnectorDocuments,
  isDue: IsDue = () => true,
): readonly Check[] {
  const ofKind = (kind: PoisonKind) => produced.filter(({ poison }) => poison === kind);
  const { deadLetters } = targets;
  const documents =
    connector === undefined ? checkDocuments(produced, targets, isDue) : checkConnectorDocuments(connector);
  return [
    checkStreamOrder(produced, targets.stream, isDue),
    checkKeyless(produced, targets.stream, isDue),
    ...(documents === undefined ? [] : [documents]),
    checkDeadLetters('kinesisSink', deadLetters, { poisoned: ofKind('oversized'), refused: [], isDue }),
    checkDeadLetters('documentdbSink', deadLetters, {
      poisoned: poisonedFor(produced, connector),
      refused: ofKind('refused'),
      isDue,
    }),
    checkGivenUp(targets.givenUp),
  ];
}

const VIOLATIONS_SHOWN_MAX = 3;

function verdict(name: string, violations: readonly string[], figures: string): Check {
  if (violations.length === 0) return { name, passed: true, detail: figures };
  const more =
    violations.length > VIOLATIONS_SHOWN_MAX ? ` .. and ${violations.length - VIOLATIONS_SHOWN_MAX} more` : '';
  return { name, passed: false, detail: `${violations.slice(0, VIOLATIONS_SHOWN_MAX).join('; ')}${more}` };
}

const dataOf = ({ value }: ProducedRecord): string => value ?? '';

/** The records that the stream must hold under their key; an oversized record must not be in the stream. */
const isKeyed = ({ key, poison }: ProducedRecord): boolean => key !== null && poison !== 'oversized';

/**
 * All records of each key are in the stream, and their first copies are in Kafka's order. Every other copy repeats an earlier
 * record.
 */
function checkStreamOrder(produced: readonly ProducedRecord[], stream: readonly StreamRecord[], isDue: IsDue): Check {
  const expected = Map.groupBy(produced.filter(isKeyed), ({ key }) => key ?? '');
  const stored = Map.groupBy(stream, ({ partitionKey }) => partitionKey);
  let duplicateCount = 0;
  const violations = [...expected].flatMap(([key, records]) => {
    const sequence = records.map(dataOf);
    const copies = (stored.get(key) ?? []).map(({ data }) => data.toString());
    let next = 0;
    for (const copy of copies) {
      if (copy === sequence[next]) next += 1;
      else if (sequence.slice(0, next).includes(copy)) duplicateCount += 1;
      else return [`${key}: the stream has a record out of order, or one that was never produced`];
    }
    // A key's records are of one partition, so those that are due come first.
    const dueCount = records.findLastIndex((record) => isDue('kinesisSink', record)) + 1;
    return next >= dueCount ? [] : [`${key}: ${dueCount - next} of ${sequence.length} records are missing`];
  });
  const count = [...expected.values()].reduce((sum, { length }) => sum + length, 0);
  return verdict(
    "Kinesis: every key's first copies in order",
    violations,
    `${count} records with ${expected.size} keys, ${duplicateCount} duplicates`,
  );
}

/** Records without a key are in the stream under random keys, and no other records are. */
function checkKeyless(produced: readonly ProducedRecord[], stream: readonly StreamRecord[], isDue: IsDue): Check {
  const keys = new Set<string | null>(produced.filter(isKeyed).map(({ key }) => key));
  const keyless = produced.filter(({ key }) => key === null);
  const expected = new Set(keyless.map(dataOf));
  const due = new Set(keyless.filter((record) => isDue('kinesisSink', record)).map(dataOf));
  const found = new Set(
    stream.filter(({ partitionKey }) => !keys.has(partitionKey)).map(({ data }) => data.toString()),
  );
  const violations = [
    ...[...due].filter((data) => !found.has(data)).map(() => 'the stream misses a record without a key'),
    ...[...found].filter((data) => !expected.has(data)).map(() => 'the stream has an unexpected record'),
  ];
  return verdict('Kinesis: every record without a key, and no others', violations, `${expected.size} records`);
}

function checkDocuments(
  produced: readonly ProducedRecord[],
  { documents, deadLetters }: Targets,
  isDue: IsDue,
): Check | undefined {
  if (documents === undefined) return undefined;
  const places = new Set(deadLetters.filter((each) => each.function === 'documentdbSink').map(placeOf));
  const { violations, livingCount, deletedCount } = documentViolations(produced, documents, {
    isDue: (record) => isDue('documentdbSink', record),
    isDeadLettered: (record) => places.has(placeOf(record)),
  });
  const figures = `${livingCount} documents, ${deletedCount} deleted`;
  return verdict('DocumentDB: every document is the newest version of its key', violations, figures);
}

const placeOf = ({ partition, offset }: { readonly partition: number; readonly offset: number }) =>
  `${partition}@${offset}`;

function poisonedFor(
  produced: readonly ProducedRecord[],
  connector: ConnectorDocuments | undefined,
): readonly ProducedRecord[] {
  if (connector === undefined) return produced.filter(({ poison }) => poison === 'notJson' || poison === 'noKey');
  const places = new Set(connector.expected.poisoned.map(placeOf));
  return produced.filter((record) => places.has(placeOf(record)));
}

/** Every document is as the connector file makes it, with its BSON types, and there are no other documents. */
function checkConnectorDocuments({ expected, found }: ConnectorDocuments): Check | undefined {
  const { documents, unknownOperator } = expected;
  if (found === undefined || unknownOperator !== undefined) return undefined;
  const violations = [...new Set([...documents.keys(), ...found.keys()])].flatMap((namespace) => {
    const { missing, unasked } = differenceOf(documents.get(namespace), found.get(namespace));
    return [
      ...(missing.length > 0 ? [`${namespace}: ${missing.length} documents are missing or differ`] : []),
      ...(unasked.length > 0 ? [`${namespace}: ${unasked.length} unexpected documents`] : []),
    ];
  });
  const count = [...documents.values()].reduce((sum, { length }) => sum + length, 0);
  return verdict('DocumentDB: every document is as the connector file makes it', violations, `${count} documents`);
}

interface Poisoned {
  readonly poisoned: readonly ProducedRecord[];
  /** Records that may become dead letters: a rule of the collection refuses them as long as there is one. */
  readonly refused: readonly ProducedRecord[];
  readonly isDue: IsDue;
}

function checkDeadLetters(
  name: FunctionName,
  deadLetters: readonly DeadLetter[],
  { poisoned, refused, isDue }: Poisoned,
): Check {
  const own = new Map(
    deadLetters
      .filter((deadLetter) => deadLetter.function === name)
      .map((deadLetter) => [placeOf(deadLetter), deadLetter]),
  );
  const expected = new Map(poisoned.map((record) => [placeOf(record), record]));
  const allowed = new Set([...expected.keys(), ...refused.map(placeOf)]);
  const violations = [
    ...[...expected].flatMap(([place, record]) => {
      const deadLetter = own.get(place);
      if (deadLetter === undefined) return isDue(name, record) ? [`${place}: the dead letter is missing`] : [];
      const value = deadLetter.valueBase64 === null ? null : Buffer.from(deadLetter.valueBase64, 'base64').toString();
      return value === record.value ? [] : [`${place}: the dead letter holds another value`];
    }),
    ...[...own]
      .filter(([place]) => !allowed.has(place))
      .map(([place, { code, reason }]) => `${place}: a dead letter for a valid record (${code}: ${reason})`),
  ];
  return verdict(
    `${name}: a dead letter for each poison record, and no others`,
    violations,
    `${expected.size} dead letters`,
  );
}

const checkGivenUp = (keys: readonly string[]): Check =>
  verdict(
    'Mappings: no batch exhausted its retries',
    keys.map((key) => `${key} is in the bucket`),
    'no failure records',
  );
