/** The sums of a function's batch metrics. */
export interface BatchCounters {
  batches: number;
  received: number;
  unsettled: number;
  deadLettered: number;
  /** The number of repeats: requests and entries for Kinesis, writes for DocumentDB. */
  retries: number;
}

export const noBatches = (): BatchCounters => ({ batches: 0, received: 0, unsettled: 0, deadLettered: 0, retries: 0 });

const RETRY_METRICS = ['RequestsFailed', 'EntriesRefused', 'WriteRetries'];

/** Adds a log line's metrics, if the line is in CloudWatch's embedded metric format. */
export function addLogLine(counters: BatchCounters, line: string): void {
  const metrics = metricsOf(line);
  if (metrics === undefined) return;
  const value = (name: string) => Number(metrics[name] ?? 0);
  counters.batches += 1;
  counters.received += value('RecordsReceived');
  counters.unsettled += value('RecordsUnsettled');
  counters.deadLettered += value('RecordsDeadLettered');
  counters.retries += RETRY_METRICS.reduce((sum, name) => sum + value(name), 0);
}

function metricsOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{"_aws"')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // a truncated line
  }
}
