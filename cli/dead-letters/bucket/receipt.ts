import * as v from 'valibot';

/** The offsets of settled records, by `<topic>-<partition>`. */
export type Settled = ReadonlyMap<string, ReadonlySet<number>>;

export const RECEIPTS_PREFIX = 'redriven/';

/**
 * The key of an object's receipt, which says what a redrive settled. Dead letters stay as they are: the receipt is the mark.
 */
export const receiptKey = (key: string): string => `${RECEIPTS_PREFIX}${key}`;

export function receiptText(settled: Settled, atMs: number): string {
  const offsets = [...settled].map(([topicPartition, own]) => [topicPartition, [...own].sort((a, b) => a - b)]);
  return JSON.stringify({ version: 1, at: new Date(atMs).toISOString(), settled: Object.fromEntries(offsets) });
}

const receiptForm = v.object({ version: v.literal(1), settled: v.record(v.string(), v.array(v.number())) });

/** Without evidence nothing is settled: a receipt that cannot be read says nothing. */
export function readReceipt(text: string | undefined): Settled {
  const { success, output } = v.safeParse(receiptForm, jsonOf(text));
  return new Map(success ? Object.entries(output.settled).map(([name, offsets]) => [name, new Set(offsets)]) : []);
}

function jsonOf(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
