import { describeForeign } from '../../../../shared/errors.ts';
import { FatalError } from '../fatal-error.ts';
import { type Placeholder, placeholdersOf } from '../placeholders.ts';
import type { ReadText } from './aws-readers.ts';
import { fitInto, masked } from './uri-places.ts';

/** `secretsManager`, `parameterStore`: https://github.com/aws-samples/msk-config-providers */
export type ProviderKind = 'secretsManager' | 'parameterStore' | 's3Import' | 'environment';

/** The kind of a provider by its class in `config.providers.<alias>.class`. */
export const PROVIDER_CLASSES: ReadonlyMap<string, ProviderKind> = new Map([
  ['com.amazonaws.kafka.config.providers.SecretsManagerConfigProvider', 'secretsManager'],
  ['com.amazonaws.kafka.config.providers.SsmParamStoreConfigProvider', 'parameterStore'],
  ['com.amazonaws.kafka.config.providers.S3ImportConfigProvider', 's3Import'],
  ['org.apache.kafka.common.config.provider.EnvVarConfigProvider', 'environment'],
]);

/**
 * Aliases that need no declaration: MSK Connect declares its providers in the worker's configuration, which this
 * project cannot read.
 */
export const PROVIDER_ALIASES: ReadonlyMap<string, ProviderKind> = new Map([
  ['sm', 'secretsManager'],
  ['secretsmanager', 'secretsManager'],
  ['secretManager', 'secretsManager'],
  ['secretsManager', 'secretsManager'],
  ['ssm', 'parameterStore'],
  ['s3import', 's3Import'],
  ['env', 'environment'],
]);

/** The kind of each alias that a file may use. The file's own declarations override the usual aliases. */
export const providerKinds = (classes: ReadonlyMap<string, string>): ReadonlyMap<string, ProviderKind> =>
  new Map([
    ...PROVIDER_ALIASES,
    ...[...classes].flatMap(([alias, name]) => {
      const kind = PROVIDER_CLASSES.get(name);
      return kind === undefined ? [] : [[alias, kind] as const];
    }),
  ]);

/**
 * The function's variable for a variable of the packaging command. Lambda refuses names of one letter, and names with other
 * characters than letters, digits and `_`: https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html
 */
export const lambdaVariable = (name: string): string =>
  /^[A-Za-z][A-Za-z0-9_]+$/.test(name) ? name : `CONNECTOR_VARIABLE_${Buffer.from(name).toString('hex')}`;

type Environment = Readonly<Record<string, string | undefined>>;

/** The value of `${env:name}`, in the environment of the packaging command and in that of the function. */
export const variableIn = (environment: Environment, name: string): string | undefined =>
  environment[name] ?? environment[lambdaVariable(name)];

/** The secrets (name or ARN) and parameters (name) that texts refer to, each once. */
export function sourcesOf(texts: readonly string[], providers: ReadonlyMap<string, string>) {
  const kinds = providerKinds(providers);
  const found = texts.flatMap(placeholdersOf);
  const namesOf = (kind: ProviderKind, nameOf: (placeholder: Placeholder) => string) => [
    ...new Set(found.filter(({ provider }) => kinds.get(provider) === kind).map(nameOf)),
  ];
  return {
    secrets: namesOf('secretsManager', ({ path }) => path),
    parameters: namesOf('parameterStore', ({ key }) => key),
  };
}

export interface ProviderPorts {
  readonly readSecret: ReadText;
  readonly readParameter: ReadText;
  readonly environment: Environment;
}

/**
 * Replaces the placeholders of a connection string, or of another text, by their values. Each secret and each parameter is read once.
 * @param kinds the kind of each alias
 * @param where the property, for errors
 * @throws FatalError that names the placeholder and never quotes its value
 */
export async function resolvePlaceholders(
  value: string,
  kinds: ReadonlyMap<string, ProviderKind>,
  ports: ProviderPorts,
  signal: AbortSignal,
  where = 'connection.uri',
): Promise<string> {
  const read = readOnce(ports, signal);
  const parts = placeholdersOf(value);
  const values = await Promise.all(
    parts.map((part) => contentOf(part, kinds.get(part.provider), read, { ...ports, where })),
  );
  return filledIn(value, parts, values);
}

/**
 * The connection string with each placeholder replaced by its content, encoded for its place. Placeholders inside of a
 * content are not replaced.
 */
export function filledIn(
  uri: string,
  placeholders: readonly Placeholder[],
  contents: readonly (string | undefined)[],
): string {
  const fitted = fitInto(masked(uri, placeholders));
  let at = 0;
  const pieces = placeholders.flatMap(({ text }, index) => {
    const start = uri.indexOf(text, at);
    const before = uri.slice(at, start);
    const content = contents[index];
    at = start + text.length;
    return [before, content === undefined ? text : fitted(text, start, content)];
  });
  return [...pieces, uri.slice(at)].join('');
}

type ReadFrom = (kind: 'secretsManager' | 'parameterStore', name: string) => Promise<string | undefined>;

function readOnce({ readSecret, readParameter }: ProviderPorts, signal: AbortSignal): ReadFrom {
  const known = new Map<string, Promise<string | undefined>>();
  return (kind, name) => {
    const id = `${kind} ${name}`;
    const value = known.get(id) ?? (kind === 'secretsManager' ? readSecret : readParameter)(name, signal);
    known.set(id, value);
    return value;
  };
}

async function contentOf(
  { text, provider, path, key }: Placeholder,
  kind: ProviderKind | undefined,
  read: ReadFrom,
  { environment, where }: Pick<ProviderPorts, 'environment'> & { readonly where: string },
): Promise<string> {
  const missing = unresolved(where);
  switch (kind) {
    case 'secretsManager':
      return (
        fieldOf(await asked(read(kind, path), text, missing), key) ??
        missing(text, 'the secret has no field with this name')
      );
    case 'parameterStore':
      return (await asked(read(kind, key), text, missing)) ?? missing(text, 'the parameter has no value');
    case 'environment':
      return variableIn(environment, key) ?? missing(text, 'the function has no environment variable with this name');
    case 's3Import':
      return missing(text, `${where} cannot contain a file from S3`);
    case undefined:
      return missing(text, `config.providers does not list ${provider}`);
  }
}

const asked = (
  answer: Promise<string | undefined>,
  text: string,
  missing: (text: string, why: string) => never,
): Promise<string | undefined> =>
  answer.catch((error: unknown) => missing(text, `AWS did not return the value (${describeForeign(error)})`));

/** A field of a secret that is a JSON object, as text. */
function fieldOf(secret: string | undefined, name: string): string | undefined {
  try {
    const value = (JSON.parse(secret ?? '') as Readonly<Record<string, unknown>>)[name];
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? `${value}`
      : undefined;
  } catch {
    return undefined; // no object; the error quotes the secret
  }
}

const unresolved =
  (where: string) =>
  (text: string, why: string): never => {
    throw new FatalError('credentials_unavailable', `${where}: cannot resolve ${text}: ${why}`, { scope: 'target' });
  };
