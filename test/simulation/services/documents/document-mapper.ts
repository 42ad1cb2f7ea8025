import type { httpCall } from '../../../../functions/documentdb-sink/connector/registry/http-call.ts';
import { straightMapper } from '../../../support/straight-mapper.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { type MapperParts, mapperOfFile } from './connector/connector-file.ts';
import { createStoryPolicy } from './document-policy.ts';

/**
 * What turns records into writes: the function's own code for a connector's file, or the story's policy.
 * @param get asks the schema registry
 */
export const mapperOf = (scenario: Scenario, get: typeof httpCall): MapperParts =>
  scenario.documentdb.connector === undefined
    ? { mapper: straightMapper(createStoryPolicy(scenario.documentdb)) }
    : mapperOfFile(scenario.documentdb.connector, scenario, get);
