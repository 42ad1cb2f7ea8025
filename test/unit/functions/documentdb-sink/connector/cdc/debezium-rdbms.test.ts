import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { expectUnwritable, expectWrites, handle } from '../../../../../support/cdc-events.ts';
import { inOrder } from '../../../../../support/sink-documents.ts';

const RDBMS = [
  'debezium.rdbms.RdbmsHandler',
  'debezium.rdbms.mysql.MysqlHandler',
  'debezium.rdbms.postgres.PostgresHandler',
];

describe.each(RDBMS)('the handler %s', (handler) => {
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
