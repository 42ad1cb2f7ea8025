import { EXTRACT_FIELD } from './kafka/extract-field.ts';
import { HOIST_FIELD } from './kafka/hoist-field.ts';
import { INSERT_FIELD } from './kafka/insert-field.ts';
import { REGEX_ROUTER } from './kafka/regex-router.ts';
import { REPLACE_FIELD } from './kafka/replace-field.ts';
import { VALUE_TO_KEY } from './kafka/value-to-key.ts';
import type { TransformClass } from './transform-class.ts';

/** Every transform that a file may name, by its Java class. */
export const TRANSFORM_CLASSES: ReadonlyMap<string, TransformClass> = new Map([
  ...EXTRACT_FIELD,
  ...HOIST_FIELD,
  ...INSERT_FIELD,
  ...REGEX_ROUTER,
  ...REPLACE_FIELD,
  ...VALUE_TO_KEY,
]);
