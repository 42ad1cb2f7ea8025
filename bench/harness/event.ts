/** How an event's records look. */
export interface EventShape {
  readonly records: number;
  readonly partitions: number;
  /** Of a value; a value of less than 200 bytes is longer. */
  readonly valueBytes: number;
  /** Distinct keys; default: each record has a key of its own. */
  readonly keys?: number;
  /** `json`: `{"_id":"order-1"}`, as connectors have them; default: `order-1`. */
  readonly keyFormat?: 'text' | 'json';
}

/** The text of an event with orders. @param firstOffset of every partition; it also makes the keys of two events differ */
export function eventText(shape: EventShape, firstOffset: number): string {
  const { records, partitions, valueBytes, keys = records, keyFormat = 'text' } = shape;
  const byPartition: Record<string, object[]> = {};
  for (let partition = 0; partition < partitions; partition += 1) byPartition[`orders-${partition}`] = [];
  for (let index = 0; index < records; index += 1) {
    const partition = index % partitions;
    const key = `order-${firstOffset * partitions + (index % keys)}`;
    byPartition[`orders-${partition}`]?.push({
      topic: 'orders',
      partition,
      offset: firstOffset + Math.floor(index / partitions),
      timestamp: Date.now(),
      timestampType: 'CREATE_TIME',
      key: base64(keyFormat === 'json' ? JSON.stringify({ _id: key }) : key),
      value: base64(orderJson(firstOffset * partitions + index, valueBytes)),
      headers: [],
    });
  }
  const eventSourceArn = 'arn:aws:kafka:eu-west-1:111111111111:cluster/bench/11111111-2222-3333-4444-555555555555-1';
  return JSON.stringify({
    eventSource: 'aws:kafka',
    eventSourceArn,
    bootstrapServers: 'b-1.bench:9098',
    records: byPartition,
  });
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** An order with lines: strings, whole numbers, fractions, nested documents. */
function orderJson(number: number, bytes: number): string {
  const order: Record<string, unknown> = {
    orderId: number,
    customer: `c${number % 97}`,
    total: 12.5 + (number % 7),
    createdAt: '2026-11-22T00:00:00Z',
    status: 'PAID',
  };
  const lines: object[] = [];
  let length = JSON.stringify({ ...order, lines }).length;
  for (let line = 0; line < 40; line += 1) {
    const item = { sku: `sku-${line}-${number}`, quantity: line + 1, price: 3.25 * line, note: 'x'.repeat(60) };
    const itemLength = JSON.stringify(item).length + 1;
    if (length + itemLength + 20 > bytes) break;
    lines.push(item);
    length += itemLength;
  }
  const missing = bytes - length - ',"pad":""'.length;
  return JSON.stringify({ ...order, lines, ...(missing > 0 && { pad: 'y'.repeat(missing) }) });
}
