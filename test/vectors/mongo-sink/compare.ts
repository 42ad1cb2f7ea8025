import { Binary, BSON, ObjectId } from 'mongodb';
import { CaseError } from '../case-error.ts';

/**
 * Compares BSON values as the connector's own tests do (`BsonDocument.equals`): by type, arrays in order, documents
 * whatever the order of their fields; but within `_id` their order counts, as it does for the server.
 */
export class Comparison {
  /** Values that placeholders of one name must share. */
  readonly #bound = new Map<string, unknown>();

  /** @throws CaseError that names the first difference */
  expect(what: string, actual: unknown, expected: unknown, isOrdered = false): void {
    if (expected instanceof Map && expected.has('$$any')) this.#expectAny(what, actual, expected);
    else if (expected instanceof Map) this.#expectDocument(what, actual, expected, isOrdered);
    else if (Array.isArray(expected)) this.#expectArray(what, actual, expected, isOrdered);
    else if (shown(actual) !== shown(expected)) throw differs(what, actual, expected);
  }

  #expectDocument(what: string, actual: unknown, expected: ReadonlyMap<string, unknown>, isOrdered: boolean): void {
    if (!(actual instanceof Map)) throw differs(what, actual, expected);
    const [ours, theirs] = [[...actual.keys()], [...expected.keys()]];
    const [names, wanted] = isOrdered ? [ours, theirs] : [ours.toSorted(), theirs.toSorted()];
    if (names.join('\0') !== wanted.join('\0')) {
      throw new CaseError(
        'failed',
        `${what} has the fields ${names.join(', ') || 'none'}, expected ${wanted.join(', ') || 'none'}`,
      );
    }
    for (const [name, value] of expected) {
      this.expect(`${what}.${name}`, actual.get(name), value, isOrdered || name === '_id');
    }
  }

  #expectArray(what: string, actual: unknown, expected: readonly unknown[], isOrdered: boolean): void {
    if (!Array.isArray(actual) || actual.length !== expected.length) throw differs(what, actual, expected);
    for (const [index, value] of expected.entries()) this.expect(`${what}[${index}]`, actual[index], value, isOrdered);
  }

  #expectAny(what: string, actual: unknown, placeholder: ReadonlyMap<string, unknown>): void {
    const type = String(placeholder.get('$$any'));
    const isOfType = TYPES[type];
    if (isOfType === undefined) throw new CaseError('failed', `${what}: the placeholder ${type} is not known here`);
    if (!isOfType(actual)) throw new CaseError('failed', `${what} is ${shown(actual)}, expected any ${type}`);
    const name = placeholder.get('$$bind');
    if (typeof name !== 'string') return;
    if (this.#bound.has(name)) this.expect(`${what} (bound to ${name})`, actual, this.#bound.get(name), true);
    else this.#bound.set(name, actual);
  }
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  objectId: (value) => value instanceof ObjectId,
  date: (value) => value instanceof Date,
  uuidString36: (value) => typeof value === 'string' && UUID.test(value),
  binarySubtype4: (value) => value instanceof Binary && value.sub_type === 4 && value.length() === 16,
  string: (value) => typeof value === 'string',
  int64: (value) => typeof value === 'bigint',
};

/** Canonical extended JSON: every type is visible. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const bytes = BSON.serialize(new Map([['v', value]]) as unknown as BSON.Document);
  const read = BSON.deserialize(bytes, { promoteValues: false, bsonRegExp: true });
  return BSON.EJSON.stringify(read, { relaxed: false }).slice('{"v":'.length, -1);
}

const differs = (what: string, actual: unknown, expected: unknown): CaseError =>
  new CaseError('failed', `${what} is ${cut(shown(actual))}, expected ${cut(shown(expected))}`);

const cut = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}..` : text);
