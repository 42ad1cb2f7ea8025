import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { createCdcHandler } from '../../../../../../functions/documentdb-sink/connector/cdc/create-cdc-handler.ts';
import { CUSTOM_STRATEGIES } from '../../../../../../functions/documentdb-sink/connector/custom/registry.ts';
import { PropertyError } from '../../../../../../functions/documentdb-sink/connector/property-error.ts';
import { UnwritableError } from '../../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { aRecord } from '../../../../../support/builders.ts';
import { documentOf, inOrder, SINK, sinkDocument, topicProperties } from '../../../../../support/sink-documents.ts';

const HANDLER = 'change.data.capture.handler';

interface Event {
  readonly key?: string | null;
  readonly value: string | null;
  readonly given?: Readonly<Record<string, string>>;
}

function handle(handler: string, { key = null, value, given = {} }: Event) {
  const create = createCdcHandler(topicProperties({ [HANDLER]: `${SINK}.cdc.${handler}`, ...given }));
  return create?.(sinkDocument(key, value), aRecord(), 0) ?? [];
}

const shown = (part: unknown) =>
  typeof part === 'string' && part.startsWith('{') ? inOrder(documentOf(part)) : inOrder(part);
const allShown = (writes: readonly object[]) =>
  writes.map((write) => Object.fromEntries(Object.entries(write).map(([name, part]) => [name, shown(part)])));

/** Expected documents are in the shell's notation. */
const expectWrites = (handler: string, event: Event, ...expected: readonly Readonly<Record<string, unknown>>[]) =>
  expect(allShown(handle(handler, event))).toEqual(allShown(expected));
const expectUnwritable = (handler: string, event: Event) =>
  expect(() => handle(handler, event)).toThrow(UnwritableError);

it('no handler is set by default; a class that is not there is refused by name', () => {
  expect(createCdcHandler(topicProperties())).toBeUndefined();
  expect(() => handle('OurHandler', { value: null })).toThrow(PropertyError);
});

const RDBMS = [
  'debezium.rdbms.RdbmsHandler',
  'debezium.rdbms.mysql.MysqlHandler',
  'debezium.rdbms.postgres.PostgresHandler',
];
const OPLOG = 'debezium.mongodb.MongoDbHandler';
const DEBEZIUM_STREAM = 'debezium.mongodb.ChangeStreamHandler';

