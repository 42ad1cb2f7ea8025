import { describe, expect, it } from 'vitest';
import { readConnector } from '../../../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { mapperOfConnector } from '../../../../../../functions/documentdb-sink/connector/transforms/mapper-of-connector.ts';
import type { WritePlan } from '../../../../../../functions/documentdb-sink/plan/record-mapper.ts';
import { aRecord } from '../../../../../support/builders.ts';

const CONFLUENT = 'io.confluent.connect.transforms';
const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter';

/** Under the alias `t`, the transform of these properties; `orders` is read, `a` may be routed to. */
function mapperOf(type: string, rest: Readonly<Record<string, string>>, hasSchemas = false) {
  const own = Object.entries(rest).map(([name, value]) => [`transforms.t.${name}`, value]);
  const properties = {
    topics: 'orders,a',
    database: 'shop',
    'value.converter': JSON_CONVERTER,
    'value.converter.schemas.enable': String(hasSchemas),
    transforms: 't',
    'transforms.t.type': `${CONFLUENT}.${type}`,
    ...Object.fromEntries(own),
  };
  return mapperOfConnector(readConnector(JSON.stringify(properties), { where: 'test' }), 'test').mapper;
}

type Parts = Parameters<typeof aRecord>[0];

/** The collection, `poison`, or why the record is none. */
function outcomeOf(type: string, rest: Readonly<Record<string, string>>, parts: Parts, hasSchemas = false): string {
  const plan: WritePlan = mapperOf(
    type,
    rest,
    hasSchemas,
  )(aRecord({ topic: 'orders', ...parts }), Date.UTC(2026, 0, 1));
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
    [
      'a JSON path of three names',
      'ExtractTopic$Value',
      { field: '$.x.y.to', ...PATH },
      { value: '{"x": {"y": {"to": "a"}}}' },
      'a',
    ],
    ['a field with a dot in its name', 'ExtractTopic$Value', { field: 'x.to' }, { value: '{"x.to": "a"}' }, 'a'],
    [
      'a plain field in small letters',
      'ExtractTopic$Value',
      { field: 'x.to', 'field.format': 'plain' },
      { value: '{"x.to": "a"}' },
      'a',
    ],
    [
      'a header that is not the last one',
      'ExtractTopic$Header',
      { field: 'to' },
      {
        value: '{}',
        headers: [
          { name: 'to', value: Buffer.from('a') },
          { name: 'other', value: Buffer.from('b') },
        ],
      },
      'a',
    ],
    ['an empty text', 'ExtractTopic$Value', { field: 'to' }, { value: '{"to": ""}' }, 'poison'],
    ['an empty text, skipped', 'ExtractTopic$Value', { field: 'to', ...SKIPS }, { value: '{"to": ""}' }, 'orders'],
    ['a field of no key, skipped', 'ExtractTopic$Key', { field: 'to', ...SKIPS }, { key: null, value: '{}' }, 'orders'],
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

  it.each(['$..to', '$', '$.a[?(@.b)]', '$[?(@.b)].a'])('refuses %s, which is no path of names', (field) => {
    expect(() => mapperOf('ExtractTopic$Value', { field, ...PATH })).toThrow(/transforms\.t\.field=/);
  });

  it('takes a field of a value with a schema', () => {
    const schema = { type: 'struct', fields: [{ field: 'to', type: 'string' }] };
    const value = JSON.stringify({ schema, payload: { to: 'a' } });
    expect(outcomeOf('ExtractTopic$Value', { field: 'to' }, { value }, true)).toBe('a');
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
    ['$[?(@.a == true)]', '{"a": true}', true],
    ['$[?(@.a == true)]', '{"a": false}', false],
    ['$[?(@.a == false)]', '{"a": false}', true],
    ['$[?(@.a != null)]', '{"a": 1}', true],
    ['$[?(@.n == -1.5e3)]', '{"n": -1500}', true],
    ['$[?(@.n == 2E-1)]', '{"n": 0.2}', true],
    ["$[?(@.c IN ['a', 'b'])]", '{"c": "b"}', true],
    ["$[?(@.c NIN ['a', 'b'])]", '{"c": "b"}', false],
    ['$[?(@.c =~ /F E D/x)]', '{"c": "FED"}', true],
    ['$[?(@.n == 10)]', '{"n": 10}', true],
    ['$[?(@.n == 10)]', '{"n": 1}', false],
    ["$[?(@.n == '1.0')]", '{"n": 2}', false],
    ['$[?(@.n == 1)]', '{"n": "1"}', true],
    ["$[?(@.a == 'x')]", '{"a": {"b": 1}}', false],
    ["$[?(@.a != 'x')]", '{"a": ["x"]}', true],
    ["$[?(@.a.b.c == 'x')]", '{}', false],
    ["$[  ?  (  @.a  ==  'x'  )  ]", '{"a": "x"}', true],
    ["$[?(@.c  in  [  'a'  ,  'b'  ])]", '{"c": "b"}', true],
    ["$[?(@.c in['a','b'])]", '{"c": "c"}', false],
    ['$[?(@.c  =~  /b/)]', '{"c": "b"}', true],
    ['$[?(@.c =~ /a\\/b/)]', '{"c": "a/b"}', true],
    ['$[?(@.c =~ /FEED/i)]', '{"c": "feed"}', true],
    ['$[?(@.c =~ /FEED/)]', '{"c": "feed"}', false],
    ['$[?(@.c =~ /F.D/is)]', '{"c": "f\\nd"}', true],
    ['$[?(@.c =~ /.*/)]', '{}', true],
    ['$[?(  !  @.a  ||  (  @.b  )  &&  @.c  )]', '{"a": 1, "b": 1, "c": 1}', true],
    ['$[?(!(@.a))]', '{"b": 1}', true],
    ['$[?(!(@.a))]', '{"a": 1}', false],
    ["$[?(@.a == 'it\\'s')]", '{"a": "it\'s"}', true],
    ['$[?(@.a == "a \\"b\\" c")]', '{"a": "a \\"b\\" c"}', true],
    ["$[?(@.a == '')]", '{"a": ""}', true],
    ["$.items[?($.kind == 'x')]", '{"kind": "x", "items": [{}]}', true],
    ["$.items[?(@.kind == 'x')]", '{"kind": "x", "items": [{}]}', false],
    ['$[  \'a\'  ][  "b"  ]', '{"a": {"b": 1}}', true],
    [`$[?(${'('.repeat(99)}@.a${')'.repeat(99)})]`, '{"a": 1}', true],
    [`$[?(${Array.from({ length: 120 }, () => '(@.a)').join(' || ')})]`, '{"a": 1}', true],
    ['a.b', '{"a": {"b": 1}}', true],
    ['$.a.b', '{"a": {"b": null}}', true],
    ['$.a', '{"a": {}}', true],
  ])('with %s keeps %s, if it includes: %s', (condition, value, isIncluded) => {
    expect(outcomeOf('Filter$Value', where(condition), { value })).toBe(outcomes[`${isIncluded}`]);
    const excluded = where(condition, { 'filter.type': 'exclude' });
    expect(outcomeOf('Filter$Value', excluded, { value })).toBe(outcomes[`${!isIncluded}`]);
  });

  it.each([
    ['<', [true, false, false]],
    ['<=', [true, true, false]],
    ['>', [false, false, true]],
    ['>=', [false, true, true]],
    ['==', [false, true, false]],
    ['!=', [true, false, true]],
  ])('compares by %s numbers and texts that are less, equal and greater: %j', (comparison, expected) => {
    const isKept = (literal: string, value: unknown) =>
      outcomeOf('Filter$Value', where(`$[?(@.v ${comparison} ${literal})]`), { value: JSON.stringify({ v: value }) });
    const kept = expected.map((isExpected) => outcomes[`${isExpected}`]);
    expect([9, 10, 11].map((value) => isKept('10', value))).toEqual(kept);
    expect(['a', 'b', 'c'].map((value) => isKept("'b'", value))).toEqual(kept);
    const isUnequal = outcomes[`${comparison === '!='}`];
    const unordered = [undefined, null, true, { a: 1 }, [10]];
    expect(unordered.map((value) => isKept('10', value))).toEqual(unordered.map(() => isUnequal));
    expect(unordered.map((value) => isKept("'b'", value))).toEqual(unordered.map(() => isUnequal));
  });

  it.each([
    ["$[?(@.a == 'x')]", true],
    ["$[?(@.a == 'y')]", false],
    ["$[?(@.nothing == 'x')]", false],
    ['$[?(@.n == 5)]', true],
    ['$[?(@.f == 0.1)]', true],
    ['$[?(@.d == 0.1)]', true],
    ['$.inner[?(@.l == 7)]', true],
  ])('with %s keeps a value with a schema: %s', (condition, isIncluded) => {
    const field = (name: string, type: string) => ({ field: name, type });
    const inner = { ...field('inner', 'struct'), fields: [field('l', 'int64')] };
    const fields = [field('a', 'string'), field('n', 'int32'), field('f', 'float'), field('d', 'double'), inner];
    const payload = { a: 'x', n: 5, f: 0.1, d: 0.1, inner: { l: 7 } };
    const value = JSON.stringify({ schema: { type: 'struct', fields }, payload });
    expect(outcomeOf('Filter$Value', where(condition), { value }, true)).toBe(outcomes[`${isIncluded}`]);
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
    '$[?(@.a == trueish)]',
    '$[?(@.a == True)]',
    '$[?(@.a =~ /(/)]',
    '$[?(@.a]',
    '$[?(@.a)] && $.b',
    `$[?(${'('.repeat(200)}@.a${')'.repeat(200)})]`,
    '',
  ])('refuses the condition %j by name', (condition) => {
    expect(() => mapperOf('Filter$Value', where(condition))).toThrow(/transforms\.t\.filter\.condition/);
  });
});
