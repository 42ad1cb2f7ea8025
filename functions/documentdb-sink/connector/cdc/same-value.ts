import { isDeepStrictEqual } from 'node:util';

/**
 * Compares BSON values like the Java driver: types must be equal, and the order of a document's fields does not matter.
 */
export const isSameValue = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b);