describe.each(RDBMS)('%s', (handler) => {
  it.each(['c', 'r', 'u'])('%s replaces the row, its key columns in _id alone', (op) => {
    const after = '{first: "Grace", id: 1234, last: null}';
    const expected = {
      kind: 'replaceOne',
      filter: '{_id: {id: 1234}}',
      replacement: '{_id: {id: 1234}, first: "Grace", last: null}',
      upsert: true,
    };
    expectWrites(handler, { key: '{id: 1234}', value: `{op: "${op}", before: null, after: ${after}}` }, expected);
  });

  it('takes all columns of a compound key', () => {
    const key = '{idA: 123, idB: "ABC"}';
    const value = '{op: "c", after: {idB: "ABC", active: true, idA: 123}}';
    expectWrites(
      handler,
      { key, value },
      { kind: 'replaceOne', filter: `{_id: ${key}}`, replacement: `{_id: ${key}, active: true}`, upsert: true },
    );
    expectWrites(handler, { key, value: '{op: "d"}' }, { kind: 'deleteOne', filter: `{_id: ${key}}` });
  });

  it.each(['c', 'r'])('%s without a key gets the same ObjectId each time', (op) => {
    for (const key of ['{}', null]) {
      const value = `{op: "${op}", after: {text: "misc", active: false}}`;
      const [write] = handle(handler, { key, value });
      const id = write?.kind === 'replaceOne' ? write.filter.get('_id') : undefined;
      expect(id).toBeInstanceOf(ObjectId);
      expect(inOrder(write)).toEqual({
        kind: 'replaceOne',
        filter: new Map([['_id', id]]),
        replacement: new Map<string, unknown>([
          ['_id', id],
          ['text', 'misc'],
          ['active', false],
        ]),
        upsert: true,
      });
      expect(handle(handler, { key, value })).toEqual([write]);
    }
  });

  it('without a key updates and deletes the row as it was', () => {
    const before = '{text: "misc", n: 1}';
    expectWrites(
      handler,
      { value: `{op: "u", before: ${before}, after: {text: "misc", n: 2}}` },
      { kind: 'replaceOne', filter: before, replacement: '{text: "misc", n: 2}', upsert: true },
    );
    expectWrites(handler, { key: '{}', value: `{op: "d", before: ${before}}` }, { kind: 'deleteOne', filter: before });
  });

  it.each(['{}', null, '{ddl: "ALTER TABLE a"}'])(
    'a tombstone and a change of the schema have no effect: %s',
    (value) => {
      expectWrites(handler, { key: '{id: 1}', value });
    },
  );

  it.each([
    ['{id: 1}', '{op: "x"}'],
    ['{id: 1}', '{op: "t"}'],
    ['{id: 1}', '{op: "m"}'],
    ['{id: 1}', '{op: 99}'],
    ['{id: 1}', '{po: null}'],
    ['{id: 1}', '{op: "c"}'],
    ['{id: 1}', '{op: "c", after: null}'],
    ['{id: 1}', '{op: "u", after: {}}'],
    ['{id: 1}', '{op: "c", after: "text"}'],
    ['{}', '{op: "u", before: {}, after: {a: 1}}'],
    ['{}', '{op: "u", after: {a: 1}}'],
    ['{}', '{op: "d", before: null}'],
    ['{}', '{op: "d"}'],
  ])('refuses key %s, value %s', (key, value) => {
    expectUnwritable(handler, { key, value });
  });

  it('passes over other operations where they are to be ignored', () => {
    const given = { 'msksinks.cdc.unknown.operation': 'ignore' };
    for (const op of ['t', 'm']) expectWrites(handler, { key: '{id: 1}', value: `{op: "${op}"}`, given });
    expectUnwritable(handler, { key: '{id: 1}', value: '{op: 1}', given });
  });
});

const AFTER = '{_id: 1234, first_name: "Grace", n: NumberLong(5)}';
const AFTER_TEXT = JSON.stringify('{"_id": 1234, "first_name": "Grace", "n": {"$numberLong": "5"}}');

describe.each([OPLOG, DEBEZIUM_STREAM])('%s', (handler) => {
  it.each(['c', 'r'])('%s replaces the document by its _id', (op) => {
    const expected = { kind: 'replaceOne', filter: '{_id: 1234}', replacement: AFTER, upsert: true };
    expectWrites(handler, { key: '{id: "9"}', value: `{op: "${op}", after: ${AFTER_TEXT}}` }, expected);
  });

  it("reads the shell's notation as well", () => {
    const expected = {
      kind: 'replaceOne',
      filter: '{_id: 1234}',
      replacement: '{_id: 1234, foo: "blah"}',
      upsert: true,
    };
    expectWrites(handler, { key: '{_id: "1234"}', value: '{op: "c", after: "{_id:1234,foo:\\"blah\\"}"}' }, expected);
  });

  it.each([
    ['"1234"', '1234'],
    ['"\\"abc\\""', '"abc"'],
    ['"{\\"$oid\\": \\"599af247bb69cd89961c986d\\"}"', 'ObjectId("599af247bb69cd89961c986d")'],
    ['"{\\"a\\": 1}"', '{a: 1}'],
  ])("deletes by the key's id, which is extended JSON: %s", (id, expected) => {
    expectWrites(
      handler,
      { key: `{id: ${id}}`, value: '{op: "d"}' },
      { kind: 'deleteOne', filter: `{_id: ${expected}}` },
    );
  });

  it.each(['{}', null])('a tombstone has no effect: %s', (value) => {
    expectWrites(handler, { key: '{id: 0}', value });
  });

  it.each([
    [null, null],
    ['{}', '{op: "c"}'],
    ['{_id: 1}', '{}'],
    ['{id: 1}', '{op: "x"}'],
    ['{_id: 1}', '{op: "z", after: "{_id:1234}"}'],
    ['{id: 1}', '{op: 99}'],
    ['{id: 1}', '{po: null}'],
    ['{id: "1"}', '{op: "c"}'],
    ['{id: "1"}', '{op: "c", after: null}'],
    ['{id: "1"}', '{op: "c", after: "{a: 1}"}'],
    ['{id: "1"}', '{op: "c", after: "no json"}'],
    ['{id: "1"}', '{op: "c", after: "5"}'],
    ['{id: "1"}', '{op: "u"}'],
    ['{id: "1"}', '{op: "u", after: null}'],
    ['{_id: "1"}', '{op: "d"}'],
    ['{id: 1234}', '{op: "d"}'],
    ['{id: "{not-Json}"}', '{op: "d"}'],
  ])('refuses key %s, value %s', (key, value) => {
    expectUnwritable(handler, { key, value });
  });
});

