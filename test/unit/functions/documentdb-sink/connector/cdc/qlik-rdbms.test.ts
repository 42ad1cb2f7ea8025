import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { expectUnwritable, expectWrites, handle } from '../../../../../support/cdc-events.ts';

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
    ['{id: 1004}', '{message: {headers: {operation: "DELETE"}, data: 5}}', '{_id: {id: 1004}}'],
    [null, '{message: {operation: "DELETE", data: null}}', '{operation: "DELETE", data: null}'],
    [null, '{message: {operation: "DELETE", data: {beforeData: null, t: 1}}}', '{beforeData: null, t: 1}'],
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
    expectUnwritable(QLIK, { key: '{id: 1}', value: '{message: {operation: 5}}', given });
  });
});
