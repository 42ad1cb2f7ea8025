import { describeForeign, MskSinksError } from '../../../../shared/errors.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import { PropertyError } from '../property-error.ts';
import { straysAmong } from './strays.ts';
import type { TransformClass } from './transform-class.ts';
import { type TransformProperty, TransformSettings } from './transform-settings.ts';

/** The result of reading one alias under `transforms` or `predicates`. */
export interface Made<T> {
  readonly value: T | undefined;
  readonly problems: readonly string[];
  /** The properties that were used. */
  readonly read: readonly string[];
  /** Hints about properties that were not used. */
  readonly remarks?: ReadonlyMap<string, string>;
}

type Strategy = (...parameters: never[]) => unknown;

export interface Stage<T extends Strategy> {
  readonly properties: ReadonlyMap<string, string>;
  readonly group: 'transforms' | 'predicates';
  readonly alias: string;
  readonly classes: ReadonlyMap<string, TransformClass<T>>;
  readonly custom?: ReadonlyMap<string, (settings: TransformSettings) => T>;
}

/** Lists problems of the file instead of throwing. */
export function readStage<T extends Strategy>(stage: Stage<T>): Made<T> {
  const { properties, group, alias, classes, custom } = stage;
  const prefix = `${group}.${alias}.`;
  const type = properties.get(`${prefix}type`)?.trim() ?? '';
  const createCustom = custom?.get(type);
  if (createCustom !== undefined) {
    const settings = new TransformSettings(prefix, under(properties, prefix));
    return made(() => contained(type, createCustom(settings)), namesUnder(properties, prefix));
  }
  const found = classOf(type, classes);
  if (found === undefined) return { value: undefined, problems: [unknown(stage, type)], read: [] };
  const own = under(properties, prefix);
  const strays = straysAmong({ group, names: [...own.keys()], prefix }, found);
  const problems = [...strays.problems, ...found.properties.flatMap((property) => problemOf(property, own, prefix))];
  const read = [
    `${prefix}type`,
    ...found.properties.flatMap(({ name, deprecated }) =>
      [name, ...(deprecated === undefined ? [] : [deprecated])].map((each) => prefix + each),
    ),
  ];
  if (problems.length > 0) return { value: undefined, problems, read };
  const settings = new TransformSettings(prefix, withDefaults(found.properties, own));
  return { ...made(() => found.create(settings), read), remarks: strays.remarks };
}

function made<T>(create: () => T, read: readonly string[]): Made<T> {
  try {
    return { value: create(), problems: [], read };
  } catch (error) {
    if (!(error instanceof PropertyError)) throw error;
    return { value: undefined, problems: [error.message], read };
  }
}

/** The class of that name. Kafka Connect also accepts the simple name. */
const classOf = <T>(type: string, classes: ReadonlyMap<string, TransformClass<T>>): TransformClass<T> | undefined =>
  classes.get(type) ?? (type === '' ? undefined : [...classes].find(([name]) => name.endsWith(`.${type}`))?.[1]);

function unknown<T extends Strategy>({ group, alias, classes }: Stage<T>, type: string): string {
  const property = `${group}.${alias}.type`;
  if (type === '') return `${property} is missing: set the class of ${alias}`;
  const sides = [...classes.keys()].filter((name) => name.startsWith(`${type}$`) || name.includes(`.${type}$`));
  if (sides.length > 0) return `${property}=${type}: write ${sides.join(' or ')}`;
  const known = [...classes.keys()].map((name) => name.split('.').at(-1)).join(', ');
  return (
    `${property}=${type} is refused: it is not a built-in class (${known}), and this function cannot run Java` +
    (group === 'transforms'
      ? '. Write the class as a TypeScript module and name the module custom.<name> (docs/custom-strategies.md)'
      : '')
  );
}

const namesUnder = (properties: ReadonlyMap<string, string>, prefix: string): readonly string[] =>
  [...properties.keys()].filter((name) => name.startsWith(prefix));

const under = (properties: ReadonlyMap<string, string>, prefix: string): ReadonlyMap<string, string> =>
  new Map(
    namesUnder(properties, prefix).map((name) => [name.slice(prefix.length), (properties.get(name) ?? '').trim()]),
  );

const settingOf = ({ name, deprecated }: TransformProperty, own: ReadonlyMap<string, string>): string | undefined =>
  own.get(name) ?? (deprecated === undefined ? undefined : own.get(deprecated));

function problemOf(property: TransformProperty, own: ReadonlyMap<string, string>, prefix: string): readonly string[] {
  const value = settingOf(property, own);
  const { name, form } = property;
  if (value === undefined) return property.default === null ? [`${prefix}${name} is missing: ${form.text}`] : [];
  return form.accepts(value) ? [] : [`${prefix}${name} must be ${form.text}`];
}

const withDefaults = (
  properties: readonly TransformProperty[],
  own: ReadonlyMap<string, string>,
): ReadonlyMap<string, string | undefined> =>
  new Map(
    properties.map((property) => {
      const value = settingOf(property, own) ?? property.default ?? undefined;
      return [property.name, value === undefined ? undefined : (property.form.normalized?.(value) ?? value)];
    }),
  );

/** An error of a custom transform concerns only its record. The error is reported without its message (G7). */
function contained<T extends Strategy>(name: string, strategy: T): T {
  const contained = (...parameters: never[]): unknown => {
    try {
      return strategy(...parameters);
    } catch (error) {
      if (error instanceof MskSinksError) throw error;
      throw new UnwritableError(`the custom transform ${name} failed: ${describeForeign(error)}`);
    }
  };
  return contained as T;
}