describe(OPLOG, () => {
  it('takes a patch with an _id for the whole document', () => {
    const value = `{op: "u", patch: ${JSON.stringify('{"$v": 1, "_id": 1234, "a": 1}')}}`;
    expectWrites(
      OPLOG,
      { key: '{id: 1234}', value },
      { kind: 'replaceOne', filter: '{_id: 1234}', replacement: '{_id: 1234, a: 1}', upsert: true },
    );
  });

  it.each(['{"$set": {"a": 1}}', '{"$v": 1, "$set": {"a": 1}}'])('updates by the patch %s, without upsert', (patch) => {
    const value = `{op: "u", patch: ${JSON.stringify(patch)}}`;
    expectWrites(
      OPLOG,
      { key: '{id: "1234"}', value },
      { kind: 'updateOne', filter: '{_id: 1234}', update: '{$set: {a: 1}}', upsert: false },
    );
  });

  it.each(['{id: 1234}', '{_id: "1"}', '{id: "{not-Json}"}'])('refuses a patch for the key %s', (key) => {
    expectUnwritable(OPLOG, { key, value: '{op: "u", patch: "{$set: {a: 1}}"}' });
  });
});

describe(DEBEZIUM_STREAM, () => {
  it("an update replaces the document of the key's id", () => {
    const expected = { kind: 'replaceOne', filter: '{_id: 7}', replacement: AFTER, upsert: true };
    expectWrites(DEBEZIUM_STREAM, { key: '{id: "7"}', value: `{op: "u", after: ${AFTER_TEXT}}` }, expected);
  });

  it('without a full document updates what has changed, where that is asked for', () => {
    const given = { 'msksinks.cdc.full.document.null': 'update' };
    const description = '{updatedFields: "{\\"a\\": 1}", removedFields: ["b"], truncatedArrays: null}';
    expectWrites(
      DEBEZIUM_STREAM,
      { key: '{id: "7"}', value: `{op: "u", after: null, updateDescription: ${description}}`, given },
      { kind: 'updateOne', filter: '{_id: 7}', update: '{$set: {a: 1}, $unset: {b: ""}}', upsert: false },
    );
    const removal = '{updatedFields: null, removedFields: ["b"]}';
    expectWrites(
      DEBEZIUM_STREAM,
      { key: '{id: "7"}', value: `{op: "u", after: null, updateDescription: ${removal}}`, given },
      { kind: 'updateOne', filter: '{_id: 7}', update: '{$set: {}, $unset: {b: ""}}', upsert: false },
    );
    expectWrites(DEBEZIUM_STREAM, { key: '{id: "7"}', value: '{op: "u", after: null}', given });
    expectUnwritable(DEBEZIUM_STREAM, { key: '{id: "7"}', value: '{op: "u"}', given });
  });
});

const STREAM = 'mongodb.ChangeStreamHandler';
const KEY = '{_id: ObjectId("599af247bb69cd89961c986d")}';
const FULL = '{_id: ObjectId("58a4eb4a30c75625e00d2820"), name: "Alice"}';
const DESCRIPTION = `{updatedFields: {email: "alice@10gen.com"}, removedFields: ["phoneNumber"],
  truncatedArrays: [{field: "foo", newSize: 1}],
  disambiguatedPaths: {"home.town": ["home.town"], "residences.0.0": ["residences", 0, "0"]}}`;

