import { describe, expect, it } from 'vitest';
import { createChain } from '../../../../../../functions/documentdb-sink/connector/transforms/create-chain.ts';
import { TransformError } from '../../../../../../functions/documentdb-sink/connector/transforms/data/transform-error.ts';
import { SettingsError } from '../../../../../../shared/errors.ts';

const FILTER = { transforms: 't', 'transforms.t.type': 'Filter' };
const TOMBSTONES = { predicates: 'p', 'predicates.p.type': 'RecordIsTombstone' };

const chainOf = (properties: Readonly<Record<string, string>>) =>
  createChain(new Map(Object.entries(properties)), 'test', new Map(), false);

const problemsOf = (properties: Readonly<Record<string, string>>): readonly string[] => {
  try {
    chainOf(properties);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
};

describe('the condition of a transform', () => {
  it.each([
    ['predicates', 'p', 'predicate'],
    ['predicat', 'p', 'predicate'],
    ['negat', 'true', 'negate'],
  ])('is refused where its name is misspelt: Filter alone would drop every record (%s)', (name, value, meant) => {
    const properties = { ...FILTER, ...TOMBSTONES, [`transforms.t.${name}`]: value };
    expect(problemsOf(properties)).toEqual([
      `transforms.t.${name} is not a property of this class: did you mean ${meant}?`,
    ]);
  });

  it('may stand beside a name that resembles it', () => {
    const properties = { ...FILTER, ...TOMBSTONES, 'transforms.t.predicate': 'p', 'transforms.t.predicates': 'q' };
    expect(chainOf(properties).ignored).toEqual(['transforms.t.predicates']);
  });

  it('cannot negate what is not there, as in Kafka Connect', () => {
    expect(problemsOf({ ...FILTER, ...TOMBSTONES, 'transforms.t.negate': 'true' })).toEqual([
      'transforms.t.negate has no transforms.t.predicate to negate: name the predicate, or remove negate',
    ]);
  });

  it('has a name', () => {
    expect(problemsOf({ ...FILTER, ...TOMBSTONES, 'transforms.t.predicate': ' ' })).toEqual([
      'transforms.t.predicate is empty: name a predicate, or remove the property',
    ]);
  });

  it.each([
    ['p, p', 'predicates names p twice: give the second predicate a name of its own'],
    ['p,', 'predicates has an empty name: remove the comma that stands beside no name'],
  ])('comes from a list with each name once: %j', (predicates, problem) => {
    const properties = { ...FILTER, ...TOMBSTONES, 'transforms.t.predicate': 'p' };
    expect(problemsOf({ ...properties, predicates })).toEqual([problem]);
  });
});

describe('a switch of a transform', () => {
  /** The value of the record is null. */
  const routed = (skips: string) => {
    const { transform } = chainOf({
      transforms: 't',
      'transforms.t.type': 'io.confluent.connect.transforms.ExtractTopic$Value',
      'transforms.t.field': 'a',
      'transforms.t.skip.missing.or.null': skips,
    });
    const missing = () => ({ schema: undefined, value: null });
    const position = { topic: 'orders', partition: 0, offset: 0, timestampMs: undefined };
    return transform({ ...position, key: missing, value: missing, headers: [] })?.topic;
  };

  it.each(['true', ' True ', 'yes', 'ON'])('is on: %j', (value) => {
    expect(routed(value)).toBe('orders');
  });

  it.each(['false', 'No', 'off'])('is off: %j', (value) => {
    expect(() => routed(value)).toThrow(TransformError);
  });
});
