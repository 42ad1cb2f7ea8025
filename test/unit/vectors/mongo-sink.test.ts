import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guardedWrite } from '../../../functions/documentdb-sink/guard/guarded-write.ts';
import { sourceVersionOf } from '../../../functions/documentdb-sink/guard/source-version.ts';
import { statementOf } from '../../../functions/documentdb-sink/lanes/commands.ts';
import type { WriteModel } from '../../../functions/documentdb-sink/plan/write-model.ts';
import { aRecord } from '../../support/builders.ts';
import type { CaseResult } from '../../vectors/case-result.ts';
import { anchorOf, REFUSALS } from '../../vectors/mongo-sink/refusals.ts';
import { runMongoVectors } from '../../vectors/mongo-sink.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const original = readFileSync(join(root, 'test/fixtures/vectors/mongo-sink.json'), 'utf8');

interface Case {
  readonly [field: string]: unknown;
  readonly name: string;
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
}
const cases: readonly Case[] = JSON.parse(original);
const caseOf = (name: string): Case => {
  const found = cases.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
};

async function run(text: string, options: Parameters<typeof runMongoVectors>[1] = {}): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for await (const result of runMongoVectors(text, options)) results.push(result);
  return results;
}
const runCase = async (vector: object): Promise<CaseResult> => {
  const [result] = await run(JSON.stringify([vector]));
  if (result === undefined) throw new Error('no result');
  return result;
};
const reasonOf = async (vector: object) => {
  const result = await runCase(vector);
  return result.kind === 'passed' ? 'passed' : `${result.kind}: ${result.reason}`;
};

describe("the connector's own cases", () => {
  it('pass, or are refused as the docs say', async () => {
    const results = await run(original);
    expect(results.filter(({ kind }) => kind === 'failed')).toEqual([]);
    expect(results.filter(({ kind }) => kind === 'refused').map(({ name }) => name)).toEqual([
      'batch.groupByConsecutiveTopic',
      'batch.maxBatchSize',
      'dlq.ordered.firstFails',
    ]);
    expect(results).toHaveLength(cases.length);
  });

  it('give a converter numbers as they are spelt', async () => {
    const text = `[{"name": "conv.numbers", "kind": "converter", "scope": "component", "expect": "transform", "key": null,
      "config": {"value.converter": "a schemaless converter"},
      "value": {"whole": 2147483648, "double": 1.0, "more": [1e21, {"half": 0.5, "none": null}]},
      "expected_update_or_doc": {"whole": {"$numberLong": "2147483648"}, "double": 1.0,
        "more": [1e21, {"half": 0.5, "none": null}]}}]`;
    expect(await run(text)).toEqual([{ name: 'conv.numbers', kind: 'passed' }]);
  });

  it('give a converter a map that is described in words', async () => {
    const text = `[{"name": "conv.map", "kind": "converter", "scope": "component", "expect": "transform", "key": null,
      "config": {"value.converter": "schemaless"}, "value": {"$$map": {"a": "INT32 42", "b": "INT64 5"}},
      "expected_update_or_doc": {"a": 42, "b": {"$numberLong": "5"}}}]`;
    expect(await run(text)).toEqual([{ name: 'conv.map', kind: 'passed' }]);
  });

  it('fail when they are refused and docs/migrating.md does not say so', async () => {
    const [result] = await run(JSON.stringify([caseOf('batch.maxBatchSize')]), { documented: '' });
    expect(result).toEqual({
      name: 'batch.maxBatchSize',
      kind: 'failed',
      reason: 'refused, but docs/migrating.md does not list batch-grouping',
    });
  });

  it.each(cases.map((vector) => [vector.name, vector] as const))(
    '%s fails when it expects something else',
    async (_name, vector) => {
      for (const changed of changesOf(vector))
        expect((await runCase(changed)).kind, JSON.stringify(changed)).toBe('failed');
    },
  );

  it('are written with operators that DocumentDB 5.0 has, and no others', async () => {
    const models: WriteModel[] = [];
    await run(original, { onModels: (each) => void models.push(...each) });
    expect(models.length).toBeGreaterThan(20);
    const used = new Set<string>();
    for (const model of models)
      for (const deletes of ['hard', 'tombstone'] as const) collectOperators(model, deletes, used);
    expect([...used].filter((operator) => !ALLOWED.has(operator))).toEqual([]);
  });
});

/** Each a case that our code must not meet. */
function changesOf(vector: Case): readonly Case[] {
  const { expected_update_or_doc: document, expected_filter: filter, expect: expectation } = vector;
  if (expectation === 'error') return [{ ...vector, expect: 'write' }];
  if (expectation === 'noop')
    return [
      { ...vector, expect: 'write' },
      { ...vector, expect: 'error' },
    ];
  const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
  const other = (value: object) => ({ ...value, $$unexpected: 1 });
  const own: Case[] = [{ ...vector, expect: 'error' }];
  if (isObject(filter) && !('$$expected_key' in filter)) own.push({ ...vector, expected_filter: differing(filter) });
  if (isObject(document) && !('$$batches' in document) && !('$$reports' in document)) {
    own.push({ ...vector, expected_update_or_doc: other(document) });
  }
  if (isObject(document) && '$$reports' in document) {
    own.push({ ...vector, expected_update_or_doc: { ...document, $$reports: [[99, 'WriteException']] } });
  }
  if (isObject(document) && '$$batches' in document) {
    own.push({ ...vector, expected_update_or_doc: { $$batches: [['myDB.other', 1]] } });
  }
  if (vector['upsert'] !== null) own.push({ ...vector, upsert: vector['upsert'] !== true });
  if (vector['op'] !== null) own.push({ ...vector, op: 'deleteMany' });
  return vector.kind === 'cdc_null_remover' ? own.filter((each) => each['expected_filter'] === filter) : own;
}

