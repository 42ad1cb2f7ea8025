import type { RecordMapper } from '../../../../functions/documentdb-sink/plan/record-mapper.ts';
import { straightMapper } from '../../../support/straight-mapper.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { mapperOfFile } from './connector/connector-file.ts';
import { createStoryPolicy } from './document-policy.ts';

/** What turns records into writes: the function's own code for a connector's file, or the story's policy. */
export const mapperOf = (scenario: Scenario): RecordMapper =>
  scenario.documentdb.connector === undefined
    ? straightMapper(createStoryPolicy(scenario.documentdb))
    : mapperOfFile(scenario.documentdb.connector, scenario);
