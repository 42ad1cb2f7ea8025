import { describe, expect, it } from 'vitest';
import type { CustomStrategies } from '../../../../../../functions/documentdb-sink/connector/custom/custom-strategies.ts';
import { CUSTOM_STRATEGIES } from '../../../../../../functions/documentdb-sink/connector/custom/registry.ts';
import type { IdStrategy } from '../../../../../../functions/documentdb-sink/connector/id-strategies/id-strategy.ts';
import { createPostProcessors } from '../../../../../../functions/documentdb-sink/connector/post-processors/create-post-processors.ts';
import { PropertyError } from '../../../../../../functions/documentdb-sink/connector/property-error.ts';
import { UnwritableError } from '../../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import type { SourceRecord } from '../../../../../../shared/record.ts';
import { aRecord } from '../../../../../support/builders.ts';
import { documentOf, inOrder, SINK, sinkDocument, topicProperties } from '../../../../../support/sink-documents.ts';

const PACKAGE = `${SINK}.processor`;
const ID: IdStrategy = () => 'the id';

interface Case {
  readonly given: Readonly<Record<string, string>>;
  readonly key?: string | null;
  readonly value: string | null;
  readonly record?: SourceRecord;
  readonly custom?: CustomStrategies;
  readonly idStrategy?: IdStrategy;
}

function run({ given, key = null, value, record = aRecord(), custom, idStrategy = ID }: Case) {
  const document = sinkDocument(key, value);
  for (const process of createPostProcessors(topicProperties(given), idStrategy, custom)) process(document, record);
  return document;
}

const chain = (...names: readonly string[]) => ({
  'post.processor.chain': names.map((name) => `${PACKAGE}.${name}`).join(' , '),
});

const expectValue = (run: Case, expected: string) => expectDocument(processed(run).value(), expected);
const processed = run;
const expectDocument = (actual: unknown, expected: string) =>
  expect(inOrder(actual)).toEqual(inOrder(documentOf(expected)));

describe('the chain', () => {
  it('begins with DocumentIdAdder where it is not listed', () => {
    expectValue({ given: {}, value: '{a: 1}' }, '{a: 1, _id: "the id"}');
    expectValue(
      { given: chain('KafkaMetaAdder'), value: '{}', record: aRecord({ timestampMs: -1 }) },
      '{_id: "the id", "topic-partition-offset": "orders-0-0"}',
    );
  });

  it('has DocumentIdAdder where it is listed', () => {
    const given = { ...chain('AllowListValueProjector', 'DocumentIdAdder'), 'value.projection.list': 'a' };
    expectValue({ given, value: '{a: 1, b: 2}' }, '{a: 1, _id: "the id"}');
    const last = { ...chain('DocumentIdAdder', 'AllowListValueProjector'), 'value.projection.list': 'a' };
    expectValue({ given: last, value: '{a: 1, b: 2}' }, '{a: 1}');
  });

  it('ends with the time field and then the field value transformer', () => {
    const given = {
      ...chain('NullFieldValueRemover'),
      'timeseries.timefield': 'ts',
      'timeseries.timefield.auto.convert': 'true',
      'field.value.transformer': 'custom.Shown',
      'field.value.transformer.fields': 'ts',
    };
    const shown = new Map([['custom.Shown', () => (_name: string, value: unknown) => String(value instanceof Date)]]);
    const custom = { ...CUSTOM_STRATEGIES, fieldValueTransformers: shown };
    expectValue({ given, value: '{ts: 1, n: null}', custom }, '{ts: "true", _id: "the id"}');
  });

  it.each([
    { 'timeseries.timefield': 'ts' },
    { 'timeseries.timefield.auto.convert': 'true' },
    { 'timeseries.timefield': ' ', 'timeseries.timefield.auto.convert': 'true' },
  ])('leaves the time field as it is, unless it is named and to be converted: %o', (given) => {
    expectValue({ given, value: '{_id: 1, ts: 5, "": 6, " ": 7}' }, '{_id: 1, ts: 5, "": 6, " ": 7}');
  });

  it('leaves a null value alone', () => {
    const given = {
      ...chain('KafkaMetaAdder', 'NullFieldValueRemover', 'BlockListValueProjector', 'BlockListKeyProjector'),
      'value.projection.list': 'a',
      'key.projection.list': 'a',
      'timeseries.timefield': 'ts',
      'timeseries.timefield.auto.convert': 'true',
      'field.value.transformer': 'custom.UpperCase',
    };
    const document = run({ given, value: null });
    expect([document.key(), document.value()]).toEqual([undefined, undefined]);
  });

  it('refuses a class that is not there, by name', () => {
    expect(() => run({ given: chain('OurProcessor'), value: null })).toThrow(PropertyError);
  });
});

describe('DocumentIdAdder', () => {
  it('leaves an _id that is there, unless it may be overwritten', () => {
    const overwrite = { 'document.id.strategy.overwrite.existing': 'true' };
    for (const value of ['{_id: 1, a: 1}', '{_id: null, a: 1}']) {
      expectValue({ given: {}, value }, value);
      expectValue({ given: overwrite, value }, '{_id: "the id", a: 1}');
    }
  });

  it("shares the key with _id, so that later processors' changes to it show, as in the connector", () => {
    const given = { ...chain('DocumentIdAdder', 'BlockListKeyProjector'), 'key.projection.list': 'secret' };
    const idStrategy: IdStrategy = (document) => document.key();
    expectValue({ given, key: '{id: 1, secret: 2}', value: '{}', idStrategy }, '{_id: {id: 1}}');
  });
});

