import type { FieldValueTransformer } from './custom-strategies.ts';

/**
 * An example of a custom strategy: makes text upper-case and leaves other values unchanged. docs/custom-strategies.md
 */
export const upperCase: FieldValueTransformer = (_fieldName, value) =>
  typeof value === 'string' ? value.toUpperCase() : value;
