import type { Outcome } from './view.ts';

/** What a line of a function's output says of an invocation. */
export type LogLine =
  | { readonly kind: 'batch'; readonly requestId: string; readonly outcome: Outcome; readonly codes: readonly string[] }
  /** The metrics of the batch whose line the same process wrote before. */
  | { readonly kind: 'metrics'; readonly resentCount: number };

const RESENT_METRICS = ['EntriesRetried', 'RequestsFailed', 'WriteRetries'];

type Fields = Readonly<Record<string, unknown>>;

/** Undefined for any other line. */
export function readLogLine(line: string): LogLine | undefined {
  const fields = parse(line);
  if (fields === undefined) return undefined;
  if ('_aws' in fields) {
    return { kind: 'metrics', resentCount: RESENT_METRICS.reduce((sum, name) => sum + count(fields[name]), 0) };
  }
  const { message, function_request_id: requestId } = fields;
  if (typeof requestId !== 'string' || (message !== 'batch_settled' && message !== 'records_unsettled'))
    return undefined;
  const ignored = Object.values((fields['ignored'] ?? {}) as Fields).reduce<number>((sum, by) => sum + count(by), 0);
  const outcome = {
    written: count(fields['writtenCount']),
    ignored,
    deadLettered: count(fields['deadLetteredCount']),
    unsettled: count(fields['unsettledCount']),
  };
  return { kind: 'batch', requestId, outcome, codes: codesOf(fields['partitions']) };
}

function codesOf(partitions: unknown): readonly string[] {
  if (!Array.isArray(partitions)) return [];
  return [...new Set(partitions.flatMap(({ codes }) => Object.keys(codes ?? {})))];
}

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

function parse(line: string): Fields | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // a truncated line
  }
}
