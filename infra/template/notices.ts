import type { Deployment } from './deployment.ts';

/** What of a connector's file has no effect: accepted, because it did no harm where it comes from, and said. */
export function noticesOf({ connector: named, stage }: Deployment): readonly string[] {
  if (named === undefined) return [];
  const { path, connector, connection } = named;
  const dropped = connection.dropped.map(({ name, reason }) => ({ name: `connection.uri, option ${name}`, reason }));
  const meaningless = [...connector.meaningless, ...dropped].map(({ name, reason }) => `${name}: ${reason}`);
  const isLocal = stage !== 'local' && LOCALHOST.test(connector.connectionUri);
  return [
    ...section(
      `${path}: ${connector.ignored.length} of its settings are ignored, as Kafka Connect does`,
      connector.ignored,
    ),
    ...section(`${path}: ${meaningless.length} of its settings have no meaning here`, meaningless),
    ...(isLocal ? [`${path}: connection.uri ${NOT_IN_AWS}`] : []),
  ];
}

/** The connector's default is one of them. */
const LOCALHOST = /^mongodb:\/\/(?:[^@/]*@)?(?:localhost|127\.0\.0\.1)(?=[:/,?]|$)/;
const NOT_IN_AWS =
  "is mongodb://localhost, as by default, where a function in AWS finds no cluster: name the cluster's endpoint";

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  - ${line}`)];
