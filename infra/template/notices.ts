import type { Deployment } from './deployment.ts';

/** What of a connector's file has no effect: accepted, because it did no harm where it comes from, and said. */
export function noticesOf({ connector: named }: Deployment): readonly string[] {
  if (named === undefined) return [];
  const { path, connector } = named;
  const meaningless = connector.meaningless.map(({ name, reason }) => `${name}: ${reason}`);
  return [
    ...section(
      `${path}: ${connector.ignored.length} of its settings are ignored, as Kafka Connect does`,
      connector.ignored,
    ),
    ...section(`${path}: ${meaningless.length} of its settings have no meaning here`, meaningless),
  ];
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  - ${line}`)];
