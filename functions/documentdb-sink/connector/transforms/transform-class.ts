import { flag, nonEmpty } from '../file/forms.ts';
import type { Form } from '../file/property.ts';
import type { Predicate, Side, Transform } from './connect-record.ts';
import { listOf, optional, type TransformProperty, type TransformSettings } from './transform-settings.ts';

/** A Java class that a file may name, and what stands in for it. */
export interface TransformClass<Made = Transform> {
  readonly properties: readonly TransformProperty[];
  /** What older versions read, and why it has no meaning any more. */
  readonly obsolete?: ReadonlyMap<string, string>;
  /** @throws PropertyError when the settings do not go together */
  readonly create: (settings: TransformSettings) => Made;
}

export type PredicateClass = TransformClass<Predicate>;

export type Classes<Made = Transform> = readonly (readonly [string, TransformClass<Made>])[];

export const KAFKA_PACKAGE = 'org.apache.kafka.connect.transforms.';

/** The two classes of a transform that works on the key or on the value. */
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
