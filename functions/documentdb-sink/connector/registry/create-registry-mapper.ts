import { SettingsError } from '../../../../shared/errors.ts';
import type { Preparation, Prerequisites } from '../../plan/preparation.ts';
import type { RecordMapper } from '../../plan/record-mapper.ts';
import type { CustomStrategies } from '../custom/custom-strategies.ts';
import { CUSTOM_STRATEGIES } from '../custom/registry.ts';
import type { Connector } from '../file/connector.ts';
import { PropertyError } from '../property-error.ts';
import type { Side } from '../transforms/connect-record.ts';
import { createTransformedMapper, type TransformedMapper } from '../transforms/create-transformed-mapper.ts';
import { converterClassOf } from './converter-classes.ts';
import { UnpreparedError } from './errors.ts';
import { preparationOf } from './prepared-sink.ts';
import { createRegistryConverter, type RegistryConverter } from './registry-converter.ts';
import type { SchemaSource } from './schema-source.ts';
import { SchemaStore } from './schema-store.ts';

export interface RegistryMapper extends TransformedMapper {
  readonly preparation: Preparation;
}

const SIDES: readonly Side[] = ['key', 'value'];

/**
 * What a connector's file whose converters ask a schema registry makes of each record.
 * @param where the file, for errors
 * @param sourceOf where the schemas of a side are
 * @throws SettingsError that lists every property that cannot be followed
 */
export function createRegistryMapper(
  connector: Connector,
  where: string,
  sourceOf: (side: Side) => SchemaSource,
  custom: CustomStrategies = CUSTOM_STRATEGIES,
): RegistryMapper {
  const converters = convertersOf(connector, where, sourceOf);
  const convert = new Map([...converters].map(([side, converter]) => [side, converter.convert] as const));
  const { mapper, ignored } = createTransformedMapper(connector, where, custom, convert);
  return { mapper: unsettledInstead(mapper), ignored, preparation: preparationOf(prerequisitesOf(converters)) };
}

function convertersOf(
  { properties }: Connector,
  where: string,
  sourceOf: (side: Side) => SchemaSource,
): ReadonlyMap<Side, RegistryConverter> {
  const converters = new Map<Side, RegistryConverter>();
  const problems: string[] = [];
  for (const side of SIDES) {
    const found = converterClassOf(properties, side);
    if (found === undefined) continue;
    try {
      const own = properties.under(`${side}.converter.`);
      found.check(own, `${side}.converter.`);
      const store = new SchemaStore({ source: sourceOf(side), compile: found.createCompiler(own) });
      converters.set(side, createRegistryConverter(side, found.format, store));
    } catch (error) {
      if (!(error instanceof PropertyError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new SettingsError(where, problems);
  return converters;
}

function unsettledInstead(mapper: RecordMapper): RecordMapper {
  return (record, wallTimeMs) => {
    try {
      return mapper(record, wallTimeMs);
    } catch (error) {
      if (error instanceof UnpreparedError) return { kind: 'unsettled', failure: error.failure };
      throw error;
    }
  };
}

const prerequisitesOf = (converters: ReadonlyMap<Side, RegistryConverter>): Prerequisites => ({
  async prepare(records, clock, signal) {
    await Promise.all(
      [...converters].map(([side, { store, idOf }]) =>
        store.prepare(
          records.map((record) => idOf(record[side])).filter((id) => id !== undefined),
          clock,
          signal,
        ),
      ),
    );
  },
  obstacleTo(record) {
    for (const [side, { obstacleTo }] of converters) {
      const failure = obstacleTo(record[side]);
      if (failure !== undefined) return failure;
    }
    return undefined;
  },
});
