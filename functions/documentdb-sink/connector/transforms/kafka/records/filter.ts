import { type Classes, KAFKA_PACKAGE } from '../../transform-class.ts';

/** Drops every record that its predicate lets through to it. */
export const FILTER: Classes = [[`${KAFKA_PACKAGE}Filter`, { properties: [], create: () => () => undefined }]];
