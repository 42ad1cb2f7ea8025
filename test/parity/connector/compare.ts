import { BSON } from 'mongodb';
import { shapeOf } from '../../support/bson-shape.ts';
import type { Generated } from './generated.ts';
import type { Contents } from './server.ts';

const WRITE_TIMES = ['_insertedTS', '_modifiedTS'];
const DATE_TYPE = 9;

interface Row {
  readonly bytes: Buffer;
  /** Equal for equal documents. */
  readonly shape: string;
}

/** The differences between the connector's documents and ours, a sentence each. */
export function documentDifferences(connector: Contents, ours: Contents, generated: Generated): readonly string[] {
  const names = [...new Set([...connector.keys(), ...ours.keys()])].toSorted();
  return names.flatMap((name) => {
    const [theirs, own] = [connector, ours].map((contents) =>
      (contents.get(name) ?? []).filter((bytes) => !isTombstone(bytes)).map((bytes) => rowOf(bytes, generated)),
    );
    return differencesIn(name, unmatched(theirs ?? [], own ?? []), unmatched(own ?? [], theirs ?? []));
  });
}

/** Rows that have no equal among the others, each of which is an equal once. */
function unmatched(rows: readonly Row[], others: readonly Row[]): readonly Row[] {
  const counts = new Map<string, number>();
  for (const { shape } of others) counts.set(shape, (counts.get(shape) ?? 0) + 1);
  return rows.filter(({ shape }) => {
    const count = counts.get(shape) ?? 0;
    counts.set(shape, count - 1);
    return count <= 0;
  });
}

function differencesIn(name: string, missing: readonly Row[], unasked: readonly Row[]): readonly string[] {
  const rest = [...unasked];
  const lines = missing.map((row) => {
    const index = rest.findIndex((other) => idText(other) === idText(row));
    const [other] = index < 0 ? [] : rest.splice(index, 1);
    if (other === undefined) return `${name} ${idText(row)}: only the connector has this document ${textOf(row)}`;
    return `${name} ${idText(row)}${writersOf(other)}: ${fieldDifferences(row, other)}`;
  });
  return [
    ...lines,
    ...rest.map((row) => `${name} ${idText(row)}${writersOf(row)}: only we have this document ${textOf(row)}`),
  ];
}

function fieldDifferences(theirs: Row, ours: Row): string {
  const [left, right] = [fieldsOf(theirs), fieldsOf(ours)];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((name) => name !== '_k');
  const changed = names.filter((name) => canonical(left, name) !== canonical(right, name));
  return changed
    .map((name) => `${name} is ${JSON.stringify(left[name])} of the connector, ${JSON.stringify(right[name])} of ours`)
    .join('; ');
}

const canonical = (fields: Fields, name: string): string =>
  name in fields
    ? shapeOf(Buffer.from(BSON.serialize(BSON.EJSON.deserialize({ [name]: fields[name] }, { relaxed: false }))))
    : '';

type Fields = Readonly<Record<string, unknown>>;

/** As canonical extended JSON. */
const fieldsOf = ({ bytes }: Row): Fields =>
  BSON.EJSON.serialize(BSON.deserialize(bytes, { promoteValues: false, promoteBuffers: false, bsonRegExp: true }), {
    relaxed: false,
  }) as Fields;

const textOf = (row: Row): string => JSON.stringify(fieldsOf(row));
const idText = (row: Row): string => JSON.stringify(fieldsOf(row)['_id']);

/** The record of each partition that wrote our document last. */
function writersOf(row: Row): string {
  const versions = fieldsOf(row)['_k'];
  if (typeof versions !== 'object' || versions === null) return '';
  return ` (${Object.entries(versions)
    .map(([partition, version]) => `${partition}@${JSON.stringify(version)}`)
    .join(', ')})`;
}

const isTombstone = (bytes: Buffer): boolean =>
  '_deletedAt' in BSON.deserialize(bytes, { promoteValues: false, bsonRegExp: true });

function rowOf(bytes: Buffer, { id, writeTimes }: Generated): Row {
  const masked = elementsOf(bytes).filter(
    ({ name, type, subtype }) =>
      (writeTimes && WRITE_TIMES.includes(name) && type === DATE_TYPE) ||
      (id && name === '_id' && isGenerated(type, subtype)),
  );
  const types = masked.map(({ name, type }) => `${name}:${type}`).toSorted();
  return { bytes, shape: `${shapeOf(bytes, ['_k', ...masked.map(({ name }) => name)])} ${types}` };
}

const OBJECT_ID_TYPE = 7;
const BINARY_TYPE = 5;
const UUID_SUBTYPES: readonly (number | undefined)[] = [3, 4];
const UUID_TEXT = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const STRING_TYPE = 2;

const isGenerated = (type: number, subtype: number | undefined): boolean =>
  type === OBJECT_ID_TYPE || (type === BINARY_TYPE && UUID_SUBTYPES.includes(subtype)) || type === -STRING_TYPE;

interface Element {
  readonly name: string;
  /** Negative for the text of a UUID. */
  readonly type: number;
  readonly subtype: number | undefined;
}

const elementsOf = (bytes: Buffer): readonly Element[] =>
  [...BSON.onDemand.parseToElements(bytes)].map(([type, nameOffset, nameLength, offset, length]) => {
    const name = bytes.toString('utf8', nameOffset, nameOffset + nameLength);
    const isUuidText = type === STRING_TYPE && UUID_TEXT.test(bytes.toString('utf8', offset + 4, offset + length - 1));
    return { name, type: isUuidText ? -type : type, subtype: type === BINARY_TYPE ? bytes[offset + 4] : undefined };
  });
