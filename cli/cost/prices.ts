import read from './prices.json' with { type: 'json' };

export type PriceName = keyof typeof read.prices;

/**
 * Where the figure was read. `provider`: a text of AWS names the figure. `others`: pages of other authors name the figure
 * and cite the provider's page. `yours`: `--prices` or `--price`.
 */
export type Evidence = 'provider' | 'others' | 'yours';

export interface Price {
  readonly dollars: number;
  /** What is sold, in the singular. */
  readonly unit: string;
  /** The page of the provider, or the file or option that overrides it. */
  readonly source: string;
  readonly evidence: Evidence;
}

export interface PriceList {
  readonly region: string;
  /** The day, as 2026-11-29. */
  readonly readOn: string;
  readonly prices: Readonly<Record<PriceName, Price>>;
}

export const PRICES = read as PriceList;

const isPriceName = (name: string): name is PriceName => Object.hasOwn(PRICES.prices, name);

/**
 * @param dollars by the name of the price
 * @param source where they are written
 * @throws Error that names the price that is unknown or no amount
 */
export function overridePrices(list: PriceList, dollars: Readonly<Record<string, unknown>>, source: string): PriceList {
  const prices: Record<PriceName, Price> = { ...list.prices };
  for (const [name, amount] of Object.entries(dollars)) {
    if (!isPriceName(name)) {
      throw new Error(
        `${source}: there is no price ${JSON.stringify(name)}; prices are ${Object.keys(prices).join(', ')}`,
      );
    }
    if (typeof amount !== 'number' || !Number.isFinite(amount) || amount < 0) {
      throw new Error(`${source}: ${name} must be an amount of dollars, 0 or more`);
    }
    prices[name] = { ...prices[name], dollars: amount, source, evidence: 'yours' };
  }
  return { ...list, prices };
}
