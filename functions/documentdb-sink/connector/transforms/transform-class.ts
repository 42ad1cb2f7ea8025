import { flag, nonEmpty } from '../file/forms.ts';
import type { Form } from '../file/property.ts';
import type { Predicate, Side, Transform } from './connect-record.ts';
import { listOf, optional, type TransformProperty, type TransformSettings } from './transform-settings.ts';

/** A Java class that a file may name, and its replacement. */
export interface TransformClass<Made = Transform> {
  readonly properties: readonly TransformProperty[];
  /** Properties of older versions, each with the reason why it has no effect any more. */
  readonly obsolete?: ReadonlyMap<string, string>;
  /** @throws PropertyError if the settings contradict each other */
  readonly create: (settings: TransformSettings) => Made;
}

export type PredicateClass = TransformClass<Predicate>;

export type Classes<Made = Transform> = readonly (readonly [string, TransformClass<Made>])[];

export const KAFKA_PACKAGE = 'org.apache.kafka.connect.transforms.';

/** The two classes of a transform, for the key and for the value. */
export const bothSides = (
  name: string,
  properties: readonly TransformProperty[],
  create: (side: Side, settings: TransformSettings) => Transform,
): Classes => [
  [`${KAFKA_PACKAGE}${name}$Key`, { properties, create: (settings) => create('key', settings) }],
  [`${KAFKA_PACKAGE}${name}$Value`, { properties, create: (settings) => create('value', settings) }],
];

export const REPLACE_NULLS = 'replace.null.with.default';
export const replaceNulls: TransformProperty = optional(REPLACE_NULLS, flag, 'true');

export const names: Form = { text: 'names, separated by commas', accepts: () => true };

export const someNames: Form = {
  text: 'at least one name; several with commas between them',
  accepts: (value) => listOf(value).length > 0,
};

export const someText: Form = nonEmpty;
