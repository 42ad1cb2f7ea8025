import { type Classes, KAFKA_PACKAGE } from '../../transform-class.ts';

/** Drops every record for which its predicate is true. */
export const FILTER: Classes = [[`${KAFKA_PACKAGE}Filter`, { properties: [], create: () => () => undefined }]];