const differing = (filter: object): object =>
  'namespace' in filter ? { namespace: 'other.other' } : { ...filter, unexpected: 1 };

/** https://docs.aws.amazon.com/documentdb/latest/developerguide/mongo-apis.html */
const ALLOWED: ReadonlySet<string> = new Set(
  '$set $unset $setOnInsert $inc $mul $min $max $rename $currentDate $bit $push $pull $pullAll $addToSet $or $and $nor $not $exists $type $in $eq $gt $gte $lt $lte'.split(
    ' ',
  ),
);

function collectOperators(model: WriteModel, deletes: 'hard' | 'tombstone', into: Set<string>): void {
  // A tombstone takes an equality of `_id` or a business key; the shape of the filter is the same either way.
  const sourceVersion = sourceVersionOf(aRecord({ offset: 7 }));
  const statement = statementOf(guardedWrite(model, { identity: 'x', sourceVersion, step: 0, deletes, wallTimeMs: 0 }));
  expect(Array.isArray(statement['u'])).toBe(false);
  for (const part of [statement['q'], isUpdate(model) ? statement['u'] : undefined]) operatorsOf(part, into);
}

const isUpdate = ({ kind }: WriteModel): boolean => kind === 'updateOne';

function operatorsOf(part: unknown, into: Set<string>): void {
  if (typeof part !== 'object' || part === null) return;
  const entries = part instanceof Map ? [...part] : Object.entries(part);
  for (const [name, value] of entries) {
    if (String(name).startsWith('$')) into.add(String(name));
    if (value instanceof Map || Object.getPrototypeOf(value ?? 0) === Object.prototype) operatorsOf(value, into);
  }
}

describe('a case that cannot be understood fails, and says why', () => {
  const replace = caseOf('wm.replaceOneDefault');

  it.each([
    ['a kind', { ...replace, kind: 'mystery' }, /the kind mystery is not known here/],
    ['a field', { ...replace, more: 1 }, /it has fields that are not known here: more/],
    [
      'a placeholder',
      { ...replace, expected_filter: { _id: { $$any: 'mystery' } } },
      /the placeholder mystery is not known/,
    ],
    ['a property', { ...replace, config: { mystery: '1' } }, /mystery is not a property of the connector/],
    ['extended JSON', { ...replace, value: { _id: { $oid: 'x' } } }, /malformed: value: a \$oid/],
    ['no name', { kind: 'cdc' }, /name is no text/],
    ['no object', [], /it is no object/],
  ])('%s', async (_name, vector, reason) => {
    expect(await reasonOf(vector)).toMatch(/^failed: /);
    expect(await reasonOf(vector)).toMatch(reason);
  });

  it('and so does an error with other words', async () => {
    const vector = { ...caseOf('wm.replaceOneDefault.missingId.error'), error_contains: 'other words' };
    expect(await reasonOf(vector)).toMatch(
      /^failed: the error is ".*`_id` field was missing.*", expected one with "other words"/,
    );
  });
});

describe('cases that are compared', () => {
  const insert = caseOf('wm.insertOneDefault');
  const inserted = (value: object, expected: object) =>
    reasonOf({ ...insert, value, expected_update_or_doc: expected });

  it('go by type, by order within _id, and by nothing but the names elsewhere', async () => {
    expect(await inserted({ _id: 1, a: 1, b: 2 }, { _id: 1, b: 2, a: 1 })).toBe('passed');
    expect(await inserted({ _id: { a: 1, b: 2 } }, { _id: { b: 2, a: 1 } })).toMatch(
      /the document._id has the fields a, b, expected b, a/,
    );
    expect(await inserted({ _id: 1, a: 1 }, { _id: 1, a: { $numberLong: '1' } })).toMatch(
      /\{"\$numberInt":"1"\}, expected \{"\$numberLong":"1"\}/,
    );
  });

  it('take one value for all placeholders of a name', async () => {
    const noKey = caseOf('cdc.dbz.rdbms.create.noPk');
    const bound = {
      _id: { $$any: 'objectId', $$bind: 'oid' },
      text: { $$any: 'string', $$bind: 'oid' },
      active: false,
    };
    expect(await reasonOf({ ...noKey, expected_update_or_doc: bound })).toMatch(/bound to oid/);
  });
});

describe('a refusal', () => {
  it('is documented in docs/migrating.md', () => {
    const docs = readFileSync(join(root, 'docs/migrating.md'), 'utf8');
    for (const { id } of REFUSALS) expect(docs).toContain(anchorOf(id));
  });
});
