import { ADDED_PROPERTIES } from './properties/additions.ts';
import { CONNECT_PROPERTIES } from './properties/connect.ts';
import { CONNECTION_PROPERTIES } from './properties/connection.ts';
import { ERROR_PROPERTIES } from './properties/errors.ts';
import { PROCESSING_PROPERTIES } from './properties/processing.ts';
import { REGISTRY_PROPERTIES } from './properties/registry.ts';
import { WRITE_PROPERTIES } from './properties/writes.ts';
import type { Property } from './property.ts';

/** Every property that a connector file may contain, by subject. */
export const PROPERTY_GROUPS: readonly { readonly title: string; readonly properties: readonly Property[] }[] = [
  { title: 'Kafka Connect', properties: CONNECT_PROPERTIES },
  { title: 'Converters that ask a schema registry', properties: REGISTRY_PROPERTIES },
  { title: 'Errors', properties: ERROR_PROPERTIES },
  { title: 'Connection', properties: CONNECTION_PROPERTIES },
  { title: 'Namespace, writes and ids', properties: WRITE_PROPERTIES },
  { title: 'Post processors, CDC and time series', properties: PROCESSING_PROPERTIES },
  { title: 'Added by msk-sinks', properties: ADDED_PROPERTIES },
];

export const PROPERTIES: readonly Property[] = PROPERTY_GROUPS.flatMap(({ properties }) => properties);

const BY_NAME: ReadonlyMap<string, Property> = new Map(
  PROPERTIES.filter(({ family }) => !family).map((property) => [property.name, property]),
);
const FAMILIES = PROPERTIES.filter(({ family }) => family);

/** The declaration of a property by its name, without `topic.override.<topic>.`. */
export const propertyOf = (name: string): Property | undefined =>
  BY_NAME.get(name) ?? FAMILIES.find((family) => name.startsWith(family.name) && name.length > family.name.length);

/** The values of properties that a file does not set. */
export const DEFAULTS: ReadonlyMap<string, string> = new Map(
  [...BY_NAME.values()].map(({ name, default: fallback }) => [name, fallback ?? '']),
);