describe(STREAM, () => {
  it.each(['insert', 'replace', 'INSERT'])('%s replaces the document', (operation) => {
    const value = `{operationType: "${operation}", documentKey: ${KEY}, fullDocument: ${FULL}}`;
    expectWrites(STREAM, { value }, { kind: 'replaceOne', filter: KEY, replacement: FULL, upsert: true });
  });

  it('update replaces by the full document, without upsert', () => {
    const value = `{operationType: "update", documentKey: ${KEY}, updateDescription: ${DESCRIPTION}, fullDocument: ${FULL}}`;
    expectWrites(STREAM, { value }, { kind: 'replaceOne', filter: KEY, replacement: FULL, upsert: false });
  });

  it('update without one sets and unsets, and leaves arrays as long as they were', () => {
    const value = `{operationType: "update", documentKey: ${KEY}, updateDescription: ${DESCRIPTION}}`;
    const update = '{$set: {email: "alice@10gen.com"}, $unset: {phoneNumber: ""}}';
    expectWrites(STREAM, { value }, { kind: 'updateOne', filter: KEY, update, upsert: false });
    const bare = `{operationType: "update", documentKey: ${KEY}, updateDescription: {updatedFields: {}, removedFields: []}}`;
    expectWrites(STREAM, { value: bare }, { kind: 'updateOne', filter: KEY, update: '{$set: {}}', upsert: false });
  });

  it('delete deletes', () => {
    const value = `{_id: {_data: "5f"}, operationType: "delete", documentKey: ${KEY}}`;
    expectWrites(STREAM, { value }, { kind: 'deleteOne', filter: KEY });
  });

  it.each(['drop', 'rename', 'invalidate', 'dropDatabase', 'createIndexes', 'what'])(
    '%s has no effect',
    (operation) => {
      expectWrites(STREAM, { value: `{operationType: "${operation}"}` });
    },
  );

  it.each([
    null,
    '{}',
    '{operationType: 1}',
    '{operationType: "delete"}',
    '{operationType: "delete", documentKey: 1}',
    '{operationType: "insert", documentKey: {}}',
    '{operationType: "insert", documentKey: {}, fullDocument: null}',
    '{operationType: "insert", fullDocument: {}}',
    '{operationType: "update", documentKey: {a: 1}}',
    '{operationType: "update", fullDocument: {a: 1}}',
    '{operationType: "update", documentKey: 1, fullDocument: {a: 1}}',
    '{operationType: "update", documentKey: {}, fullDocument: 1}',
    '{operationType: "update", documentKey: {}, fullDocument: null, updateDescription: {updatedFields: {}, removedFields: []}}',
    '{operationType: "update", documentKey: {}, updateDescription: 1}',
    '{operationType: "update", documentKey: {}, updateDescription: {removedFields: []}}',
    '{operationType: "update", documentKey: {}, updateDescription: {updatedFields: {}}}',
    '{operationType: "update", documentKey: {}, updateDescription: {updatedFields: 1, removedFields: []}}',
    '{operationType: "update", documentKey: {}, updateDescription: {updatedFields: {}, removedFields: 1}}',
    '{operationType: "update", documentKey: {}, updateDescription: {updatedFields: {}, removedFields: [1]}}',
    '{operationType: "update", documentKey: {}, updateDescription: {updatedFields: {}, removedFields: [], truncatedArrays: 1}}',
    '{operationType: "update", documentKey: {}, updateDescription: {updatedFields: {}, removedFields: [], disambiguatedPaths: 1}}',
    '{operationType: "update", documentKey: {}, updateDescription: {updatedFields: {a: 1}, removedFields: [], extraField: 1}}',
  ])('refuses %s', (value) => {
    expectUnwritable(STREAM, { value });
  });

  it('a full document that is null is an update by what has changed, where that is asked for', () => {
    const given = { 'msksinks.cdc.full.document.null': 'update' };
    const event = `{operationType: "update", documentKey: ${KEY}, fullDocument: null`;
    const description = '{updatedFields: {a: 1}, removedFields: []}';
    expectWrites(
      STREAM,
      { value: `${event}, updateDescription: ${description}}`, given },
      { kind: 'updateOne', filter: KEY, update: '{$set: {a: 1}}', upsert: false },
    );
    expectWrites(STREAM, { value: `${event}}`, given });
    expectUnwritable(STREAM, { value: `{operationType: "insert", documentKey: ${KEY}, fullDocument: null}`, given });
  });

  const applied = (updated: string, truncated: string) => ({
    value: `{operationType: "update", documentKey: ${KEY}, updateDescription: {updatedFields: ${updated}, removedFields: [], truncatedArrays: ${truncated}}}`,
    given: { 'msksinks.cdc.truncated.arrays': 'apply' },
  });
  const update = (text: string) => ({ kind: 'updateOne', filter: KEY, update: text, upsert: false });

  it('truncated arrays are cut in the same update where their paths are apart', () => {
    expectWrites(
      STREAM,
      applied('{ab: 1}', '[{field: "a", newSize: 3}, {field: "b.c", newSize: NumberLong(0)}]'),
      update('{$set: {ab: 1}, $push: {a: {$each: [], $slice: 3}, "b.c": {$each: [], $slice: 0}}}'),
    );
    expectWrites(STREAM, applied('{ab: 1}', '[]'), update('{$set: {ab: 1}}'));
  });

  it.each(['{"a.0": 1}', '{a: [1]}'])('truncated arrays are cut first where %s changes them as well', (updated) => {
    expectWrites(
      STREAM,
      applied(updated, '[{field: "a", newSize: 3}]'),
      update('{$push: {a: {$each: [], $slice: 3}}}'),
      update(`{$set: ${updated}}`),
    );
  });

  it('truncated arrays within each other are cut one by one', () => {
    expectWrites(
      STREAM,
      applied('{}', '[{field: "a", newSize: 2}, {field: "a.0.b", newSize: 1}]'),
      update('{$push: {a: {$each: [], $slice: 2}}}'),
      update('{$push: {"a.0.b": {$each: [], $slice: 1}}}'),
    );
  });

  it.each([
    '[1]',
    '[{field: 1, newSize: 1}]',
    '[{field: "a"}]',
    '[{field: "a", newSize: -1}]',
    '[{field: "a", newSize: 1.5}]',
  ])('refuses the truncated arrays %s', (truncated) => {
    expectUnwritable(STREAM, applied('{}', truncated));
  });

  it('a path that no update can tell is refused where that is asked for', () => {
    const event = (paths: string, refuse = 'refuse') => ({
      value: `{operationType: "update", documentKey: ${KEY}, updateDescription: {updatedFields: {"a.b": 1}, removedFields: [], disambiguatedPaths: ${paths}}}`,
      given: { 'msksinks.cdc.disambiguated.paths': refuse },
    });
    expectUnwritable(STREAM, event('{"a.b": ["a.b"]}'));
    expectWrites(STREAM, event('{"a.b": ["a.b"]}', 'ignore'), update('{$set: {"a.b": 1}}'));
    expectWrites(STREAM, event('{"a.b": ["a", "b"], "c.d": ["c.d"]}'), update('{$set: {"a.b": 1}}'));
  });
});

