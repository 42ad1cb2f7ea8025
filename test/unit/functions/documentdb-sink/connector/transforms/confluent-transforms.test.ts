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
