import { seededRandom } from '../seeded-random.ts';

/** The records of a shop: orders that are placed, changed and deleted, and now and then a poison record. */
export interface OrderRecord {
  /** `null`: a record without a key. */
  readonly key: string | null;
  /** `null`: a tombstone, the order is deleted. */
  readonly value: string | null;
  /** Why the record is poison; `undefined` for a valid record. */
  readonly poison: PoisonKind | undefined;
}

/**
 * `notJson` and `noKey` make no document; `oversized` exceeds the limit of a Kinesis record. `refused` breaks the rule of
 * collection-rule.ts, and is never part of the stream.
 */
export type PoisonKind = 'notJson' | 'noKey' | 'oversized' | 'refused';

export interface OrderStreamOptions {
  /** The same seed gives the same records. */
  readonly seed: number;
  /** The length of an ordinary value, from {@link VALUE_BYTES_MIN} to {@link VALUE_BYTES_MAX}. */
  readonly valueBytes: number;
}

/** The length of the longest order without its note. */
export const VALUE_BYTES_MIN = 512;
/** With a key, still within the limit of a Kinesis record. */
export const VALUE_BYTES_MAX = 1_000_000;

const OPEN_ORDERS_MAX = 2_000;
const OVERSIZED_BYTES = 1_200_000;
/** One poison record of each kind early, so that a short run has them all; later one at a fixed interval. */
const FIRST_POISON: Readonly<Record<number, PoisonKind>> = { 10: 'notJson', 20: 'noKey', 30: 'oversized' };
const POISON_EVERY = 1_500;
const POISON_KINDS: readonly PoisonKind[] = ['notJson', 'noKey', 'oversized'];

interface Order {
  readonly id: string;
  revision: number;
}

export function* orderStream({ seed, valueBytes }: OrderStreamOptions): Generator<OrderRecord, never> {
  const random = seededRandom(seed);
  const open: Order[] = [];
  const pick = () => Math.floor(random() * open.length);
  for (let index = 0; ; index += 1) {
    const poison = poisonAt(index);
    if (poison !== undefined) {
      yield poisonRecord(poison, `order-${poison}-${index}`, valueBytes);
      continue;
    }
    const die = random();
    if (open.length > 0 && (die < 0.08 || open.length > OPEN_ORDERS_MAX)) {
      const [gone] = open.splice(pick(), 1);
      yield { key: gone?.id ?? null, value: null, poison: undefined };
      continue;
    }
    const changed = die < 0.6 ? open[pick()] : undefined;
    const order = changed ?? { id: `order-${String(index).padStart(7, '0')}`, revision: 0 };
    if (changed === undefined) open.push(order);
    order.revision += 1;
    yield { key: order.id, value: orderValue(order, random, valueBytes), poison: undefined };
  }
}

function poisonAt(index: number): PoisonKind | undefined {
  if (index > 0 && index % POISON_EVERY === 0) return POISON_KINDS[(index / POISON_EVERY) % POISON_KINDS.length];
  return FIRST_POISON[index];
}

/** @param id the record's key, if it has one: no other record may have it */
export function poisonRecord(poison: PoisonKind, id: string, valueBytes: number): OrderRecord {
  switch (poison) {
    case 'notJson':
      return { key: id, value: `<order id="${id}"/>`, poison };
    case 'noKey':
      return { key: null, value: JSON.stringify({ orderId: id, note: filler(valueBytes) }), poison };
    case 'oversized':
      return { key: id, value: JSON.stringify({ orderId: id, note: filler(OVERSIZED_BYTES) }), poison };
    case 'refused':
      return { key: id, value: JSON.stringify({ orderId: id, review: 'refused', note: filler(valueBytes) }), poison };
  }
}

const STATUSES = ['placed', 'paid', 'packed', 'sent', 'delivered'];
const CITIES = ['Århus', 'Łódź', 'København', 'Reykjavík', 'Zürich'];

function orderValue(order: Order, random: () => number, valueBytes: number): string {
  const lines = Array.from({ length: 1 + Math.floor(random() * 4) }, () => ({
    sku: `sku-${Math.floor(random() * 10_000)}`,
    count: 1 + Math.floor(random() * 9),
    price: Math.floor(random() * 50_000) / 100,
  }));
  const body = {
    orderId: order.id,
    revision: order.revision,
    status: STATUSES[Math.min(order.revision, STATUSES.length) - 1],
    customer: { id: Math.floor(random() * 2 ** 40), city: CITIES[Math.floor(random() * CITIES.length)] },
    total: lines.reduce((sum, { count, price }) => sum + count * price, 0),
    lines,
    gift: random() < 0.1,
    note: '',
  };
  const missing = valueBytes - Buffer.byteLength(JSON.stringify(body));
  return JSON.stringify({ ...body, note: filler(missing) });
}

const filler = (length: number): string =>
  'lorem ipsum '.repeat(Math.ceil(Math.max(0, length) / 12)).slice(0, Math.max(0, length));
