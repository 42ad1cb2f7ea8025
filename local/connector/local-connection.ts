import { placeholdersOf } from '../../functions/documentdb-sink/target/placeholders.ts';

/** The local cluster and the function's user there. */
export interface LocalCluster {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** The first of 6,400 private use characters, which no text contains: https://www.unicode.org/charts/PDF/UE000.pdf */
const PRIVATE_USE = 0xe000;

const PARTS = /^(mongodb(?:\+srv)?:\/\/)(?:([^@/]*)@)?([^/?]+)(\/[^?]*)?(?:\?(.*))?$/;

/**
 * Rewrites a connector's `connection.uri` for the local cluster. Placeholders stay and are resolved as in AWS; literal hosts,
 * credentials and the replica set's name are replaced.
 */
export function localConnectionUri(uri: string, { host, port, username, password }: LocalCluster): string {
  // A placeholder may contain separators, so a private use character replaces it while the URI is split.
  const placeholders = placeholdersOf(uri).map(({ text }) => text);
  const bare = placeholders.reduce(
    (text, each, index) => text.replace(each, String.fromCharCode(PRIVATE_USE + index)),
    uri,
  );
  const whole = (part: string) =>
    placeholders.reduce(
      (text, each, index) => text.replace(String.fromCharCode(PRIVATE_USE + index), () => each),
      part,
    );
  const [login = '', hosts = '', path = '/', query = ''] = (PARTS.exec(bare) ?? [])
    .slice(2)
    .map((part) => part && whole(part));
  if (hosts === '') return uri; // one placeholder for the whole URI
  const options = query.split('&').filter((option) => option !== '' && !/^replicaSet=/i.test(option));
  return [
    'mongodb://',
    login.includes('${') ? login : `${encodeURIComponent(username)}:${encodeURIComponent(password)}`,
    '@',
    hosts.includes('${') ? hosts : `${host}:${port}`,
    path,
    options.length === 0 ? '' : `?${options.join('&')}`,
  ].join('');
}

/**
 * The contents of the secrets that a connection string names, one JSON object each. The field's name decides which part of the
 * connection it holds; a field with any other name holds the whole connection string.
 */
export function localSecrets(
  uri: string,
  cluster: LocalCluster,
): ReadonlyMap<string, Readonly<Record<string, string | number>>> {
  const secrets = new Map<string, Record<string, string | number>>();
  for (const { path, key } of placeholdersOf(uri)) {
    secrets.set(path, { ...secrets.get(path), [key]: fieldOf(key, cluster) });
  }
  return secrets;
}

function fieldOf(key: string, cluster: LocalCluster): string | number {
  if (/pass|pwd/i.test(key)) return cluster.password;
  if (/user|login/i.test(key)) return cluster.username;
  if (/port/i.test(key)) return cluster.port;
  if (/host|endpoint|server/i.test(key)) return cluster.host;
  return localConnectionUri('mongodb://cluster/?authSource=admin&tls=true', cluster);
}

/** The same settings with another `connection.uri`. @param packaged the settings as packaged with the function */
export const withConnectionUri = (packaged: string, uri: string): string =>
  JSON.stringify({ ...JSON.parse(packaged), 'connection.uri': uri }, null, 2);
