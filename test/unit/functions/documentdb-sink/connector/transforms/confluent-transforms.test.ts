import { describe, expect, it } from 'vitest';
import { readConnector } from '../../../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { mapperOfConnector } from '../../../../../../functions/documentdb-sink/connector/transforms/mapper-of-connector.ts';
import type { WritePlan } from '../../../../../../functions/documentdb-sink/plan/record-mapper.ts';
import { SettingsError } from '../../../../../../shared/errors.ts';
import { aRecord } from '../../../../../support/builders.ts';

const CONFLUENT = 'io.confluent.connect.transforms';
const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter';

/** Under the alias `t`, the transform of these properties; `orders` is read, `a` may be routed to. */
function mapperOf(type: string, rest: Readonly<Record<string, string>>) {
  const own = Object.entries(rest).map(([name, value]) => [`transforms.t.${name}`, value]);
  const properties = {
    topics: 'orders,a',
    database: 'shop',
    'value.converter': JSON_CONVERTER,
    'value.converter.schemas.enable': 'false',
    transforms: 't',
    'transforms.t.type': `${CONFLUENT}.${type}`,
    ...Object.fromEntries(own),
  };
  return mapperOfConnector(readConnector(JSON.stringify(properties), { where: 'test' }), 'test').mapper;
}

type Parts = Parameters<typeof aRecord>[0];

/** The collection, `poison`, or why the record is none. */
function outcomeOf(type: string, rest: Readonly<Record<string, string>>, parts: Parts): string {
  const plan: WritePlan = mapperOf(type, rest)(aRecord({ topic: 'orders', ...parts }), Date.UTC(2026, 0, 1));
  switch (plan.kind) {
    case 'write':
      return plan.namespace.collection;
    case 'none':
      return plan.reason;
    case 'poison':
    case 'unsettled':
      return plan.kind;
  }
}

const SKIPS = { 'skip.missing.or.null': 'true' };
const PATH = { 'field.format': 'JSON_PATH' };

describe("Confluent's ExtractTopic", () => {
  it.each([
    ['a field of the value', 'ExtractTopic$Value', { field: 'to' }, { value: '{"to": "a"}' }, 'a'],
    ['the whole key', 'ExtractTopic$Key', {}, { key: 'a', value: '{}' }, 'a'],
    [
      'a header',
      'ExtractTopic$Header',
      { field: 'to' },
      { value: '{}', headers: [{ name: 'to', value: Buffer.from('a') }] },
      'a',
    ],
    [
      'a JSON path in brackets',
      'ExtractTopic$Value',
      { field: '$["x"][\'to\']', ...PATH },
      { value: '{"x": {"to": "a"}}' },
      'a',
    ],
    ['a JSON path with dots', 'ExtractTopic$Value', { field: '$.x.to', ...PATH }, { value: '{"x": {"to": "a"}}' }, 'a'],
    ['nothing that is there', 'ExtractTopic$Value', { field: 'to' }, { value: '{}' }, 'poison'],
    ['nothing that is there, skipped', 'ExtractTopic$Value', { field: 'to', ...SKIPS }, { value: '{}' }, 'orders'],
    ['no text', 'ExtractTopic$Value', { field: 'to', ...SKIPS }, { value: '{"to": 1}' }, 'poison'],
    ['no header that is there', 'ExtractTopic$Header', { field: 'to', ...SKIPS }, { value: '{}' }, 'orders'],
  ] as readonly (readonly [string, string, Record<string, string>, Parts, string])[])(
    'takes %s for the topic',
    (_what, type, settings, parts, collection) => {
      expect(outcomeOf(type, settings, parts)).toBe(collection);
    },
  );

  it('refuses a JSON path to more than one field', () => {
    expect(() => mapperOf('ExtractTopic$Value', { field: '$..to', ...PATH })).toThrow(SettingsError);
  });
});

describe("Confluent's TombstoneHandler", () => {
  it.each([
    ['drops a tombstone', {}, null, 'filtered'],
    ['drops a tombstone with behavior=ignore', { behavior: 'ignore' }, null, 'filtered'],
    ['fails a tombstone', { behavior: 'fail' }, null, 'poison'],
    ['lets values pass', { behavior: 'fail' }, '{}', 'orders'],
  ])('%s', (_what, settings, value, outcome) => {
    expect(outcomeOf('TombstoneHandler', settings, { value })).toBe(outcome);
  });
});

