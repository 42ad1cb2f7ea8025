import { createMeter, type Log, type LogFields, type Metric } from '../../shared/telemetry/telemetry.ts';

export interface LogLine {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly fields: LogFields;
}

/** A log and a meter that keep everything. */
export function recordedTelemetry() {
  const lines: LogLine[] = [];
  const meter = createMeter();
  const log: Log = {
    info: (message, fields) => lines.push({ level: 'info', message, fields }),
    warn: (message, fields) => lines.push({ level: 'warn', message, fields }),
  };
  const metrics = (): Readonly<Record<string, number>> =>
    Object.fromEntries(meter.take().map(({ name, value }: Metric) => [name, value]));
  return { log, meter, lines, metrics };
}
