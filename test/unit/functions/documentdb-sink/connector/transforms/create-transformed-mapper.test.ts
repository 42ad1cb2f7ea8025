import { Double } from 'mongodb';
import { describe, expect, it } from 'vitest';
import type { CustomStrategies } from '../../../../../../functions/documentdb-sink/connector/custom/custom-strategies.ts';
import { CUSTOM_STRATEGIES } from '../../../../../../functions/documentdb-sink/connector/custom/registry.ts';
import { readConnector } from '../../../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { createTransformedMapper } from '../../../../../../functions/documentdb-sink/connector/transforms/create-transformed-mapper.ts';
import { mapperOfConnector } from '../../../../../../functions/documentdb-sink/connector/transforms/mapper-of-connector.ts';
import type { WritePlan } from '../../../../../../functions/documentdb-sink/plan/record-mapper.ts';
import { UnwritableError } from '../../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { SettingsError } from '../../../../../../shared/errors.ts';
import { aRecord } from '../../../../../support/builders.ts';

const KAFKA = 'org.apache.kafka.connect.transforms';
const IDS = 'com.mongodb.kafka.connect.sink.processor.id.strategy';
const NOW_MS = Date.UTC(2026, 0, 1);
const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter';
const PLAIN = { 'value.converter': JSON_CONVERTER, 'value.converter.schemas.enable': 'false' };

const read = (properties: Readonly<Record<string, string>>, custom?: CustomStrategies) => {
  const text = JSON.stringify({ topics: 'orders,archive', database: 'shop', ...PLAIN, ...properties });
  return mapperOfConnector(readConnector(text, { where: 'test' }), 'test', custom);
};

/** Under the alias `t`, the transform of these properties. */
const withTransform = (type: string, rest: Readonly<Record<string, string>> = {}) => ({
  transforms: 't',
  'transforms.t.type': `${KAFKA}.${type}`,
  ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [`transforms.t.${name}`, value])),
});

type Parts = Parameters<typeof aRecord>[0];
const planOf = (properties: Readonly<Record<string, string>>, parts: Parts): WritePlan =>
  read(properties).mapper(aRecord({ topic: 'orders', ...parts }), NOW_MS);

const written = (plan: WritePlan) => {
  if (plan.kind !== 'write') throw new Error(`it is ${JSON.stringify(plan)}`);
  return plan;
};