const QLIK = 'qlik.rdbms.RdbmsHandler';

describe(QLIK, () => {
  const KEY_2 = '{table: 1234, key: 43214}';

  it.each(['INSERT', 'REFRESH', 'read'])('%s replaces the row, key columns and all', (operation) => {
    const value = `{message: {headers: {operation: "${operation}"}, data: {id: 1, first_name: "Grace"}}}`;
    expectWrites(
      QLIK,
      { key: '{id: 1}', value },
      {
        kind: 'replaceOne',
        filter: '{_id: {id: 1}}',
        replacement: '{_id: {id: 1}, id: 1, first_name: "Grace"}',
        upsert: true,
      },
    );
  });

  it.each([
    '{message: {operation: "insert", data: {a: 1}}}',
    '{headers: {operation: "insert"}, message: {headers_operation: "insert", data: {a: 1}}}',
    '{message: {headers: {operation: "insert"}, data: {a: 1}}}',
    '{message: {headers_operation: "insert", data: {a: 1}}}',
    '{headers: {operation: "insert"}, data: {a: 1}}',
  ])('finds the operation in %s', (value) => {
    expectWrites(
      QLIK,
      { key: '{id: 1}', value },
      { kind: 'replaceOne', filter: '{_id: {id: 1}}', replacement: '{_id: {id: 1}, a: 1}', upsert: true },
    );
  });

  it('a row without a key gets the same ObjectId each time', () => {
    const value = '{message: {headers: {operation: "INSERT"}, data: {a: 1}}}';
    const [write] = handle(QLIK, { value });
    expect(write?.kind === 'replaceOne' && write.filter.get('_id')).toBeInstanceOf(ObjectId);
    expect(handle(QLIK, { key: '{}', value })).toEqual([write]);
  });

  it('UPDATE sets what has changed, by value and type', () => {
    const value = (before: string, data: string) =>
      `{message: {data: ${data}, headers: {operation: "UPDATE"}, beforeData: ${before}}}`;
    const expected = (set: string) => ({
      kind: 'updateOne',
      filter: `{_id: ${KEY_2}}`,
      update: `{$set: ${set}}`,
      upsert: true,
    });
    expectWrites(QLIK, { key: KEY_2, value: value('{a: "x", b: 1}', '{a: "y", b: 1}') }, expected('{a: "y"}'));
    expectWrites(QLIK, { key: KEY_2, value: value('{a: 1}', '{a: NumberLong(1)}') }, expected('{a: NumberLong(1)}'));
    expectWrites(
      QLIK,
      { key: KEY_2, value: value('{a: {x: 1, y: 2}, b: [1]}', '{a: {y: 2, x: 1}, b: [2]}') },
      expected('{b: [2]}'),
    );
    expectWrites(QLIK, { key: KEY_2, value: value('{a: 1}', '{a: 1}') });
    expectWrites(QLIK, { key: KEY_2, value: value('{a: 1, b: 2}', '{a: 1}') });
  });

  it('UPDATE without a key finds the row as it was', () => {
    const value = '{message: {data: {a: 2}, headers: {operation: "UPDATE"}, beforeData: {a: 1}}}';
    expectWrites(QLIK, { value }, { kind: 'updateOne', filter: '{a: 1}', update: '{$set: {a: 2}}', upsert: true });
  });

  it('UPDATE removes cleared columns where that is asked for', () => {
    const given = { 'msksinks.cdc.cleared.columns': 'unset' };
    const event = (data: string) => ({
      key: KEY_2,
      value: `{message: {data: ${data}, headers: {operation: "UPDATE"}, beforeData: {a: 1, b: 2}}}`,
      given,
    });
    const expected = (update: string) => ({ kind: 'updateOne', filter: `{_id: ${KEY_2}}`, update, upsert: true });
    expectWrites(QLIK, event('{a: 2}'), expected('{$set: {a: 2}, $unset: {b: ""}}'));
    expectWrites(QLIK, event('{a: 1}'), expected('{$unset: {b: ""}}'));
    expectWrites(QLIK, event('{a: 1, b: 2}'));
  });

  it.each([
    ['{id: 1004}', '{message: {headers: {operation: "DELETE"}}}', '{_id: {id: 1004}}'],
    ['{}', '{message: {headers: {operation: "DELETE"}, beforeData: {t: "m"}}}', '{t: "m"}'],
    ['{}', '{message: {headers: {operation: "DELETE"}, beforeData: null, data: {t: "m"}}}', '{t: "m"}'],
    [null, '{message: {headers: {operation: "DELETE"}, data: {t: "m"}}}', '{t: "m"}'],
  ])('DELETE with key %s, value %s', (key, value, filter) => {
    expectWrites(QLIK, { key, value }, { kind: 'deleteOne', filter });
  });

  it.each(['{}', null])('a tombstone has no effect: %s', (value) => {
    expectWrites(QLIK, { key: '{id: 1}', value });
  });

  it.each([
    ['{id: 1}', '{a: 1}'],
    ['{id: 1}', '{message: {operation: {a: 1}}}'],
    ['{id: 1}', '{headers: {operation: {a: 1}}}'],
    ['{id: 1}', '{message: {headers_operation: {a: 1}}}'],
    ['{id: 1}', '{message: null}'],
    ['{id: 1}', '{message: {headers: {operation: "UNKNOWN"}}}'],
    ['{id: 1}', '{message: {headers: {operation: "INSERT"}, data: null}}'],
    ['{id: 1}', '{message: {headers: {operation: "UPDATE"}, data: {}, beforeData: {}}}'],
    ['{id: 1}', '{message: {headers: {operation: "UPDATE"}, data: {a: 1}, beforeData: null}}'],
    ['{}', '{message: {headers: {operation: "UPDATE"}, data: {a: 1}, beforeData: {}}}'],
    ['{}', '{message: {headers: {operation: "DELETE"}, beforeData: {}}}'],
  ])('refuses key %s, value %s', (key, value) => {
    expectUnwritable(QLIK, { key, value });
  });

  it('passes over other operations where they are to be ignored', () => {
    const given = { 'msksinks.cdc.unknown.operation': 'ignore' };
    expectWrites(QLIK, { key: '{id: 1}', value: '{message: {operation: "CREATE-TABLE"}}', given });
  });
});

