import { describe, expect, it } from 'vitest';
import { UnwritableError } from '../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { bytesOf } from '../../../../../functions/documentdb-sink/target/document-store.ts';
import { aRecord } from '../../../../support/builders.ts';
import {
  CONNECT,
  effectOf,
  ID,
  JSON_CONVERTER,
  PROVIDED_IN_KEY,
  type Properties,
  SINK,
  waysOf,
} from '../../../../support/straight-path-ways.ts';

const KEYS = [null, '{"_id":"k"}', '{"_id":{"b":1,"a":[2.5]}}', '{"a":1,"b":2}', '{"_id":null}', '[1]', '7'];
const VALUES = [null, '', '{"a":1}', '{"_id":5,"a":1}', '{"b":1,"a":-0.0,"c":3000000000}', '{"_k":1}', '{a:1}', 'null'];

describe('a record that goes straight', () => {
  it.each<[string, number, Properties]>([
    ['the _id of the key', 4, PROVIDED_IN_KEY],
    ['the key', 10, { 'document.id.strategy': `${ID}.FullKeyStrategy` }],
    [
      'a part of the key',
      10,
      {
        'document.id.strategy': `${ID}.PartialKeyStrategy`,
        'document.id.strategy.partial.key.projection.type': 'AllowList',
        'document.id.strategy.partial.key.projection.list': 'a',
      },
    ],
    ['the raw key', 12, { 'document.id.strategy': 'msksinks.RawKeyStrategy' }],
  ])('has the effect that all strategies together have, with %s as _id', (_, count, changes) => {
    let straightCount = 0;
    const { straight, byStrategies } = waysOf({ ...JSON_CONVERTER, ...changes });
    for (const [key, value] of KEYS.flatMap((key) => VALUES.map((value) => [key, value] as const))) {
      const record = aRecord({ topic: 'orders', key, value });
      const asked = straight?.(record);
      if (asked === undefined) continue;
      straightCount += 1;
      expect(effectOf(record, asked)).toEqual(effectOf(record, byStrategies()(record, 0)));
    }
    expect(straightCount).toBe(count);
  });

  it.each<Properties>([
    JSON_CONVERTER,
    { 'value.converter': `${CONNECT}.storage.StringConverter` },
    { 'writemodel.strategy': `${SINK}.writemodel.strategy.DefaultWriteModelStrategy` },
    { 'writemodel.strategy': `${SINK}.writemodel.strategy.ReplaceOneDefaultStrategy` },
    { 'namespace.mapper': `${SINK}.namespace.mapping.DefaultNamespaceMapper` },
    { 'post.processor.chain': `${SINK}.processor.DocumentIdAdder` },
    { 'msksinks.guard': 'OFFSET' },
    { 'timeseries.timefield': ' ' },
  ])('is written with %j', (changes) => {
    const record = aRecord({ topic: 'orders', key: '{"_id":"k"}', value: '{"a":1}' });
    const asked = waysOf({ ...JSON_CONVERTER, ...PROVIDED_IN_KEY, ...changes }).straight?.(record);
    const model = asked?.kind === 'write' ? asked.models[0] : undefined;
    expect(model?.kind === 'replaceOne' && bytesOf(model.replacement)).toBeTruthy();
  });

  it('is planned by its strategies where its key cannot be read, and no bug is taken for that', () => {
    const record = aRecord({ topic: 'orders', key: '{"_id":"k"}', value: '{"a":1}' });
    const planWith = (error: Error) => {
      const fail = () => {
        throw error;
      };
      return waysOf({ ...JSON_CONVERTER, ...PROVIDED_IN_KEY }, fail).straight?.(record);
    };
    expect(planWith(new UnwritableError('the key is not JSON'))).toBeUndefined();
    expect(() => planWith(new TypeError('a bug'))).toThrow(TypeError);
  });

  it('may be folded with others, and read as values', () => {
    const record = aRecord({ topic: 'orders', key: '{"_id":"k"}', value: '{"b":1,"a":{"c":2}}' });
    const asked = waysOf({ ...JSON_CONVERTER, ...PROVIDED_IN_KEY }).straight?.(record);
    const model = asked?.kind === 'write' ? asked.models[0] : undefined;
    expect(model?.kind === 'replaceOne' && [...model.replacement]).toEqual([
      ['_id', 'k'],
      ['a', new Map([['c', 2n]])],
      ['b', 1n],
    ]);
  });
});

describe('no record goes straight', () => {
  it.each<[string, Properties]>([
    ['with schemas', { 'value.converter.schemas.enable': 'true' }],
    ['as bytes', { 'value.converter': `${CONNECT}.converters.ByteArrayConverter` }],
    ['with an _id of its value', { 'document.id.strategy': `${ID}.ProvidedInValueStrategy` }],
    [
      'with a change data capture handler',
      { 'change.data.capture.handler': `${SINK}.cdc.debezium.mongodb.MongoDbHandler` },
    ],
    ['with a post processor', { 'post.processor.chain': `${SINK}.processor.KafkaMetaAdder` }],
    [
      'with a post processor beside the one that adds the _id',
      { 'post.processor.chain': `${SINK}.processor.DocumentIdAdder,${SINK}.processor.KafkaMetaAdder` },
    ],
    ['with a time field', { 'timeseries.timefield': 'at' }],
    ['with a transformer of values', { 'field.value.transformer': 'mine' }],
    ['with a version in the record', { 'msksinks.guard': 'field', 'msksinks.guard.field': 'v' }],
    ['with the timestamp as version', { 'msksinks.guard': 'timestamp' }],
    [
      'with a collection that the record names',
      { 'namespace.mapper': `${SINK}.namespace.mapping.FieldPathNamespaceMapper` },
    ],
    ['as an update', { 'writemodel.strategy': `${SINK}.writemodel.strategy.UpdateOneDefaultStrategy` }],
    ['by a business key', { 'writemodel.strategy': `${SINK}.writemodel.strategy.ReplaceOneBusinessKeyStrategy` }],
    ['as an insert', { 'writemodel.strategy': `${SINK}.writemodel.strategy.InsertOneDefaultStrategy` }],
  ])('%s', (_, changes) => {
    expect(waysOf({ ...JSON_CONVERTER, ...PROVIDED_IN_KEY, ...changes }).straight).toBeUndefined();
  });
});
