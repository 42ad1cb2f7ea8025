/** What a function said of its batches in its metric lines, added up. */
export interface BatchCounters {
  batches: number;
  received: number;
  unsettled: number;
  deadLettered: number;
}

export const noBatches = (): BatchCounters => ({ batches: 0, received: 0, unsettled: 0, deadLettered: 0 });

/** Adds a line of a function's log if it is one of metrics (CloudWatch's embedded metric format). */
export function addLogLine(counters: BatchCounters, line: string): void {
  const metrics = metricsOf(line);
  if (metrics === undefined) return;
  const value = (name: string) => Number(metrics[name] ?? 0);
  counters.batches += 1;
  counters.received += value('RecordsReceived');
  counters.unsettled += value('RecordsUnsettled');
  counters.deadLettered += value('RecordsDeadLettered');
}

function metricsOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{"_aws"')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // a line that was cut off
  }
}
