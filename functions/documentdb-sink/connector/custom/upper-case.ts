import type { FieldValueTransformer } from './custom-strategies.ts';

/** The example of a custom strategy: text in capitals, other values as they are. docs/custom-strategies.md */
export const upperCase: FieldValueTransformer = (_fieldName, value) =>
  typeof value === 'string' ? value.toUpperCase() : value;
