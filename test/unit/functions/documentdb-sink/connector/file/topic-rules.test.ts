import { describe, expect, it } from 'vitest';
import {
  OVERRULED_BY_CDC,
  problemsAmong,
} from '../../../../../../functions/documentdb-sink/connector/file/topic-rules.ts';
import { topicProperties } from '../../../../../support/sink-documents.ts';

const SINK = 'com.mongodb.kafka.connect.sink';
const PATHS = { 'namespace.mapper': `${SINK}.namespace.mapping.FieldPathNamespaceMapper` };
const DELETES = { 'delete.on.null.values': 'true' };
const HANDLER = { 'change.data.capture.handler': `${SINK}.cdc.debezium.mongodb.MongoDbHandler` };
const TRANSFORMS = { 'post.processor.chain': `${SINK}.processor.FieldValueTransformPostProcessor` };
const ORDINARY = { 'msksinks.timeseries.ordinary.collection': 'false' };
const TOMBSTONES = { 'msksinks.deletes': 'tombstone' };
const path = (side: string, target: string) => ({ [`namespace.mapper.${side}.${target}.field`]: 'a' });
const id = (strategy: string) => ({ 'document.id.strategy': `${SINK}.processor.id.strategy.${strategy}` });
const write = (strategy: string) => ({ 'writemodel.strategy': `${SINK}.writemodel.strategy.${strategy}` });

type Properties = Readonly<Record<string, string>>;

describe('the properties of a topic go together', () => {
  it.each<readonly [Properties]>([
    [{}],
    [{ ...path('key', 'database'), ...path('value', 'database') }],
    ...['key', 'value'].flatMap((side) =>
      ['database', 'collection'].map((target): [Properties] => [{ ...PATHS, ...path(side, target) }]),
    ),
    [{ ...PATHS, ...path('key', 'database'), ...path('value', 'collection') }],
    ...['FullKeyStrategy', 'PartialKeyStrategy', 'ProvidedInKeyStrategy'].map((name): [Properties] => [
      { ...DELETES, ...id(name) },
    ]),
    [{ ...DELETES, ...HANDLER }],
    [{ ...DELETES, 'delete.writemodel.strategy': `${SINK}.writemodel.strategy.DeleteOneBusinessKeyStrategy` }],
    [{ 'msksinks.guard': 'field', 'msksinks.guard.field': 'at' }],
    [{ ...TOMBSTONES, ...write('ReplaceOneDefaultStrategy') }],
    [{ ...TOMBSTONES, ...write('UpdateOneTimestampsStrategy'), ...HANDLER }],
    [{ 'msksinks.deletes': 'hard', ...write('UpdateOneTimestampsStrategy') }],
    [ORDINARY],
    [{ 'timeseries.timefield': 'at' }],
    [{ ...TRANSFORMS, 'field.value.transformer': 'UpperCase' }],
  ])('%j', (properties) => {
    expect(problemsAmong(topicProperties(properties))).toEqual([]);
  });
});

describe('the properties of a topic contradict each other', () => {
  it.each<readonly [Properties, string]>([
    [PATHS, 'requires at least one of namespace.mapper.'],
    [{ ...PATHS, ...path('key', 'database'), ...path('value', 'database') }, 'value.database.field cannot both'],
    [{ ...PATHS, ...path('key', 'collection'), ...path('value', 'collection') }, 'value.collection.field cannot both'],
    [DELETES, 'requires a document.id.strategy'],
    [{ ...DELETES, ...id('UuidStrategy') }, 'requires a document.id.strategy'],
    [{ 'msksinks.guard': 'field' }, 'requires msksinks.guard.field'],
    [{ 'msksinks.guard.field': 'at' }, 'has no effect without msksinks.guard=field'],
    [{ ...TOMBSTONES, ...write('UpdateOneTimestampsStrategy') }, 'sets _insertedTS'],
    [{ ...TOMBSTONES, ...write('UpdateOneBusinessKeyTimestampStrategy') }, 'sets _insertedTS'],
    [{ ...ORDINARY, 'timeseries.timefield': 'at' }, 'no time series collections'],
    [TRANSFORMS, 'field.value.transformer must name a transformer'],
  ])('%j', (properties, problem) => {
    expect(problemsAmong(topicProperties(properties))).toEqual([expect.stringContaining(problem)]);
  });
});

describe('a CDC handler', () => {
  it('replaces post processors, strategies and deletes, and no more', () => {
    expect(OVERRULED_BY_CDC.toSorted()).toEqual(
      [
        'post.processor.chain',
        ...['mapping', 'regexp'].map((name) => `field.renamer.${name}`),
        ...['key', 'value'].flatMap((side) => [`${side}.projection.list`, `${side}.projection.type`]),
        ...['', '.fields'].map((name) => `field.value.transformer${name}`),
        ...['', '.overwrite.existing', '.uuid.format'].map((name) => `document.id.strategy${name}`),
        ...['writemodel.strategy', 'delete.on.null.values', 'delete.writemodel.strategy'],
      ].toSorted(),
    );
  });
});
