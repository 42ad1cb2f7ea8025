import { placeholdersOf } from '../../functions/documentdb-sink/connector/placeholders.ts';

/** The cluster of this machine, and who the function is there. */
export interface LocalCluster {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** The first of 6,400 characters that no text holds: https://www.unicode.org/charts/PDF/UE000.pdf */
const PRIVATE_USE = 0xe000;

const PARTS = /^(mongodb(?:\+srv)?:\/\/)(?:([^@/]*)@)?([^/?]+)(\/[^?]*)?(?:\?(.*))?$/;

/**
 * A connector's `connection.uri` for the cluster of this machine: placeholders stay, to be filled in as in AWS; literal
 * hosts and credentials give way, and so does the name of the replica set.
 */
export function localConnectionUri(uri: string, { host, port, username, password }: LocalCluster): string {
  // A placeholder may hold what separates the parts: it is one character meanwhile.
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
  if (hosts === '') return uri; // one placeholder for all of it
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
 * What the secrets hold that a connection string names, one JSON object each; a field's name says which part of the
 * connection it is, and one that says nothing is the connection string.
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

/** The same settings with another `connection.uri`. @param packaged as they are put beside the function */
export const withConnectionUri = (packaged: string, uri: string): string =>
  JSON.stringify({ ...JSON.parse(packaged), 'connection.uri': uri }, null, 2);
