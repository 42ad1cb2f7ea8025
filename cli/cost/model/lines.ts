import type { Price, PriceList, PriceName } from '../prices.ts';

export interface CostLine {
  readonly what: string;
  /** Of `price.unit`, in a month of 730 hours. */
  readonly quantity: number;
  readonly price: Price & { readonly name: PriceName; readonly region: string };
  readonly dollarsPerMonth: number;
}

/** One way to bring the records to a target. */
export interface Way {
  readonly name: string;
  readonly target: 'Kinesis' | 'DocumentDB';
  /** Pollers, concurrency, connections and the like. */
  readonly size: Readonly<Record<string, number>>;
  readonly lines: readonly CostLine[];
  /** What this traffic does not fit into, and what was assumed. */
  readonly notes: readonly string[];
}

export const HOURS_A_MONTH = 730;
export const SECONDS_A_MONTH = HOURS_A_MONTH * 3_600;

export function line({ prices, region }: PriceList, name: PriceName, what: string, quantity: number): CostLine {
  const price = prices[name];
  return { what, quantity, price: { name, ...price, region }, dollarsPerMonth: quantity * price.dollars };
}

export const dollarsPerMonth = ({ lines }: Way): number => lines.reduce((sum, each) => sum + each.dollarsPerMonth, 0);

export const perMillion = (monthly: number, recordsPerSecond: number): number =>
  (monthly / (recordsPerSecond * SECONDS_A_MONTH)) * 1e6;
