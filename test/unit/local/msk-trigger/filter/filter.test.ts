import { describe, expect, it } from 'vitest';
import { isSent } from '../../../../../local/msk-trigger/filter/matches.ts';
import { readFilters } from '../../../../../local/msk-trigger/filter/pattern.ts';
import { recordSerializer } from '../../../../../local/msk-trigger/runtime/event.ts';
import { filterArrival } from '../../../../../local/msk-trigger/runtime/filter-arrival.ts';

const DOCS = 'https://docs.aws.amazon.com/lambda/latest/dg';

function filtersOf(...values: readonly unknown[]) {
  const problems: string[] = [];
  const criteria = { Filters: values.map((value) => ({ Pattern: JSON.stringify({ value }) })) };
  const filters = readFilters(criteria, (what) => problems.push(what));
  return { filters, problems };
}

const isTextSent = (pattern: unknown, text: string): boolean =>
  isSent(filtersOf(pattern).filters, new TextEncoder().encode(text));

describe(`a rule of FilterCriteria (${DOCS}/invocation-eventfiltering.html)`, () => {
  it.each([
    ['null', { user: [null] }, '{"user":null}', '{"user":""}'],
    ['empty', { name: [''] }, '{"name":""}', '{"name":"a"}'],
    ['equals', { name: ['Alice'] }, '{"name":"Alice"}', '{"name":"alice"}'],
    ['equals-ignore-case', { name: [{ 'equals-ignore-case': 'alice' }] }, '{"name":"ALICE"}', '{"name":"alicia"}'],
    ['and', { a: ['x'], b: ['y'] }, '{"a":"x","b":"y"}', '{"a":"x","b":"z"}'],
    ['or', { a: ['x', 'y'] }, '{"a":"y"}', '{"a":"z"}'],
    ['$or', { $or: [{ a: ['x'] }, { b: ['y'] }] }, '{"a":"no","b":"y"}', '{"a":"no","b":"no"}'],
    ['anything-but', { a: [{ 'anything-but': ['rain'] }] }, '{"a":"sun"}', '{"a":"rain"}'],
    ['anything-but, absent', { a: [{ 'anything-but': 'rain' }] }, '{"a":"sun"}', '{"b":"sun"}'],
    ['numeric', { a: [{ numeric: ['=', 100] }] }, '{"a":100.0}', '{"a":"100"}'],
    ['numeric range, above', { a: [{ numeric: ['>', 10, '<=', 20] }] }, '{"a":20}', '{"a":20.5}'],
    ['numeric range, below', { a: [{ numeric: ['>', 10, '<=', 20] }] }, '{"a":11}', '{"a":10}'],
    ['numeric, other comparisons', { a: [{ numeric: ['>=', 10, '<', 20] }] }, '{"a":10}', '{"a":20}'],
    ['exists', { a: [{ exists: true }] }, '{"a":null}', '{"b":1}'],
    ['exists, only leaves', { a: [{ exists: true }] }, '{"a":1}', '{"a":{"b":1}}'],
    ['does not exist', { a: [{ exists: false }] }, '{"b":1}', '{"a":1}'],
    ['prefix', { a: [{ prefix: 'us-' }] }, '{"a":"us-east-1"}', '{"a":"eu-us-"}'],
    ['suffix', { a: [{ suffix: '.png' }] }, '{"a":"x.png"}', '{"a":"x.png.txt"}'],
    ['a nested field', { a: { b: ['x'] } }, '{"a":{"b":"x"}}', '{"a":"x"}'],
    ['a list', { a: ['x'] }, '{"a":["w","x"]}', '{"a":["w"]}'],
    ['documents in a list', { a: { b: ['x'], c: ['y'] } }, '{"a":[{"b":"x","c":"y"}]}', '{"a":[{"b":"x"},{"c":"y"}]}'],
    ['numbers as they are written', { a: [300] }, '{"a":300}', '{"a":300.0}'],
    ['a text is no number', { a: ['300'] }, '{"a":"300"}', '{"a":300}'],
    ['a Boolean', { a: [true] }, '{"a":true}', '{"a":"true"}'],
    ['a number is not null', { a: [300] }, '{"a":300}', '{"a":null}'],
    ['numeric, equal', { a: [{ numeric: ['=', 100] }] }, '{"a":1e2}', '{"a":101}'],
    ['numeric, above', { a: [{ numeric: ['>', 10] }] }, '{"a":11}', '{"a":9}'],
    ['numeric, from', { a: [{ numeric: ['>=', 10] }] }, '{"a":10}', '{"a":9}'],
    ['numeric, below', { a: [{ numeric: ['<', 10] }] }, '{"a":9}', '{"a":11}'],
    ['numeric, to', { a: [{ numeric: ['<=', 10] }] }, '{"a":10}', '{"a":11}'],
    ['prefix, of a text', { a: [{ prefix: '5' }] }, '{"a":"51"}', '{"a":51}'],
    ['suffix, of a text', { a: [{ suffix: '1' }] }, '{"a":"51"}', '{"a":51}'],
    ['equals-ignore-case, of a text', { a: [{ 'equals-ignore-case': '5' }] }, '{"a":"5"}', '{"a":5}'],
    ['a document behind others in a list', { a: { b: ['x'] } }, '{"a":[{"b":"w"},{"b":"x"}]}', '{"a":[{"b":"w"}]}'],
    ['a name of every object', { toString: [{ exists: false }] }, '{}', '{"toString":1}'],
  ])('%s', (_name, pattern, sent, dropped) => {
    expect(filtersOf(pattern).problems).toEqual([]);
    expect({ sent: isTextSent(pattern, sent), dropped: isTextSent(pattern, dropped) }).toEqual({
      sent: true,
      dropped: false,
    });
  });

  it('is one of several filters: one that matches is enough', () => {
    const { filters } = filtersOf({ a: ['x'] }, { b: ['y'] });
    const sent = ['{"a":"x"}', '{"b":"y"}', '{"c":"z"}'].map((text) => isSent(filters, Buffer.from(text)));
    expect(sent).toEqual([true, true, false]);
  });

  it.each([
    [{}, 'value must name at least one field'],
    [{ a: [] }, 'value.a must have at least one rule'],
    [{ a: 'x' }, 'value.a must be a list of rules, or an object'],
    [{ a: [{ wildcard: '*' }] }, 'value.a has a rule that Lambda does not know'],
    [{ a: [{ numeric: ['>', 'x'] }] }, 'value.a has a rule that Lambda does not know'],
    [{ a: [{ numeric: ['>', 1, '<'] }] }, 'value.a has a rule that Lambda does not know'],
    [{ a: [{ prefix: 'a', suffix: 'b' }] }, 'value.a has a rule that Lambda does not know'],
    [{ a: [['x']] }, 'value.a has a rule that Lambda does not know'],
    [{ a: [{}] }, 'value.a has a rule that Lambda does not know'],
    [{ a: [{ prefix: 5 }] }, 'value.a has a rule that Lambda does not know'],
    [{ a: [{ exists: 'true' }] }, 'value.a has a rule that Lambda does not know'],
    [{ a: [{ 'anything-but': [] }] }, 'value.a has a rule that Lambda does not know'],
    [{ a: [{ 'anything-but': ['x', {}] }] }, 'value.a has a rule that Lambda does not know'],
    [{ a: [{ 'anything-but': {} }] }, 'value.a has a rule that Lambda does not know'],
    [{ a: [{ numeric: ['~', 1] }] }, 'value.a has a rule that Lambda does not know'],
    [{ a: [{ numeric: [1, 1] }] }, 'value.a has a rule that Lambda does not know'],
    [{ $or: [{ a: ['x'] }] }, 'value.$or must be a list of at least two patterns'],
    [{ $or: 'ab' }, 'value.$or must be a list of at least two patterns'],
    [{ $or: [{ a: ['x'] }, 'b'] }, 'value.$or must be a list of objects'],
    [{ $or: [{ a: ['x'] }, { b: [] }] }, 'value.$or.b must have at least one rule'],
    ['x', 'each Pattern must be the text of a JSON object'],
  ])('%j is refused', (pattern, problem) => {
    expect(filtersOf(pattern).problems.join()).toContain(problem);
  });

  it.each([
    ['Filters must be a list of {"Pattern": TEXT}', { Filters: 'x' }],
    ['each Pattern must be the text of a JSON object', { Filters: [null] }],
    ['each Pattern must be the text of a JSON object', { Filters: [{ Pattern: { value: ['x'] } }] }],
    ['each Pattern must be the text of a JSON object', { Filters: [{ Pattern: '{' }] }],
    ['each Pattern must be the text of a JSON object', { Filters: [{ Pattern: '[]' }] }],
    ['each Pattern must be the text of a JSON object', { Filters: [{ Pattern: '{"key":["x"],"value":["x"]}' }] }],
    ['value must have at least one rule', { Filters: [{ Pattern: '{"value":[]}' }] }],
  ])('is refused in words, and filters nothing: %s', (problem, criteria) => {
    const problems: string[] = [];
    expect(readFilters(criteria, (what) => problems.push(what))).toEqual([]);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  it.each([undefined, null, {}])('may be missing: %j', (criteria) => {
    const problems: string[] = [];
    const filters = readFilters(criteria, (what) => problems.push(what));
    expect([filters, problems]).toEqual([[], []]);
    expect(isSent(filters, Buffer.from('x'))).toBe(true);
    expect(isSent(filters, null)).toBe(true);
  });

  it('is refused beyond the highest quota of ten filters', () => {
    const ten = Array.from({ length: 10 }, () => ({ a: ['x'] }));
    expect(filtersOf(...ten).problems).toEqual([]);
    expect(filtersOf(...ten, { a: ['x'] }).problems).toEqual(['has 11 filters; 10 are the most']);
  });
});

describe(`the format of a value (${DOCS}/kafka-filtering.html)`, () => {
  it('is plain text for a pattern that is a list', () => {
    const pattern = [{ 'anything-but': ['error'] }];
    expect([isTextSent(pattern, 'fine'), isTextSent(pattern, 'error')]).toEqual([true, false]);
  });

  it.each([
    ['JSON for a text pattern', ['x'], Buffer.from('{"a":"y"}')],
    ['text for a JSON pattern', { a: ['x'] }, Buffer.from('y')],
    ['no UTF-8', { a: ['x'] }, Buffer.from([0xff, 0xfe])],
    ['no UTF-8 for a text pattern', ['x'], Buffer.from([0xff, 0xfe])],
    ['JSON behind a byte order mark, which is no JSON', { a: ['x'] }, Buffer.from('\ufeff{"a":"y"}')],
  ])('that the pattern does not fit leaves the value unfiltered: %s', (_what, pattern, value) => {
    expect(isSent(filtersOf(pattern).filters, value)).toBe(true);
  });

  it('is that of no field for a tombstone', () => {
    expect(isSent(filtersOf({ a: ['x'] }).filters, null)).toBe(false);
    expect(isSent(filtersOf({ a: [{ exists: false }] }).filters, null)).toBe(true);
    expect(isSent(filtersOf({ a: ['x'] }, { a: [{ exists: false }] }).filters, null)).toBe(true);
  });
});

describe('fetched records', () => {
  const serialize = recordSerializer('orders', 0);
  const record = (offset: number, value: string) =>
    serialize({
      offset,
      timestampMs: 0,
      timestampType: 'CREATE_TIME',
      key: null,
      value: Buffer.from(value),
      headers: [],
    });

  it('that Lambda drops are passed over', () => {
    const records = [record(5, '{"a":"x"}'), record(6, '{"a":"y"}')];
    const arrival = filterArrival({ partition: 0, records }, filtersOf({ a: ['x'] }).filters);
    expect(arrival).toEqual({ partition: 0, records: records.slice(0, 1), nextOffset: 7 });
  });

  it('stay as they are without filters', () => {
    const arrival = { partition: 0, records: [record(5, 'x')] };
    expect(filterArrival(arrival, [])).toBe(arrival);
  });
});
