import type { Delivery, Reading } from './scratch-function.ts';

/** What a run leaves: the events as Lambda delivered them, without what belongs to an account. */
export function fixtureOf(deliveries: readonly Delivery[], reading: Reading, scratchName: string): string {
  const text = JSON.stringify({ reading, deliveries }, null, 2).replaceAll(scratchName, 'scratch');
  return `${text
    .replaceAll(/arn:(aws[a-z-]*):kafka:([a-z0-9-]+):\d{12}:[^"]+/g, `arn:$1:kafka:$2:111111111111:${CLUSTER}`)
    .replaceAll(/("bootstrapServers": )"[^"]*"/g, '$1"b-1.orders.example:9098"')}\n`;
}

const CLUSTER = 'cluster/orders/11111111-2222-3333-4444-555555555555-1';
