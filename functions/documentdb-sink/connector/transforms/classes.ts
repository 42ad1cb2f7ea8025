import { EXTRACT_TOPIC } from './confluent/extract-topic.ts';
import { CONFLUENT_FILTER } from './confluent/filter.ts';
import { TOMBSTONE_HANDLER } from './confluent/tombstone-handler.ts';
import { BY_LOGICAL_TABLE_ROUTER } from './debezium/by-logical-table-router.ts';
import { EXTRACT_NEW_RECORD_STATE } from './debezium/extract-new-record-state.ts';
import { EXTRACT_FIELD } from './kafka/fields/extract-field.ts';
import { FLATTEN } from './kafka/fields/flatten.ts';
import { HOIST_FIELD } from './kafka/fields/hoist-field.ts';
import { INSERT_FIELD } from './kafka/fields/insert-field.ts';
import { MASK_FIELD } from './kafka/fields/mask-field.ts';
import { REPLACE_FIELD } from './kafka/fields/replace-field.ts';
import { VALUE_TO_KEY } from './kafka/fields/value-to-key.ts';
import { FILTER } from './kafka/records/filter.ts';
import { HEADERS } from './kafka/records/headers.ts';
import { REGEX_ROUTER } from './kafka/records/regex-router.ts';
import { TIMESTAMP_ROUTER } from './kafka/records/timestamp-router.ts';
import { TIMESTAMP_CONVERTER } from './kafka/times/timestamp-converter.ts';
import { CAST } from './kafka/types/cast.ts';
import { SET_SCHEMA_METADATA } from './kafka/types/set-schema-metadata.ts';
import type { TransformClass } from './transform-class.ts';

/** Every transform that a file may name, by Java class. */
export const TRANSFORM_CLASSES: ReadonlyMap<string, TransformClass> = new Map([
  ...BY_LOGICAL_TABLE_ROUTER,
  ...CAST,
  ...CONFLUENT_FILTER,
  ...EXTRACT_NEW_RECORD_STATE,
  ...EXTRACT_TOPIC,
  ...TOMBSTONE_HANDLER,
  ...EXTRACT_FIELD,
  ...FILTER,
  ...FLATTEN,
  ...HEADERS,
  ...HOIST_FIELD,
  ...INSERT_FIELD,
  ...REGEX_ROUTER,
  ...MASK_FIELD,
  ...REPLACE_FIELD,
  ...SET_SCHEMA_METADATA,
  ...TIMESTAMP_CONVERTER,
  ...TIMESTAMP_ROUTER,
  ...VALUE_TO_KEY,
]);
