import { isQuotable, shownValue } from '../../../../shared/settings/shown-value.ts';
import { PROVIDER_ALIASES, type ProviderKind } from '../../target/connection/config-providers.ts';
import { placeholdersOf } from '../../target/placeholders.ts';
import type { Entry } from './properties-file.ts';
import { PROPERTIES, propertyOf } from './properties-table.ts';
import type { Property } from './property.ts';
import { suggest } from './suggest.ts';

/** A property with its value; `topic` is undefined if the value applies to all topics. */
export interface Reading {
  readonly property: Property;
  /** The name without `topic.override.<topic>.`. */
  readonly name: string;
  readonly topic: string | undefined;
  readonly value: string;
  readonly entry: Entry;
}

export const OVERRIDE = 'topic.override.';
export const EPOCH = 'msksinks.guard.epoch.';

/** The place in the file, for an error message: `line 3: name`. */
export const placeOf = ({ name, line }: Entry): string => (line === 0 ? name : `line ${line}: ${name}`);

/** The topic of an override: the longest match, because a topic name may begin with another topic's name and a dot. */
const topicIn = (rest: string, topics: readonly string[]): string | undefined =>
  topics.toSorted((a, b) => b.length - a.length).find((topic) => rest.startsWith(`${topic}.`));

/** Whether the entry is an override for a topic that is not read, which the connector ignores. */
export const isOfNoTopic = ({ name }: Entry, topics: readonly string[]): boolean =>
  (name.startsWith(OVERRIDE) && isOfUnreadTopic(name.slice(OVERRIDE.length), topics)) ||
  (name.startsWith(EPOCH) && !topics.includes(name.slice(EPOCH.length)));

/** True also for `a.b.collection` where only the topic `a` is read. */
function isOfUnreadTopic(rest: string, topics: readonly string[]): boolean {
  const topic = topicIn(rest, topics);
  if (topic === undefined) return true;
  const parts = rest.slice(topic.length + 1).split('.');
  const names = parts.map((_part, index) => parts.slice(index).join('.'));
  return propertyOf(names[0] ?? '') === undefined && names.some((name) => propertyOf(name)?.perTopic === true);
}

/** The property that a name stands for. */
export type Named =
  | ({ readonly kind: 'known' } & Omit<Reading, 'value'>)
  | { readonly kind: 'unknown'; readonly name: string; readonly topic: string | undefined; readonly entry: Entry }
  /** an override of a property that applies to the whole connector */
  | { readonly kind: 'ofWhole'; readonly property: Property; readonly entry: Entry };

export function readName(entry: Entry, topics: readonly string[]): Named {
  const isOverride = entry.name.startsWith(OVERRIDE);
  const rest = isOverride ? entry.name.slice(OVERRIDE.length) : entry.name;
  const topic = isOverride ? topicIn(rest, topics) : undefined;
  const name = rest.slice(topic === undefined ? 0 : topic.length + 1);
  const property = propertyOf(name);
  if (property === undefined) return { kind: 'unknown', name, topic, entry };
  if (isOverride && !property.perTopic) return { kind: 'ofWhole', property, entry };
  return { kind: 'known', property, name, topic, entry };
}

/** The known name that was probably meant. */
export const meantBy = (name: string): string | undefined => suggest(name, NAMES);

const NAMES: readonly string[] = PROPERTIES.map(({ name }) => name);

/**
 * The problem with a value, in words that never quote a possible secret.
 * @param kinds the kind of each config provider
 * @param isOpen false if the content of a placeholder is part of the value
 */
export function problemOf({
  property,
  value,
  kinds = PROVIDER_ALIASES,
  isOpen = true,
}: Pick<Reading, 'property' | 'value'> & {
  readonly kinds?: ReadonlyMap<string, ProviderKind>;
  readonly isOpen?: boolean;
}): string | undefined {
  const { form, support } = property;
  const unresolved = placeholdersOf(value);
  const unset = unresolved.find(({ provider, path }) => kinds.get(provider) === 'environment' && path === '');
  if (support.kind === 'meaningless' && unresolved.length > 0) return undefined;
  if (unset !== undefined) return `contains ${unset.text}: set ${unset.key} in the environment of this command`;
  if (support.kind === 'refused' && value.toLowerCase() !== (property.default ?? '').toLowerCase()) {
    return `is refused: ${support.reason}; ${support.remedy}`;
  }
  if (form.resolvedLater) return undefined;
  if (unresolved.length > 0) {
    return 'must be known when the function is packaged: use no placeholder except env';
  }
  if (form.accepts(value)) return undefined;
  const mayQuote = isOpen && isQuotable(value);
  const said = mayQuote ? form.problem?.(value) : undefined;
  return said ?? `must be ${form.text}${mayQuote ? shownValue(value) : ''}`;
}

/** The value in the spelling that the function reads. */
export const normalized = ({ form }: Property, value: string): string => form.normalized?.(value) ?? value;
