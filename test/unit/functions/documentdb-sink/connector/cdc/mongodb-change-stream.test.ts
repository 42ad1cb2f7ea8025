import { describe, it } from 'vitest';
import { expectUnwritable, expectWrites, STREAM } from '../../../../../support/cdc-events.ts';

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
    expectWrites(
      STREAM,
      {
        value: `{operationType: "update", documentKey: ${KEY}, fullDocument: ${FULL}, updateDescription: ${description}}`,
        given,
      },
      { kind: 'replaceOne', filter: KEY, replacement: FULL, upsert: false },
    );
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

  it('truncated arrays are all cut first where one of them is within what changes', () => {
    expectWrites(
      STREAM,
      applied('{a: 1}', '[{field: "z", newSize: 3}, {field: "a.b", newSize: 2}]'),
      update('{$push: {z: {$each: [], $slice: 3}}}'),
      update('{$push: {"a.b": {$each: [], $slice: 2}}}'),
      update('{$set: {a: 1}}'),
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

  it('a path that no update can express is refused if the file says so', () => {
    const event = (paths: string, refuse = 'refuse') => ({
      value: `{operationType: "update", documentKey: ${KEY}, updateDescription: {updatedFields: {"a.b": 1}, removedFields: [], disambiguatedPaths: ${paths}}}`,
      given: { 'msksinks.cdc.disambiguated.paths': refuse },
    });
    expectUnwritable(STREAM, event('{"a.b": ["a.b"]}'));
    expectWrites(STREAM, event('{"a.b": ["a.b"]}', 'ignore'), update('{$set: {"a.b": 1}}'));
    expectWrites(STREAM, event('{"a.b": ["a", "b"], "c.d": ["c.d"]}'), update('{$set: {"a.b": 1}}'));
    expectWrites(STREAM, event('{"a.b": ["a", 0]}'), update('{$set: {"a.b": 1}}'));
    expectWrites(STREAM, event('{"a.b": ["a$", "b"]}'), update('{$set: {"a.b": 1}}'));
    expectUnwritable(STREAM, event('{"a.b": ["$a", "b"]}'));
    expectUnwritable(STREAM, event('{"a.b": ["a", "b.c"]}'));
  });

  it('is refused although other paths of the event can be expressed, or because of an array that is cut', () => {
    const given = { 'msksinks.cdc.disambiguated.paths': 'refuse' };
    const event = (description: string) => ({
      value: `{operationType: "update", documentKey: ${KEY}, updateDescription: {${description}, disambiguatedPaths: {"a.b": ["a.b"]}}}`,
      given,
    });
    expectUnwritable(STREAM, event('updatedFields: {c: 1, "a.b": 1}, removedFields: ["d"]'));
    expectUnwritable(STREAM, event('updatedFields: {c: 1}, removedFields: ["a.b"]'));
    const cut = 'truncatedArrays: [{field: "a.b", newSize: 1}]';
    expectUnwritable(STREAM, event(`updatedFields: {c: 1}, removedFields: [], ${cut}`));
  });
});