const problemsOf = (properties: Readonly<Record<string, string>>): readonly string[] => {
  try {
    read(properties);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
};

describe('a record behind its transforms', () => {
  it('is poison where flattening makes more of its names than a document holds', () => {
    const names = Array.from({ length: 900 }, (_, index) => `f${index}`);
    const long = 'a'.repeat(20_000);
    const inner = { type: 'struct', field: long, fields: names.map((field) => ({ field, type: 'int32' })) };
    const payload = { [long]: Object.fromEntries(names.map((name) => [name, 1])) };
    const value = JSON.stringify({ schema: { type: 'struct', fields: [inner] }, payload });
    const properties = { ...withTransform('Flatten$Value'), 'value.converter.schemas.enable': 'true' };
    expect(planOf(properties, { value })).toMatchObject({
      kind: 'poison',
      failure: {
        code: 'payload_invalid',
        detail: expect.stringContaining('more to the payload than a document holds'),
      },
    });
  });

  const toArchive = withTransform('RegexRouter', { regex: 'ord(.*)', replacement: 'archive' });

  it('goes where the topic that they give it goes, by the overrides of that topic', () => {
    const overrides = { 'topic.override.archive.database': 'old' };
    const plan = written(planOf({ ...toArchive, ...overrides }, { value: '{"a": 1}' }));
    expect(plan.namespace).toEqual({ database: 'old', collection: 'archive' });
  });

  it('is poison under a topic that the file does not list, as the connector knows no such topic', () => {
    const elsewhere = withTransform('RegexRouter', { regex: '.*', replacement: 'elsewhere' });
    expect(planOf(elsewhere, { value: '{"a": 1}' })).toMatchObject({
      kind: 'poison',
      failure: { retryable: false, detail: 'the transforms route the record to a topic that `topics` does not list' },
    });
  });

  it('keeps the derived _id of the position it came from, so that two topics in one collection never collide', () => {
    const strategy = { 'document.id.strategy': `${IDS}.BsonOidStrategy` };
    const idOf = (properties: Readonly<Record<string, string>>, topic: string) => {
      const { mapper } = read({ ...strategy, ...properties });
      const [model] = written(mapper(aRecord({ topic, value: '{"a": 1}' }), NOW_MS)).models;
      return model.kind === 'replaceOne' ? model.replacement.get('_id') : undefined;
    };
    const routed = withTransform('RegexRouter', { regex: '.*', replacement: 'archive' });
    expect(idOf(routed, 'orders')).toEqual(idOf({}, 'orders'));
    expect(idOf(routed, 'orders')).not.toEqual(idOf(routed, 'archive'));
  });

  it('has the _id of the fields that ValueToKey names, in the order in which Java has them', () => {
    const key = withTransform('ValueToKey', { fields: 'b,a' });
    const strategy = { 'document.id.strategy': `${IDS}.FullKeyStrategy` };
    const [model] = written(planOf({ ...key, ...strategy }, { key: 'k', value: '{"a": 1, "b": 2.5, "c": 3}' })).models;
    expect(model).toMatchObject({ kind: 'replaceOne' });
    expect(model.kind === 'replaceOne' && [...(model.replacement.get('_id') as Map<string, unknown>)]).toEqual([
      ['a', 1n],
      ['b', 2.5],
    ]);
  });

  it('has the field that ExtractField makes the key as _id, with its type, by RawKeyStrategy', () => {
    const properties = {
      transforms: 'copy,extract',
      'transforms.copy.type': `${KAFKA}.ValueToKey`,
      'transforms.copy.fields': 'price',
      'transforms.extract.type': `${KAFKA}.ExtractField$Key`,
      'transforms.extract.field': 'price',
      'document.id.strategy': 'msksinks.RawKeyStrategy',
    };
    const [model] = written(planOf(properties, { key: 'k', value: '{"price": 2.0}' })).models;
    expect(model.kind === 'replaceOne' && model.replacement.get('_id')).toEqual(new Double(2));
  });

  it('is deleted where they take its value away', () => {
    const properties = {
      ...withTransform('ExtractField$Value', { field: 'after' }),
      'delete.on.null.values': 'true',
      'document.id.strategy': `${IDS}.FullKeyStrategy`,
    };
    const plan = written(planOf(properties, { key: '{"_id": 1}', value: '{"after": null}' }));
    expect(plan.models[0]).toMatchObject({ kind: 'deleteOne' });
  });

  it('has no key where they take the key away', () => {
    const properties = {
      ...withTransform('ExtractField$Key', { field: 'b' }),
      'delete.on.null.values': 'true',
      'document.id.strategy': `${IDS}.FullKeyStrategy`,
    };
    const json = { 'key.converter': JSON_CONVERTER, 'key.converter.schemas.enable': 'false' };
    expect(planOf({ ...properties, ...json }, { key: '{"a":1}', value: null })).toMatchObject({
      failure: { detail: 'Invalid Sink Record neither key doc nor value doc were present' },
    });
  });

  it.each([
    [5, 5n],
    [-1, undefined],
  ])('of the time %i shows them the time %s', (timestampMs, expected) => {
    const properties = withTransform('InsertField$Value', { 'timestamp.field': 'at' });
    const [model] = written(planOf(properties, { timestampMs, value: '{"_id": 1}' })).models;
    expect(model.kind === 'replaceOne' && (model.replacement.get('at') ?? undefined)).toEqual(expected);
  });

  it('is no poison for a bug of ours', () => {
    const text = JSON.stringify({ topics: 'orders', database: 'shop', ...withTransform('Filter') });
    const connector = readConnector(text, { where: 'test' });
    const broken = () => {
      throw new TypeError('bug');
    };
    const { mapper } = createTransformedMapper(connector, 'test', CUSTOM_STRATEGIES, new Map([['value', broken]]));
    expect(() => mapper(aRecord({ topic: 'orders' }), NOW_MS)).toThrow(TypeError);
  });

  it('waits for its schema where a registry has the schemas and a tool asks none', () => {
    const avro = { 'value.converter': 'io.confluent.connect.avro.AvroConverter' };
    const plain = { 'value.converter.schema.registry.url': 'https://registry.example' };
    const value = Uint8Array.from([0, 0, 0, 0, 1, 2]);
    expect(planOf({ ...avro, ...plain }, { value })).toMatchObject({ failure: { code: 'schema_unavailable' } });
  });

  it('is poison when one refuses it, in our words', () => {
    const plan = planOf(withTransform('ReplaceField$Value', { exclude: 'secret' }), { value: '["secret"]' });
    expect(plan).toMatchObject({
      kind: 'poison',
      failure: { code: 'payload_invalid', detail: 'without a schema, field replacement requires an object' },
    });
  });

  it('is poison when a converter refuses a side, even if the transforms would drop the record', () => {
    const properties = {
      ...withTransform('Filter', {}),
      'key.converter': JSON_CONVERTER,
      'key.converter.schemas.enable': 'false',
    };
    expect(planOf(properties, { key: '{}', value: '{"a": 1}' })).toEqual({ kind: 'none', reason: 'filtered' });
    for (const record of [
      { key: 'no JSON', value: '{"a": 1}' },
      { key: '{}', value: 'no JSON' },
    ]) {
      expect(planOf(properties, record).kind).toBe('poison');
    }
  });
});

type Made = CustomStrategies['transforms'] extends ReadonlyMap<string, infer Create> ? Create : never;

describe('transforms of a file', () => {
  it.each([
    [{ transforms: 't' }, 'transforms.t.type is missing'],
    [withTransform('ExtractField$Value'), 'transforms.t.field is missing'],
    [withTransform('ExtractField', { field: 'a' }), `write ${KAFKA}.ExtractField$Key or ${KAFKA}.ExtractField$Value`],
    [withTransform('ValueToKey', { fields: '' }), 'transforms.t.fields must be at least one name'],
    [withTransform('ReplaceField$Key', { renames: 'a' }), 'transforms.t.renames must be pairs `old:new`'],
    [withTransform('InsertField$Value'), 'inserts nothing: set one of topic.field'],
    [withTransform('InsertField$Value', { 'static.field': 'a' }), 'transforms.t.static.value'],
    [withTransform('RegexRouter', { regex: '(', replacement: '' }), 'transforms.t.regex=('],
    [{ transforms: 't', 'transforms.t.type': 'com.acme.Mine' }, 'com.acme.Mine is refused: it is not a built-in class'],
    [{ transforms: 't', 'transforms.t.type': 'custom.Mine' }, 'custom.Mine is refused'],
    [
      { ...withTransform('HoistField$Key', { field: 'a' }), 'transforms.t.predicate': 'p' },
      'predicates.p.type is missing',
    ],
    [
      {
        ...withTransform('HoistField$Key', { field: 'a' }),
        'transforms.t.predicate': 'p',
        'transforms.t.negate': 'ture',
        predicates: 'p',
        'predicates.p.type': 'RecordIsTombstone',
      },
      'transforms.t.negate must be `true` or `false`',
    ],
  ])('are refused by name: %j', (properties, problem) => {
    expect(problemsOf(properties)).toEqual([expect.stringContaining(problem)]);
  });

  it('may have blanks around them and their settings', () => {
    const properties = {
      transforms: ' t ',
      'transforms.t.type': ` ${KAFKA}.RegexRouter `,
      'transforms.t.regex': ' orders ',
      'transforms.t.replacement': ' archive ',
      'transforms.t.predicate': ' p ',
      'transforms.t.negate': ' TRUE ',
      predicates: 'p',
      'predicates.p.type': ' RecordIsTombstone ',
      'msksinks.strict': 'true',
    };
    expect(problemsOf({ ...properties, transforms: ' ' })).not.toEqual([]);
    expect(read({ ...properties, 'msksinks.strict': 'false' }).ignored).toEqual([]);
    expect(() => read(properties)).not.toThrow();
    expect(written(planOf(properties, { value: '{"a": 1}' })).namespace.collection).toBe('archive');
    expect(read({ transforms: ' ' }).ignored).toEqual([]);
  });

  it.each([
    ['t,', 'transforms has an empty name: remove the comma that stands beside no name'],
    [',t', 'transforms has an empty name: remove the comma that stands beside no name'],
    ['t, t', 'transforms names t twice: give the second transform a name of its own'],
  ])('needs each name once, as Kafka Connect does: %j', (transforms, problem) => {
    expect(problemsOf({ ...withTransform('Flatten$Value'), transforms })).toEqual([problem]);
  });

  it.each([
    ['true', 'archive'],
    ['false', 'orders'],
  ])('apply to records that have a header or lack it (negate=%s)', (negate, collection) => {
    const properties = {
      ...withTransform('RegexRouter', { regex: '.*', replacement: 'archive', predicate: 'p', negate }),
      predicates: 'p',
      'predicates.p.type': 'HasHeaderKey',
      'predicates.p.name': 'moved',
    };
    const headersOf = (...names: readonly string[]) => names.map((name) => ({ name, value: new Uint8Array() }));
    const placeOf = (...names: readonly string[]) =>
      written(planOf(properties, { value: '{"a": 1}', headers: headersOf(...names) })).namespace.collection;
    expect(placeOf('other')).toBe(collection);
    expect(placeOf('other', 'moved')).toBe(negate === 'true' ? 'orders' : 'archive');
  });

  it('take the names of older versions of Kafka Connect', () => {
    const fieldsOf = (settings: Readonly<Record<string, string>>) => {
      const { mapper, ignored } = read(withTransform('ReplaceField$Value', settings));
      const [model] = written(mapper(aRecord({ topic: 'orders', value: '{"_id": 1, "a": 1, "b": 2}' }), NOW_MS)).models;
      return [model.kind === 'replaceOne' && [...model.replacement.keys()].toSorted(), ignored];
    };
    expect(fieldsOf({ blacklist: 'a' })).toEqual([['_id', 'b'], []]);
    expect(fieldsOf({ whitelist: '_id,a' })).toEqual([['_id', 'a'], []]);
    expect(fieldsOf({ exclude: 'b', blacklist: 'a' })).toEqual([['_id', 'a'], []]);
  });

  it('say which classes there are, and of transforms alone how to write one', () => {
    const wrong = { transforms: 't', 'transforms.t.type': 'com.acme.Mine', 'transforms.t.predicate': 'p' };
    const [ofTransform, ofPredicate] = problemsOf({ ...wrong, predicates: 'p', 'predicates.p.type': 'com.acme.When' });
    expect(ofTransform).toMatch(/\(.*RegexRouter, .*\), and this function cannot run Java\. Write the class as/);
    expect(ofPredicate).toMatch(
      /\(TopicNameMatches, HasHeaderKey, RecordIsTombstone\), and this function cannot run Java$/,
    );
  });

  it('refuse a name that misses one of theirs by two letters, and ask about one that misses it by more', () => {
    const oneTransform = (settings: Readonly<Record<string, string>>) => withTransform('ReplaceField$Value', settings);
    expect(problemsOf(oneTransform({ exclu: 'a' }))).toEqual([expect.stringContaining('did you mean exclude?')]);
    expect(read(oneTransform({ 'replace.nul.with.defau': 'true' })).ignored).toEqual([
      'transforms.t.replace.nul.with.defau: did you mean replace.null.with.default?',
    ]);
    expect(read(oneTransform({ exclude: 'b', exclud: 'a' })).ignored).toEqual(['transforms.t.exclud']);
  });

  it('list what none of them reads although it is empty', () => {
    const properties = withTransform('HoistField$Value', { field: 'a', comment: '' });
    expect(read({ ...properties, predicates: '' }).ignored).toEqual(['transforms.t.comment']);
  });

  it('list what none of them reads, as Kafka Connect ignores it', () => {
    const properties = { ...withTransform('HoistField$Value', { field: 'a', comment: 'b' }), 'transforms.u.type': 'x' };
    expect(read(properties).ignored).toEqual(['transforms.t.comment', 'transforms.u.type']);
    expect(problemsOf({ ...properties, 'msksinks.strict': 'true' })).toEqual([
      'no transform reads transforms.t.comment',
      'no transform reads transforms.u.type',
    ]);
  });

  it('list what stands under transforms where the file lists no transform', () => {
    const properties = { 'transforms.u.type': 'x', predicates: 'p', 'predicates.p.type': 'y' };
    expect(read(properties).ignored.toSorted()).toEqual(['predicates', 'predicates.p.type', 'transforms.u.type']);
    expect(problemsOf({ ...properties, 'msksinks.strict': 'true' })).toHaveLength(3);
  });

  it('refuse a name that misses one of theirs by a letter or two', () => {
    const misspelt = withTransform('ReplaceField$Value', { exlude: 'a' });
    expect(problemsOf(misspelt)).toEqual([
      'transforms.t.exlude is not a property of this class: did you mean exclude?',
    ]);
  });

  it('say of what Debezium no longer reads what took its place', () => {
    const properties = {
      transforms: 't',
      'transforms.t.type': 'io.debezium.transforms.ExtractNewRecordState',
      'transforms.t.drop.tombstones': 'false',
    };
    expect(read(properties).ignored).toEqual([
      'transforms.t.drop.tombstones: Debezium 3 reads delete.tombstone.handling.mode instead',
    ]);
  });

  it('may be classes by the last part of their names', () => {
    const properties = { transforms: 't', 'transforms.t.type': 'HoistField$Value', 'transforms.t.field': 'a' };
    expect(problemsOf(properties)).toEqual([]);
  });

  describe('that are TypeScript', () => {
    const withCustom = (create: Made, settings: Readonly<Record<string, string>> = {}) =>
      read(
        { transforms: 't', 'transforms.t.type': 'custom.Mine', ...settings },
        { ...CUSTOM_STRATEGIES, transforms: new Map([['custom.Mine', create]]) },
      );

    it('read their settings, whose absence is a problem of the file where they need them', () => {
      const seen: unknown[] = [];
      const create: Made = (settings) => {
        seen.push(settings.list('fields'), settings.list('others'), settings.optional('more'), settings.flag('on'));
        settings.text('to');
        return (record) => record;
      };
      const settings = { 'transforms.t.fields': 'a , b', 'transforms.t.on': 'True' };
      expect(() => withCustom(create, settings)).toThrow(/transforms\.t\.to.* is missing/);
      expect(seen).toEqual([['a', 'b'], [], undefined, true]);
    });

    it('refuse a record in their own words', () => {
      const { mapper } = withCustom(() => () => {
        throw new UnwritableError('the record has no tenant');
      });
      expect(mapper(aRecord({ topic: 'orders', value: '{"a": 1}' }), NOW_MS)).toMatchObject({
        failure: { detail: 'the record has no tenant' },
      });
    });

    it('keep the function from starting with a bug of theirs', () => {
      const create: Made = () => {
        throw new TypeError('bug');
      };
      expect(() => withCustom(create)).toThrow(TypeError);
    });
  });

  it('may be TypeScript, whose error concerns only its record and is not quoted', () => {
    const transforms = new Map<string, Made>([
      ['custom.Redirect', (settings) => (record) => ({ ...record, topic: settings.text('to') })],
      [
        'custom.Broken',
        () => () => {
          throw new Error('secret');
        },
      ],
    ]);
    const mapperOf = (name: string) =>
      read(
        { transforms: 't', 'transforms.t.type': name, 'transforms.t.to': 'archive' },
        { ...CUSTOM_STRATEGIES, transforms },
      ).mapper;
    const record = aRecord({ topic: 'orders', value: '{"a": 1}' });
    expect(written(mapperOf('custom.Redirect')(record, NOW_MS)).namespace.collection).toBe('archive');
    expect(mapperOf('custom.Broken')(record, NOW_MS)).toMatchObject({
      failure: { detail: 'the custom transform custom.Broken failed: Error' },
    });
  });
});
