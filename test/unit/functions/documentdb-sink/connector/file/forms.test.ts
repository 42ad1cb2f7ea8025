import { describe, expect, it } from 'vitest';
import {
  choice,
  collectionName,
  databaseName,
  flag,
  orEmpty,
  topics,
  wholeNumber,
} from '../../../../../../functions/documentdb-sink/connector/file/forms.ts';
import type { Form } from '../../../../../../functions/documentdb-sink/connector/file/property.ts';

const small = wholeNumber('records', 1, 10);

describe('a form', () => {
  it.each<readonly [string, Form, readonly string[], readonly string[]]>([
    ['a whole number', small, ['1', '10', '+5', '007'], ['0', '11', '1.0', '1e1', '', ' 1', 'one', '-1']],
    ['a whole number of 32 bits', wholeNumber('records'), ['0', '2147483647'], ['-1', '2147483648', '1'.repeat(30)]],
    ['yes or no', flag, ['true', 'FALSE', 'yes', 'Off'], ['', '1', 'ja', 'xtrue', 'truex', 'no!', '1on']],
    ['a word', choice('none', 'all'), ['none', 'ALL'], ['', 'some']],
    ['a word or nothing', orEmpty(choice('none')), ['', 'none'], ['some']],
    ['topics', topics, ['a', 'a.b, c_d-e', '', 'a,,b,'], ['a b', 'a/b', 'x'.repeat(250)]],
    [
      'a database',
      databaseName,
      ['shop', 'x'.repeat(63)],
      ['', 'a.b', 'a/b', 'a b', 'a$b', 'a\\b', 'x'.repeat(64), 'é'.repeat(32)],
    ],
    [
      'a collection',
      collectionName,
      ['orders', 'a.b', 'systems', 'x'.repeat(120)],
      ['', 'system.users', 'a$b', 'x'.repeat(121)],
    ],
  ])('of %s accepts and refuses what its text says', (_name, form, taken, refused) => {
    expect(taken.filter((value) => !form.accepts(value))).toEqual([]);
    expect(refused.filter((value) => form.accepts(value))).toEqual([]);
  });

  it('of yes or no has one spelling for the function, and stays empty where it may be', () => {
    const spelt = (form: Form, values: readonly string[]) => values.map((value) => form.normalized?.(value));
    expect(spelt(flag, ['true', 'YES', 'On', 'false', 'no', 'OFF'])).toEqual([
      ...['true', 'true', 'true', 'false', 'false', 'false'],
    ]);
    expect(spelt(orEmpty(flag), ['', 'yes', 'no'])).toEqual(['', 'true', 'false']);
  });
});
