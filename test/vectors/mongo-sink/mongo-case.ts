import { UnconvertibleError } from '../../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { interpret, isExtended } from '../../../functions/documentdb-sink/json/extended-json.ts';
import { type JsonDialect, JsonReader } from '../../../functions/documentdb-sink/json/json-reader.ts';
import { numberOf } from '../../../functions/documentdb-sink/json/number.ts';
import { CaseError } from '../case-error.ts';

export type Fields = ReadonlyMap<string, unknown>;

/** One case as it stands in the file. Key, value and what is expected are BSON values; `$$` placeholders stay documents. */
export interface MongoCase {
  readonly name: string;
  readonly kind: string;
  readonly scope: string;
  readonly config: Fields;
  readonly key: unknown;
  readonly value: unknown;
  readonly record: Fields;
  readonly expect: string;
  readonly op: string | undefined;
  readonly upsert: boolean | undefined;
  readonly expectedFilter: unknown;
  readonly expectedDocument: unknown;
  readonly errorContains: string | undefined;
}

/** Numbers as they are spelt; extended JSON is interpreted case by case, so that a wrong one spoils no other case. */
const PLAIN: JsonDialect = { number: numberOf, object: (fields) => fields, lenient: false };

const KNOWN: ReadonlySet<string> = new Set([
  'name',
  'source_test_file',
  'kind',
  'config',
  'key',
  'value',
  'expect',
  'op',
  'upsert',
  'expected_filter',
  'expected_update_or_doc',
  'note',
  'scope',
  'record',
  'error_contains',
]);

/** The file's cases, unread. @throws UnconvertibleError when it is not JSON */
export function casesIn(text: string): readonly unknown[] {
  const cases = new JsonReader(text, PLAIN).read();
  return Array.isArray(cases) ? cases : [];
}

export const nameOf = (content: unknown, index: number): string => {
  const name = content instanceof Map ? content.get('name') : undefined;
  return typeof name === 'string' && name !== '' ? name : `[${index}]`;
};

/** @throws CaseError when the case is malformed */
export function readCase(content: unknown): MongoCase {
  if (!(content instanceof Map)) throw malformed('it is no object');
  const unknown = [...content.keys()].filter((name) => !KNOWN.has(name));
  if (unknown.length > 0) throw malformed(`it has fields that are not known here: ${unknown.join(', ')}`);
  return {
    name: text(content, 'name'),
    kind: text(content, 'kind'),
    scope: optionalText(content, 'scope') ?? 'component',
    config: fields(content, 'config'),
    key: valueAt(content, 'key'),
    value: valueAt(content, 'value'),
    record: fields(content, 'record'),
    expect: text(content, 'expect'),
    op: optionalText(content, 'op'),
    upsert: flag(content, 'upsert'),
    expectedFilter: valueAt(content, 'expected_filter'),
    expectedDocument: valueAt(content, 'expected_update_or_doc'),
    errorContains: optionalText(content, 'error_contains'),
  };
}

const malformed = (reason: string) => new CaseError('failed', `the case is malformed: ${reason}`);

function text(content: Fields, name: string): string {
  const value = content.get(name);
  if (typeof value === 'string') return value;
  throw malformed(`${name} is no text`);
}

const optionalText = (content: Fields, name: string): string | undefined =>
  (content.get(name) ?? undefined) === undefined ? undefined : text(content, name);

function flag(content: Fields, name: string): boolean | undefined {
  const value = content.get(name) ?? undefined;
  if (value === undefined || typeof value === 'boolean') return value;
  throw malformed(`${name} is neither true nor false`);
}

function fields(content: Fields, name: string): Fields {
  const value = content.get(name) ?? new Map();
  if (value instanceof Map) return value;
  throw malformed(`${name} is no object`);
}

function valueAt(content: Fields, name: string): unknown {
  try {
    return interpreted(content.get(name) ?? null);
  } catch (error) {
    if (error instanceof UnconvertibleError) throw malformed(`${name}: ${error.message}`);
    throw error;
  }
}

/** With extended JSON for what it stands for, from within. */
function interpreted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(interpreted);
  if (!(value instanceof Map)) return value;
  const inner = new Map([...value].map(([name, each]): [string, unknown] => [name, interpreted(each)]));
  return isExtended(inner) ? interpret(inner) : inner;
}
