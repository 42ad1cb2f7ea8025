import { SettingsError } from '../../../../shared/errors.ts';
import { flag } from '../file/forms.ts';
import { TRANSFORM_CLASSES } from './classes.ts';
import type { Predicate, Transform } from './connect-record.ts';
import { PREDICATE_CLASSES } from './predicates/predicates.ts';
import { type Made, readStage } from './read-stage.ts';
import { listOf, type TransformSettings } from './transform-settings.ts';

export type CustomTransforms = ReadonlyMap<string, (settings: TransformSettings) => Transform>;

export interface Chain {
  readonly transform: Transform;
  /** Properties that no transform reads, in the form in which packaging lists them. */
  readonly ignored: readonly string[];
}

/**
 * The chain of `transforms`, applied one after another.
 * @param properties every property under `transforms` and `predicates`
 * @param isStrict makes an error of a property that no transform reads
 * @throws SettingsError that lists every property that cannot be followed
 */
export function createChain(
  properties: ReadonlyMap<string, string>,
  where: string,
  custom: CustomTransforms,
  isStrict: boolean,
): Chain {
  const chain = chainOf(properties, where, custom);
  if (!isStrict || chain.ignored.length === 0) return chain;
  throw new SettingsError(
    where,
    chain.ignored.map((line) => `no transform reads ${line}`),
  );
}

function chainOf(properties: ReadonlyMap<string, string>, where: string, custom: CustomTransforms): Chain {
  const aliases = listOf((properties.get('transforms') ?? '').trim());
  const stages = [...new Set(aliases)]
    .filter((alias) => alias !== '')
    .map((alias) => ({
      alias,
      made: readStage({ properties, group: 'transforms', alias, classes: TRANSFORM_CLASSES, custom }),
      condition: conditionOf(properties, alias),
    }));
  const problems = [
    ...listProblems('transforms', aliases),
    ...listProblems('predicates', listOf((properties.get('predicates') ?? '').trim())),
    ...stages.flatMap(({ made, condition }) => [...made.problems, ...condition.problems]),
  ];
  if (problems.length > 0) throw new SettingsError(where, [...new Set(problems)]);
  const steps = stages.flatMap(({ made, condition }) =>
    made.value === undefined ? [] : [conditional(made.value, condition.value)],
  );
  const read = new Set(stages.flatMap(({ made, condition }) => [...made.read, ...condition.read]));
  const remarks = new Map(
    stages.flatMap(({ made, condition }) => [...(made.remarks ?? []), ...(condition.remarks ?? [])]),
  );
  return { transform: oneAfterAnother(steps), ignored: ignoredIn(properties, read, remarks) };
}

/** Kafka Connect refuses both at its start. */
function listProblems(group: 'transforms' | 'predicates', aliases: readonly string[]): readonly string[] {
  const repeated = new Set(aliases.filter((alias, index) => alias !== '' && aliases.indexOf(alias) < index));
  const second = `the second ${group.slice(0, -1)}`;
  return [
    ...(aliases.includes('') ? [`${group} has an empty name: remove the comma that stands beside no name`] : []),
    ...[...repeated].map((alias) => `${group} names ${alias} twice: give ${second} a name of its own`),
  ];
}

const oneAfterAnother =
  (steps: readonly Transform[]): Transform =>
  (record) => {
    let current: ReturnType<Transform> = record;
    for (const step of steps) {
      if (current === undefined) return undefined;
      current = step(current);
    }
    return current;
  };

const conditional =
  (transform: Transform, condition: Predicate | undefined): Transform =>
  (record) =>
    condition === undefined || condition(record) ? transform(record) : record;

/** The condition from `transforms.<alias>.predicate` and `negate`. */
function conditionOf(properties: ReadonlyMap<string, string>, alias: string): Made<Predicate> {
  const property = `transforms.${alias}.predicate`;
  const name = properties.get(property)?.trim();
  if (name === undefined) return { value: undefined, problems: negationProblems(properties, alias), read: [] };
  if (name === '') return { value: undefined, problems: [`${property} ${EMPTY_PREDICATE}`], read: [] };
  const made = readStage({ properties, group: 'predicates', alias: name, classes: PREDICATE_CLASSES });
  const negate = properties.get(`transforms.${alias}.negate`)?.trim() ?? 'false';
  const isNegated = flag.normalized?.(negate) === 'true';
  const test = made.value;
  const problems = flag.accepts(negate)
    ? made.problems
    : [...made.problems, `transforms.${alias}.negate must be ${flag.text}`];
  const read = [...made.read, 'predicates', property, `transforms.${alias}.negate`];
  return { ...made, problems, value: test && ((record) => test(record) !== isNegated), read };
}

const EMPTY_PREDICATE = 'is empty: name a predicate, or remove the property';

/** Kafka Connect refuses it: without a predicate, the transform applies to every record. */
const negationProblems = (properties: ReadonlyMap<string, string>, alias: string): readonly string[] => {
  const [negate, predicate] = [`transforms.${alias}.negate`, `transforms.${alias}.predicate`];
  return properties.has(negate)
    ? [`${negate} has no ${predicate} to negate: name the predicate, or remove negate`]
    : [];
};

const ignoredIn = (
  properties: ReadonlyMap<string, string>,
  read: ReadonlySet<string>,
  remarks: ReadonlyMap<string, string>,
): readonly string[] =>
  [...properties.keys()]
    .filter((name) => name !== 'transforms' && !read.has(name))
    .filter((name) => name !== 'predicates' || properties.get(name) !== '')
    .map((name) => (remarks.has(name) ? `${name}: ${remarks.get(name)}` : name));