describe('null removal', () => {
  const given = { [`${HANDLER}.remove.null.values`]: 'true' };
  const replaceNulls = (after: string) => ({ key: '{id: 1}', value: `{op: "c", after: ${after}}`, given });

  it('takes nulls from a replacement, also within documents and arrays', () => {
    const after = '{a: null, sub: {x: 1, y: null, inner: {p: null, q: 2}}, arr: [{k: null, v: 1}, "literal", null]}';
    const replacement = '{_id: {id: 1}, sub: {x: 1, inner: {q: 2}}, arr: [{v: 1}, "literal", null]}';
    expectWrites('debezium.rdbms.RdbmsHandler', replaceNulls(after), {
      kind: 'replaceOne',
      filter: '{_id: {id: 1}}',
      replacement,
      upsert: true,
    });
  });

  it('leaves no replacement that has nothing left', () => {
    expectWrites(STREAM, { value: '{operationType: "insert", documentKey: {_id: 1}, fullDocument: {a: null}}', given });
  });

  it.each([
    ['{a: 1, b: null, s: {x: 1, y: null}}', '["d"]', '{$set: {a: 1, s: {x: 1}}, $unset: {d: ""}}'],
    ['{a: null}', '["b"]', '{$unset: {b: ""}}'],
    ['{a: null, b: null}', '[]', undefined],
  ])('takes nulls from $set: %s, removed %s', (updated, removed, update) => {
    const value = `{operationType: "update", documentKey: {_id: 1}, updateDescription: {updatedFields: ${updated}, removedFields: ${removed}}}`;
    const writes = update === undefined ? [] : [{ kind: 'updateOne', filter: '{_id: 1}', update, upsert: false }];
    expectWrites(STREAM, { value, given }, ...writes);
  });

  it('leaves other operators and deletes as they are', () => {
    const patch = '{op: "u", patch: "{$unset: {a: null}, $inc: {n: 1}}"}';
    expectWrites(
      OPLOG,
      { key: '{id: "1"}', value: patch, given },
      { kind: 'updateOne', filter: '{_id: 1}', update: '{$unset: {a: null}, $inc: {n: 1}}', upsert: false },
    );
    expectWrites(OPLOG, { key: '{id: "1"}', value: '{op: "d"}', given }, { kind: 'deleteOne', filter: '{_id: 1}' });
  });

  it('is off by default', () => {
    const value = '{operationType: "insert", documentKey: {_id: 1}, fullDocument: {a: null}}';
    expectWrites(STREAM, { value }, { kind: 'replaceOne', filter: '{_id: 1}', replacement: '{a: null}', upsert: true });
  });
});

it('a custom handler may make several writes of an event', () => {
  const properties = topicProperties({ [HANDLER]: 'custom.Both' });
  const both = () => [1, 2].map((id) => ({ kind: 'deleteOne' as const, filter: new Map([['_id', id]]) }));
  const handler = createCdcHandler(properties, {
    ...CUSTOM_STRATEGIES,
    cdcHandlers: new Map([['custom.Both', () => both]]),
  });
  expect(handler?.(sinkDocument(null, null), aRecord(), 0)).toEqual(both());
});
