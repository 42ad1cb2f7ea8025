import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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

const converter = fc.constantFrom<Properties>(
  JSON_CONVERTER,
  { 'value.converter': `${CONNECT}.storage.StringConverter` },
  { ...JSON_CONVERTER, 'value.converter.schemas.enable': 'true' },
);
const keyConverter = fc.constantFrom<Properties>(
  {},
  { 'key.converter': `${CONNECT}.json.JsonConverter`, 'key.converter.schemas.enable': 'false' },
  { 'key.converter': `${CONNECT}.converters.IntegerConverter` },
);
const strategy = fc.constantFrom<Properties>(
  PROVIDED_IN_KEY,
  { 'document.id.strategy': `${ID}.FullKeyStrategy` },
  { 'document.id.strategy': 'msksinks.RawKeyStrategy' },
  {
    'document.id.strategy': `${ID}.PartialKeyStrategy`,
    'document.id.strategy.partial.key.projection.type': 'AllowList',
    'document.id.strategy.partial.key.projection.list': 'a',
  },
  { 'document.id.strategy': `${ID}.ProvidedInValueStrategy` },
);
const rest = fc.constantFrom<Properties>(
  {},
  { 'msksinks.writemodel.upsert': 'false' },
  { 'document.id.strategy.overwrite.existing': 'true' },
  { 'writemodel.strategy': `${SINK}.writemodel.strategy.ReplaceOneDefaultStrategy` },
  { 'post.processor.chain': `${SINK}.processor.DocumentIdAdder` },
  { collection: 'all' },
);
const key = fc.oneof(
  fc.constantFrom(
    null,
    '{"_id":"k"}',
    '{"_id":{"b":1,"a":[2.5]}}',
    '{"a":1,"b":2}',
    '{"_id":null}',
    'no document',
    '[1]',
    '7',
  ),
  fc.json(),
);
const value = fc.oneof(
  fc.dictionary(fc.string(), fc.jsonValue()).map((fields) => JSON.stringify(fields)),
  fc.constantFrom(
    null,
    '',
    '{"_id":5,"a":1}',
    '{"b":1,"a":-0.0,"c":3000000000}',
    '{"_k":1}',
    '{a:1}',
    '{"a":{"$numberLong":"1"}}',
    'null',
  ),
);

describe('a record that goes straight', () => {
  it('has the effect that all strategies together have, whatever the properties', () => {
    let count = 0;
    fc.assert(
      fc.property(converter, keyConverter, strategy, rest, key, value, (...[a, b, c, d, keyText, valueText]) => {
        const { straight, byStrategies } = waysOf({ ...a, ...b, ...c, ...d });
        const record = aRecord({ topic: 'orders', key: keyText, value: valueText });
        const plan = straight?.(record);
        if (plan === undefined) return;
        count += 1;
        expect(effectOf(record, plan)).toEqual(effectOf(record, byStrategies()(record, 0)));
      }),
      { numRuns: 3_000 },
    );
    // About 118 of them go straight, with a deviation of 11.
    expect(count).toBeGreaterThan(50);
  });
});
