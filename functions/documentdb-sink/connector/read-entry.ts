import { placeholdersOf } from './placeholders.ts';
import type { Entry } from './properties-file.ts';
import { PROPERTIES, propertyOf } from './properties-table.ts';
import type { Property } from './property.ts';
import { suggest } from './suggest.ts';

/** A name and a value as they hold, and of which topic; undefined: of all. */
export interface Reading {
  readonly property: Property;
  /** Without `topic.override.<topic>.`. */
  readonly name: string;
  readonly topic: string | undefined;
  readonly value: string;
  readonly entry: Entry;
}

export const OVERRIDE = 'topic.override.';
export const EPOCH = 'msksinks.guard.epoch.';

/** Where in the file, for a problem: `line 3: name`. */
export const placeOf = ({ name, line }: Entry): string => (line === 0 ? name : `line ${line}: ${name}`);

/** The topic whose override it is: the longest, for the name of one topic may begin with another's and a dot. */
const topicIn = (rest: string, topics: readonly string[]): string | undefined =>
  topics.toSorted((a, b) => b.length - a.length).find((topic) => rest.startsWith(`${topic}.`));

/** An override of a topic that is not read: the connector passes over it. */
export const isOfNoTopic = ({ name }: Entry, topics: readonly string[]): boolean =>
  (name.startsWith(OVERRIDE) && topicIn(name.slice(OVERRIDE.length), topics) === undefined) ||
  (name.startsWith(EPOCH) && !topics.includes(name.slice(EPOCH.length)));

/** What the name stands for, or why it stands for nothing. */
export function readName(entry: Entry, topics: readonly string[]): Omit<Reading, 'value'> | string {
  const { name } = entry;
  if (!name.startsWith(OVERRIDE)) {
    const property = propertyOf(name);
    return property === undefined ? unknown(name) : { property, name, topic: undefined, entry };
  }
  const rest = name.slice(OVERRIDE.length);
  const topic = topicIn(rest, topics);
  const bare = rest.slice(topic === undefined ? 0 : topic.length + 1);
  const property = propertyOf(bare);
  if (property === undefined) return unknown(bare);
  if (!property.perTopic) return `cannot be set for one topic: ${bare} holds for the whole function`;
  return { property, name: bare, topic, entry };
}

function unknown(name: string): string {
  const meant = suggest(
    name,
    PROPERTIES.map((property) => property.name),
  );
  return meant === undefined
    ? 'is no property of the connector'
    : `is no property of the connector: did you mean ${meant}?`;
}

/** What is wrong with a value, in words that never quote what may be a secret. */
export function problemOf({ property, value }: Pick<Reading, 'property' | 'value'>): string | undefined {
  const { form, standing } = property;
  if (standing.kind === 'refused' && value.toLowerCase() !== (property.default ?? '').toLowerCase()) {
    return `is refused: ${standing.reason}; ${standing.remedy}`;
  }
  if (form.resolvedLater) return undefined;
  if (placeholdersOf(value).length > 0) {
    return 'must be known when the function is packaged: only an env placeholder may stand in it';
  }
  if (form.accepts(value)) return undefined;
  return form.problem?.(value) ?? `must be ${form.text}, got ${JSON.stringify(value.slice(0, 80))}`;
}