describe("Confluent's Filter", () => {
  const where = (condition: string, rest: Readonly<Record<string, string>> = {}) => ({
    'filter.condition': condition,
    'filter.type': 'include',
    ...rest,
  });
  const outcomes = { true: 'orders', false: 'filtered' };

  it.each([
    ["$[?(@.a == 'x')]", '{"a": "x"}', true],
    ["$[?(@.a == 'x')]", '{"a": "y"}', false],
    ["$[?(@.a == 'x')]", '{}', false],
    ["$[?(@.a != 'x')]", '{}', true],
    ['$.[?(@.a)]', '{"a": null}', true],
    ['$[?(!@.a)]', '{"a": null}', false],
    ['$[?(@.a == null)]', '{"a": null}', true],
    ['$[?(@.a == null)]', '{}', false],
    ["$.k[?(@.n == 'v1' || @.n == 'v2')]", '{"k": {"n": "v2"}}', true],
    ["$[?(@.op != 'c' && @.op != 'r' && @.source.table == 't')]", '{"op": "u", "source": {"table": "t"}}', true],
    ["$[?((@.t == 'a' || @.t == 'b') && @.kind != 'delete')]", '{"t": "b", "kind": "delete"}', false],
    ["$[?(@.t == 'a' || @.t == 'b' && @.u == 1)]", '{"t": "a"}', true],
    ['$[?(@.n >= 10)]', '{"n": 10.0}', true],
    ['$[?(@.n < 10)]', '{"n": 9.99}', true],
    ['$[?(@.n > 9007199254740992)]', '{"n": 9007199254740993}', true],
    ["$[?(@.n < '9')]", '{"n": 10}', false],
    ["$[?(@.n == '1.0')]", '{"n": 1}', true],
    ['$[?(@.n == 1)]', '{"n": "1.0"}', false],
    ['$[?(@.n <= 1)]', '{"n": "0"}', false],
    ["$[?(@['odd name'] == \"it's\")]", '{"odd name": "it\'s"}', true],
    ['$.items[?(@.n > 1)]', '{"items": [{"n": 1}, {"n": 2}]}', true],
    ['$.items[?(@.n > 1)].name', '{"items": [{"n": 1, "name": "a"}, {"n": 2}]}', false],
    ["$.tags[?(@ == 'x')]", '{"tags": ["y", "x"]}', true],
    ['$[?(@.c =~ /.*feed.post/)]', '{"c": "app.feed.post"}', true],
    ['$[?(@.c =~ /FEED/i)]', '{"c": "my feed"}', false],
    ['$[?(@.c =~ /b/)]', '{"c": ["a", "b"]}', true],
    ["$[?(@.id.$oid == 'x')]", '{"id": {"$oid": "x"}}', true],
    ["$[?(@.c in ['a', 'b'])]", '{"c": "b"}', true],
    ["$[?(@.c nin ['a', 'b'])]", '{}', true],
    ['$.a.b', '{"a": {"b": null}}', true],
    ['$.a', '{"a": {}}', true],
  ])('with %s keeps %s, if it includes: %s', (condition, value, isIncluded) => {
    expect(outcomeOf('Filter$Value', where(condition), { value })).toBe(outcomes[`${isIncluded}`]);
    const excluded = where(condition, { 'filter.type': 'exclude' });
    expect(outcomeOf('Filter$Value', excluded, { value })).toBe(outcomes[`${!isIncluded}`]);
  });

  it.each([
    ['fails', {}, 'poison'],
    ['includes', { 'missing.or.null.behavior': 'include', 'filter.type': 'exclude' }, 'orders'],
    ['excludes', { 'missing.or.null.behavior': 'exclude', 'filter.type': 'exclude' }, 'filtered'],
  ])('%s a record without a field before the condition', (_what, rest, outcome) => {
    for (const value of ['{}', '{"a": null}', '{"a": {"c": 1}}', '{"a": [1]}']) {
      expect(outcomeOf('Filter$Value', where('$.a.b', rest), { value })).toBe(outcome);
      expect(outcomeOf('Filter$Value', where('$.a.b[?(@.c)]', rest), { value })).toBe(outcome);
    }
  });

  it('fails a record whose condition stands on a text, whatever the behavior', () => {
    const settings = where('$.a[?(@.b)]', { 'missing.or.null.behavior': 'include' });
    expect(outcomeOf('Filter$Value', settings, { value: '{"a": "text"}' })).toBe('poison');
  });

  it('fails a record whose pattern meets an array of objects', () => {
    expect(outcomeOf('Filter$Value', where('$[?(@.c =~ /b/)]'), { value: '{"c": ["b", {}]}' })).toBe('poison');
  });

  it('lets a null pass', () => {
    expect(outcomeOf('Filter$Key', where("$[?(@.a == 'x')]"), { key: null, value: '{}' })).toBe('orders');
    expect(outcomeOf('Filter$Value', where('$.a'), { value: null })).not.toBe('filtered');
  });

  it('fails a value that has no fields', () => {
    expect(outcomeOf('Filter$Value', where('$.a'), { value: '[1]' })).toBe('poison');
  });

  it.each([
    '$..a',
    '$.a[0]',
    '$.a[*]',
    '$.length()',
    "$[?(@.a contains 'x')]",
    '$[?(@.a === 1)]',
    '$[?(@.a == @.b)]',
    "$[?('x' == @.a)]",
    '$[?(@.a == )]',
    '$[?(@.a =~ /(/)]',
    '$[?(@.a]',
    '$[?(@.a)] && $.b',
    `$[?(${'('.repeat(200)}@.a${')'.repeat(200)})]`,
    '',
  ])('refuses the condition %j by name', (condition) => {
    expect(() => mapperOf('Filter$Value', where(condition))).toThrow(/transforms\.t\.filter\.condition/);
  });
});