describe('KafkaMetaAdder', () => {
  const given = chain('DocumentIdAdder', 'KafkaMetaAdder');
  it.each([
    [undefined, 'CREATE_TIME'],
    ['LOG_APPEND_TIME', 'LOG_APPEND_TIME'],
  ] as const)("adds the record's place and its time by the name of its kind: %s", (timestampType, name) => {
    const record = {
      ...aRecord({ topic: 'topic', partition: 1, offset: 2, timestampMs: 99 }),
      ...(timestampType && { timestampType }),
    };
    expectValue(
      { given, value: '{_id: 1}', record },
      `{_id: 1, "topic-partition-offset": "topic-1-2", ${name}: NumberLong(99)}`,
    );
  });
});

describe('the time of KafkaMetaAdder', () => {
  it.each([0, -2])('may be 1970 or earlier: %d', (timestampMs) => {
    const given = chain('DocumentIdAdder', 'KafkaMetaAdder');
    const document = run({ given, value: '{_id: 1}', record: aRecord({ timestampMs }) });
    expect(document.value()?.get('CREATE_TIME')).toBe(BigInt(timestampMs));
  });
});

describe('NullFieldValueRemover', () => {
  const given = chain('DocumentIdAdder', 'NullFieldValueRemover');
  it.each([
    [
      '{_id: 1, n: null, s: "a", e: "", t: true, f: false, i: 123, m: null}',
      '{_id: 1, s: "a", e: "", t: true, f: false, i: 123}',
    ],
    ['{_id: 1, a: null, b: null}', '{_id: 1}'],
    [
      '{_id: 1, s: {n: null, x: "a", t: {n: null}}, a: [null, "a", {a: null, b: null}, 123, [{n: null}]]}',
      '{_id: 1, s: {x: "a", t: {}}, a: [null, "a", {}, 123, [{n: null}]]}',
    ],
  ])('of %s leaves %s', (value, expected) => {
    expectValue({ given, value }, expected);
  });
});

describe('the projectors', () => {
  it.each(['BlockListKeyProjector', 'BlacklistKeyProjector'])('%s takes from the key', (name) => {
    const document = run({
      given: { ...chain(name), 'key.projection.list': 'a' },
      key: '{a: 1, b: 2}',
      value: '{_id: 1, a: 1}',
    });
    expectDocument(document.key(), '{b: 2}');
    expectDocument(document.value(), '{_id: 1, a: 1}');
  });

  it.each(['AllowListKeyProjector', 'WhitelistKeyProjector'])('%s leaves in the key', (name) => {
    const document = run({
      given: { ...chain(name), 'key.projection.list': 'a' },
      key: '{a: 1, b: 2}',
      value: '{_id: 1, b: 1}',
    });
    expectDocument(document.key(), '{a: 1}');
    expectDocument(document.value(), '{_id: 1, b: 1}');
  });

  it.each([
    ['BlockListValueProjector', '{b: 2}'],
    ['BlacklistValueProjector', '{b: 2}'],
    ['AllowListValueProjector', '{a: 1}'],
    ['WhitelistValueProjector', '{a: 1}'],
  ])('%s', (name, expected) => {
    const given = { ...chain('DocumentIdAdder', name), 'value.projection.list': 'a' };
    const document = run({
      given: { ...given, 'document.id.strategy.overwrite.existing': 'true' },
      key: '{a: 1}',
      value: '{a: 1, b: 2}',
    });
    document.value()?.delete('_id');
    expectDocument(document.value(), expected);
    expectDocument(document.key(), '{a: 1}');
  });
});

describe('FieldValueTransformer', () => {
  const upper = (fields: string) => ({
    'field.value.transformer': 'custom.UpperCase',
    'field.value.transformer.fields': fields,
  });
  it.each([
    [
      'name,city',
      '{_id: 1, name: "alice", age: 30, city: "london"}',
      '{_id: 1, name: "ALICE", age: 30, city: "LONDON"}',
    ],
    [
      'secret',
      '{_id: 1, data: {secret: "hidden", visible: "ok"}}',
      '{_id: 1, data: {secret: "HIDDEN", visible: "ok"}}',
    ],
    [
      'secret',
      '{_id: 1, items: [{secret: "a", o: "x"}, "s", 5, null, {secret: "b"}]}',
      '{_id: 1, items: [{secret: "A", o: "x"}, "s", 5, null, {secret: "B"}]}',
    ],
    ['a', '{_id: 1, a: {b: "x", a: "y"}}', '{_id: 1, a: {b: "x", a: "y"}}'],
    ['nonexistent', '{_id: 1, name: "alice"}', '{_id: 1, name: "alice"}'],
    ['ssn , secret', '{_id: 1, p: {q: {secret: "s"}, ssn: 1}}', '{_id: 1, p: {q: {secret: "S"}, ssn: 1}}'],
  ])('of the fields %s makes %s to %s', (fields, value, expected) => {
    expectValue({ given: upper(fields), value }, expected);
  });

  it('that fails makes the record unwritable, without its message', () => {
    const failing = () => {
      throw new TypeError('of a secret');
    };
    const custom = { ...CUSTOM_STRATEGIES, fieldValueTransformers: new Map([['custom.UpperCase', () => failing]]) };
    const failed = () => run({ given: upper('a'), value: '{a: 1}', custom });
    expect(failed).toThrow(UnwritableError);
    expect(failed).not.toThrow(/secret/);
    const nothing = new Map([['custom.UpperCase', () => () => undefined]]);
    expect(() =>
      run({ given: upper('a'), value: '{a: 1}', custom: { ...CUSTOM_STRATEGIES, fieldValueTransformers: nothing } }),
    ).toThrow(UnwritableError);
  });

  it('of a Java class is refused by name', () => {
    const given = { ...upper('a'), 'field.value.transformer': 'com.example.Transformer' };
    expect(() => run({ given, value: null })).toThrow(/field\.value\.transformer=com\.example\.Transformer/);
  });
});
