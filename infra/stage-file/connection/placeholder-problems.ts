import type { ProviderKind } from '../../../functions/documentdb-sink/target/connection/config-providers.ts';
import { type Placeholder, placeholdersOf } from '../../../functions/documentdb-sink/target/placeholders.ts';
import type { Surroundings } from '../project-files.ts';

/**
 * Placeholders that the function could never fill in. Each problem completes the name of a property: "contains ..".
 * @param kinds the kind of each config provider
 */
export const placeholderProblems = (
  text: string,
  kinds: ReadonlyMap<string, ProviderKind>,
  environment: Surroundings['environment'],
): readonly string[] =>
  placeholdersOf(text).flatMap((placeholder) => {
    const why = problemOf(placeholder, kinds.get(placeholder.provider), environment);
    return why === undefined ? [] : [`contains ${placeholder.text}${why}`];
  });

function problemOf(
  { provider, path, key }: Placeholder,
  kind: ProviderKind | undefined,
  environment: Surroundings['environment'],
): string | undefined {
  switch (kind) {
    case undefined:
      return `, but no config provider has the name ${provider}: declare its class, or use sm, ssm or env`;
    case 's3Import':
      return ', but s3import returns a file: use sm, ssm or env';
    case 'environment':
      return environment[key] === undefined ? `: set ${key} in the environment of this command` : undefined;
    case 'secretsManager':
      return path === '' || key === ''
        ? `, which names no field of a secret: write \${${provider}:NAME:FIELD}`
        : undefined;
    case 'parameterStore':
      return key === '' ? `, which names no parameter: write \${${provider}::PARAMETER}` : undefined;
  }
}
