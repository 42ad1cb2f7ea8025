import { describe, it } from 'vitest';
import { expectUnwritable, expectWrites, OPLOG } from '../../../../../support/cdc-events.ts';

const DEBEZIUM_STREAM = 'debezium.mongodb.ChangeStreamHandler';

const AFTER = '{_id: 1234, first_name: "Grace", n: NumberLong(5)}';

const AFTER_TEXT = JSON.stringify('{"_id": 1234, "first_name": "Grace", "n": {"$numberLong": "5"}}');

describe.each([OPLOG, DEBEZIUM_STREAM])('both %s', (handler) => {
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
    ['{}', `{op: "c", after: ${AFTER_TEXT}}`],
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

  it.each([
    ['{id: "1"}', '{op: "c"}', 'Insert document missing `after` field'],
    ['{id: "1"}', '{op: "c", after: 5}', 'the field after of the change event is not a string'],
    ['{id: "1"}', '{op: "c", after: "no json"}', 'the field after of the change event: the value is not JSON'],
    ['{_id: "1"}', '{op: "d"}', 'Key document missing `id` field'],
    ['{id: "{not-Json}"}', '{op: "d"}', 'the field key.id of the change event: the value is not JSON'],
  ])('says what is wrong with key %s, value %s', (key, value, reason) => {
    expectUnwritable(handler, { key, value }, reason);
  });

  it('has no effect with an operation that is to be ignored', () => {
    const given = { 'msksinks.cdc.unknown.operation': 'ignore' };
    expectWrites(handler, { key: '{id: "1"}', value: '{op: "t"}', given });
    expectWrites(handler, { key: '{id: "1"}', value: '{ddl: "drop"}' });
    const deletion = { kind: 'deleteOne', filter: '{_id: 1}' };
    expectWrites(handler, { key: '{id: "1"}', value: '{op: "d", ddl: "drop"}' }, deletion);
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

  it('says what is wrong with a patch', () => {
    const key = '{id: "1"}';
    expectUnwritable(OPLOG, { key, value: '{op: "u"}' }, 'Update document missing `patch` field');
    expectUnwritable(OPLOG, { key, value: '{op: "u", patch: "["}' }, 'the field patch of the change event: ');
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

  it('says what is wrong with an update', () => {
    const given = { 'msksinks.cdc.full.document.null': 'update' };
    const event = (value: string) => ({ key: '{id: "1"}', value, given });
    expectUnwritable(DEBEZIUM_STREAM, event('{op: "u"}'), 'Update document missing `after` field');
    expectUnwritable(DEBEZIUM_STREAM, event('{op: "u", after: "["}'), 'the field after of the change event: ');
    expectUnwritable(
      DEBEZIUM_STREAM,
      event('{op: "u", after: null, updateDescription: {updatedFields: "["}}'),
      'the field updateDescription.updatedFields of the change event: ',
    );
  });

  it('cuts arrays without a full document, where both are asked for', () => {
    const given = { 'msksinks.cdc.full.document.null': 'update', 'msksinks.cdc.truncated.arrays': 'apply' };
    const event = (truncated: string) => ({
      key: '{id: "7"}',
      value: `{op: "u", after: null, updateDescription: {updatedFields: "{\\"b\\": 1}", truncatedArrays: ${truncated}}}`,
      given,
    });
    const update = (text: string) => ({ kind: 'updateOne', filter: '{_id: 7}', update: text, upsert: false });
    const cut = '{$set: {b: 1}, $push: {a: {$each: [], $slice: 2}}}';
    // Debezium calls the new length `size`, and MongoDB calls it `newSize`.
    expectWrites(DEBEZIUM_STREAM, event('[{field: "a", size: 2}]'), update(cut));
    expectWrites(DEBEZIUM_STREAM, event('[{field: "a", newSize: 2}]'), update(cut));
    expectWrites(DEBEZIUM_STREAM, event('null'), update('{$set: {b: 1}}'));
  });

  it('with a full document replaces, whatever is asked for without one', () => {
    const expected = { kind: 'replaceOne', filter: '{_id: 7}', replacement: AFTER, upsert: true };
    const given = { 'msksinks.cdc.full.document.null': 'update' };
    const value = `{op: "u", after: ${AFTER_TEXT}, updateDescription: {updatedFields: "{}"}}`;
    expectWrites(DEBEZIUM_STREAM, { key: '{id: "7"}', value, given }, expected);
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
