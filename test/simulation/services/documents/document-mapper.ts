import { straightMapper } from '../../../support/straight-mapper.ts';
import type { RegistryConverterName } from '../../scenario/connector/connector.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { type MapperParts, mapperOfFile } from './connector/connector-file.ts';
import type { RegistryAccess } from './connector/registry/schema-registry.ts';
import { createStoryPolicy } from './document-policy.ts';

/**
 * What turns records into writes: the function's own code for a connector's file, or the story's policy.
 * @param accessOf asks the schema registry
 */
export const mapperOf = (
  scenario: Scenario,
  accessOf: (converter: RegistryConverterName) => RegistryAccess,
): MapperParts =>
  scenario.documentdb.connector === undefined
    ? { mapper: straightMapper(createStoryPolicy(scenario.documentdb)) }
    : mapperOfFile(scenario.documentdb.connector, scenario, accessOf);
