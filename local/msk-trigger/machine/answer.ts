/** The meaning of a function's answer for its batch. */
export type Answer =
  | { readonly kind: 'success' }
  /** Offsets that failed, by key of `event.records`; never empty. */
  | { readonly kind: 'failures'; readonly offsets: ReadonlyMap<string, ReadonlySet<number>> }
  /** The whole batch counts as failed. `reason` quotes nothing of the answer. */
  | { readonly kind: 'invalid'; readonly reason: string };

const SUCCESS: Answer = { kind: 'success' };

/**
 * Reads an answer for a mapping with ReportBatchItemFailures. `null`, `{}` and an empty or null list are success. An item that was
 * not in the event, or whose identifier is not `{ partition, offset }`, fails the whole batch. AWS does not document an answer that
 * is not an object, or a list that is not an array; both count as failure, so that no record is lost.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
 *
 * @param wasSent whether a record was in the event
 */
export function readAnswer(payload: string, wasSent: (topicPartition: string, offset: number) => boolean): Answer {
  const answer = parse(payload);
  if (answer === null) return SUCCESS;
  if (!isObject(answer)) return { kind: 'invalid', reason: 'the answer is not a JSON object' };
  const items = answer['batchItemFailures'] ?? [];
  if (!Array.isArray(items)) return { kind: 'invalid', reason: 'batchItemFailures is not an array' };
  if (items.length === 0) return SUCCESS;
  return readItems(items, wasSent);
}

function readItems(items: readonly unknown[], wasSent: (topicPartition: string, offset: number) => boolean): Answer {
  const offsets = new Map<string, Set<number>>();
  for (const item of items) {
    const identifier = isObject(item) ? item['itemIdentifier'] : undefined;
    if (!isObject(identifier)) return { kind: 'invalid', reason: 'an itemIdentifier is not an object' };
    const { partition, offset } = identifier;
    if (typeof partition !== 'string' || typeof offset !== 'number') {
      return { kind: 'invalid', reason: 'an itemIdentifier lacks a string partition or a number offset' };
    }
    if (!wasSent(partition, offset)) return { kind: 'invalid', reason: 'an itemIdentifier was not in the event' };
    const ofPartition = offsets.get(partition);
    if (ofPartition === undefined) offsets.set(partition, new Set([offset]));
    else ofPartition.add(offset);
  }
  return { kind: 'failures', offsets };
}

/** undefined if the text is not JSON. */
function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
