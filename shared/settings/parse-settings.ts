import * as v from 'valibot';
import { SettingsError } from '../errors.ts';
import { shownValue } from './shown-value.ts';

/**
 * A setting is declared once, with type, unit, bounds, default and description. The declaration parses the stage file
 * (numbers are numbers) and the function's environment (every value is text). The JSON schema and the table in
 * docs/settings.md are made from the declaration.
 */
export type SettingsSchema<Entries extends v.ObjectEntries> = v.ObjectWithRestSchema<
  Entries,
  v.NeverSchema<'is not a setting'>,
  typeof SECTION
>;

const SECTION = 'must be a section of settings: write one below its name, or remove the name';

/**
 * Settings of these names and no others. Every unknown name is reported; a strict object would report only the first
 * one.
 */
export const settings = <const Entries extends v.ObjectEntries>(entries: Entries): SettingsSchema<Entries> =>
  v.objectWithRest(entries, v.never('is not a setting'), SECTION);

interface Declaration<Default> {
  /** Sentences for the operator: what the setting does, and when to change it. */
  readonly description: string;
  readonly default?: Default;
}

export interface IntegerDeclaration extends Declaration<number> {
  readonly unit: string;
  readonly min: number;
  readonly max: number;
}

const shown = (input: unknown): string =>
  typeof input === 'string' || typeof input === 'number' || typeof input === 'boolean'
    ? shownValue(input)
    : `, got ${input === null ? 'null' : typeof input}`;

const numberFromText = (input: unknown): unknown =>
  typeof input === 'string' && /^-?\d{1,15}$/.test(input) ? Number(input) : input;

const integerSchema = ({ unit, min, max, description }: IntegerDeclaration) => {
  const rule = (issue: { readonly input: unknown }) =>
    `must be a whole number of ${unit} from ${min} to ${max}${shown(issue.input)}`;
  return v.pipe(
    v.unknown(),
    v.transform(numberFromText),
    v.number(rule),
    v.integer(rule),
    v.minValue(min, rule),
    v.maxValue(max, rule),
    v.description(description),
    v.metadata({ unit }),
  );
};

/** A whole number with a unit and bounds; a text of digits is accepted too. */
export const integer = (declaration: IntegerDeclaration) => integerSchema(declaration);

/** {@link integer} with a default. */
export const integerOr = (fallback: number, declaration: IntegerDeclaration) =>
  v.optional(integerSchema(declaration), fallback);

/** One word of a closed set. */
export const choice = <const Options extends readonly [string, ...string[]]>(options: Options, description: string) =>
  v.pipe(
    v.picklist(options, (issue) => `must be one of ${options.join(', ')}${shown(issue.input)}`),
    v.description(description),
  );

/** A boolean with a default. */
export const flag = (description: string) =>
  v.pipe(
    v.boolean((issue) => `must be true or false${shown(issue.input)}`),
    v.description(description),
    v.metadata({ form: '`true`, `false`' }),
  );

export const flagOr = (fallback: boolean, description: string) => v.optional(flag(description), fallback);

/**
 * Text of a given form. `form` completes "must be ...". An error never quotes the text, because the text may be a
 * secret.
 */
export const text = (form: string, pattern: RegExp, description: string) =>
  v.pipe(
    v.string(`must be ${form}`),
    v.check(
      (input) => input.trim() !== '' && input === input.trim() && pattern.test(input) && !PLACEHOLDER.test(input),
      (issue) => (PLACEHOLDER.test(String(issue.input)) ? `contains a placeholder: set ${form}` : `must be ${form}`),
    ),
    v.description(description),
  );

/** What people leave in a template: `<account>`, `TODO`, `CHANGEME`. A topic or a database may be called `todo`. */
const PLACEHOLDER = /<[^>]*>|^TODO$|[Cc]hange[Mm]e|CHANGEME|[Rr]eplace[-_]?[Mm]e|REPLACE[-_]?ME/;

const NAME = '[A-Za-z0-9_.+=,@/-]{1,255}';
const ARN_HEAD = 'arn:aws(?:-[a-z]+)*';
/** The pattern of an AWS region: `eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`. */
export const REGION = '[a-z]{2,4}(?:-[a-z]+)+-\\d';

/** The ARN of a resource of one service: `arn:aws:<service>:<region>:<account>:<resource>`. */
export const arn = (service: string, resource: string, description: string) => {
  const region = service === 'iam' ? '' : REGION;
  const pattern = new RegExp(`^${ARN_HEAD}:${service}:${region}:\\d{12}:${resource}${NAME}$`);
  const form = `an ARN like arn:aws:${service}:${region === '' ? '' : 'eu-west-1'}:111111111111:${resource}NAME`;
  return text(form, pattern, description);
};

/**
 * Parses a whole section at once.
 * @param where the place that the error names: `config/dev.yml: kinesisSink`
 * @throws SettingsError that lists every problem: unknown names, missing and malformed values.
 */
export function parseSettings<const Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  where: string,
): Readonly<v.InferOutput<Schema>> {
  const result = v.safeParse(schema, input);
  if (result.success) return Object.freeze(result.output) as Readonly<v.InferOutput<Schema>>;
  throw new SettingsError(where, result.issues.map(problemOf));
}

/** Names the setting and the rule: `trigger.pollersMin must be ..` */
export function problemOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'the whole';
  if (issue.input === undefined) return `${path} is missing`;
  return `${path} ${issue.message}`;
}

const ENVIRONMENT_PREFIX = 'MSK_SINKS_';

/** `recordKiBMax` -> `MSK_SINKS_RECORD_KIB_MAX` */
export const environmentName = (setting: string): string =>
  ENVIRONMENT_PREFIX +
  setting
    .replaceAll('KiB', 'Kib')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase();

/** Settings as environment variables, whose values are plain strings. `undefined` values are left out. */
export function toEnvironment(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [environmentName(name), String(value)]),
  );
}

/**
 * Reads a function's settings from its environment.
 * @throws SettingsError that names the variables. A variable that begins with `MSK_SINKS_` and is no setting is
 *   refused.
 */
export function settingsFromEnvironment<const Entries extends v.ObjectEntries>(
  schema: SettingsSchema<Entries>,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<v.InferOutput<v.ObjectSchema<Entries, undefined>>> {
  const settingByVariable = new Map(Object.keys(schema.entries).map((name) => [environmentName(name), name]));
  const input: Record<string, string> = {};
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(ENVIRONMENT_PREFIX) || value === undefined) continue;
    input[settingByVariable.get(variable) ?? variable] = value;
  }
  return parseSettings(schema, input, 'The environment of the function (made from config/<stage>.yml)');
}
