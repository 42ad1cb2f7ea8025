import type { Connector } from './file/connector.ts';
import type { Entry } from './file/properties-file.ts';
import { propertyOf } from './file/properties-table.ts';
import { meantBy, type Named, normalized, placeOf } from './file/read-entry.ts';
import { lettersBetween } from './file/suggest.ts';
import { whyIdle } from './idle.ts';
import { isAsByDefault, propertiesOf } from './meaningless.ts';
import { TopicProperties } from './topic-properties.ts';

/** A name that is no property here. */
export type Stray = Exclude<Named, { readonly kind: 'known' }>;

/** The ignored entries in the form in which packaging lists them. */
export const ignoredOf = (strays: readonly Stray[]): readonly string[] =>
  strays.map((stray) => {
    const meant = stray.kind === 'unknown' ? meantBy(stray.name) : undefined;
    return `${placeOf(stray.entry)}${meant === undefined ? '' : `: did you mean ${meant}?`}`;
  });

/**
 * The names that are errors. With `msksinks.strict`, every unknown name is an error. Otherwise a name of this project
 * is, and a name that differs from a known one by at most two letters, if the known one is not set and the value would
 * have changed documents.
 */
export function misspelt(strays: readonly Stray[], connector: Connector, entries: readonly Entry[]): readonly string[] {
  const isStrict = connector.properties.flag('msksinks.strict');
  const names = new Set(entries.map(({ name }) => name));
  return strays.flatMap((stray) => {
    const place = placeOf(stray.entry);
    if (stray.kind === 'ofWhole') {
      return isStrict || holdsForWhole(stray, connector)
        ? [`${place} cannot be set for one topic: ${stray.property.name} applies to the whole function`]
        : [];
    }
    const meant = meantBy(stray.name);
    const isError =
      isStrict ||
      stray.name.startsWith('msksinks.') ||
      (meant !== undefined && isMiss(stray.name, meant) && !names.has(meant) && changes(stray, meant, connector));
    const remedy = meant === undefined ? '' : `: did you mean ${meant}?`;
    return isError ? [`${place} is not a property of the connector${remedy}`] : [];
  });
}

const LETTERS_MISSED_MAX = 2;

const isMiss = (name: string, meant: string): boolean => lettersBetween(name, meant) <= LETTERS_MISSED_MAX;

/** Whether the value would have changed what is written if the name had been spelt correctly. */
function changes(stray: Stray & { readonly kind: 'unknown' }, meant: string, connector: Connector): boolean {
  const property = propertyOf(meant);
  if (property === undefined || property.support.kind === 'meaningless') return false;
  const value = normalized(property, stray.entry.value.trim());
  if (isAsByDefault(meant, value)) return false;
  const others = propertiesOf(connector, stray.topic);
  return whyIdle(meant, new Changed(others, meant, value)) === undefined;
}

/** The properties of the file with one changed value. */
class Changed extends TopicProperties {
  readonly #others: TopicProperties;
  readonly #name: string;
  readonly #value: string;

  constructor(others: TopicProperties, name: string, value: string) {
    super(new Map());
    this.#others = others;
    this.#name = name;
    this.#value = value;
  }

  override text(name: string): string {
    return name === this.#name ? this.#value : this.#others.text(name);
  }
}

/**
 * A property that the connector reads per topic and this function reads once: the topic's value matters if it differs.
 */
function holdsForWhole({ property, entry }: Stray & { readonly kind: 'ofWhole' }, { properties }: Connector): boolean {
  if (property.name.startsWith('msksinks.')) return true;
  return property.name.endsWith('errors.tolerance') && properties.text(property.name) !== entry.value.trim();
}
