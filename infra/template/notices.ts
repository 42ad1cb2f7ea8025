import type { Deployment } from './deployment.ts';

/** What of a connector's file has no meaning here: accepted, because it did no harm where it comes from, and said. */
export function noticesOf({ connector }: Deployment): readonly string[] {
  const meaningless = connector?.connector.meaningless ?? [];
  if (connector === undefined || meaningless.length === 0) return [];
  return [
    `${connector.path}: ${meaningless.length} of its settings have no meaning here`,
    ...meaningless.map(({ name, reason }) => `  - ${name}: ${reason}`),
  ];
}
