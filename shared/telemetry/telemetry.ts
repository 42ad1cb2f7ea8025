import type { MetricName } from './metric-names.ts';

/** The namespace of the functions' metrics in CloudWatch. */
export const METRICS_NAMESPACE = 'msk-sinks';

export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Messages are constant and facts are fields; never a payload, key, header, credential or a foreign error's message
 * (G7).
 */
export interface Log {
  info(message: string, fields: LogFields): void;
  warn(message: string, fields: LogFields): void;
}

export type MetricUnit = 'Count' | 'Milliseconds' | 'Seconds' | 'Bytes';

export interface Metric {
  readonly name: MetricName;
  readonly unit: MetricUnit;
  readonly value: number;
}

/** Collects measurements during a batch. One value per name is published with the batch. */
export interface Meter {
  /** Adds to a sum. The unit is `Count` by default. */
  count(name: MetricName, by?: number, unit?: MetricUnit): void;
  /** Keeps the greatest value. */
  peak(name: MetricName, value: number, unit: MetricUnit): void;
  /** Keeps the least value. */
  least(name: MetricName, value: number, unit: MetricUnit): void;
}

export interface BatchMeter extends Meter {
  /** Returns the metrics since the last call. */
  take(): readonly Metric[];
}

export function createMeter(): BatchMeter {
  const metrics = new Map<MetricName, Metric>();
  return {
    count(name, by = 1, unit = 'Count') {
      metrics.set(name, { name, unit, value: (metrics.get(name)?.value ?? 0) + by });
    },
    peak(name, value, unit) {
      metrics.set(name, { name, unit, value: Math.max(metrics.get(name)?.value ?? value, value) });
    },
    least(name, value, unit) {
      metrics.set(name, { name, unit, value: Math.min(metrics.get(name)?.value ?? value, value) });
    },
    take() {
      const taken = [...metrics.values()];
      metrics.clear();
      return taken;
    },
  };
}
