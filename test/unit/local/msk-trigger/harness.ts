import type { Command, GivenUp, LogRecord } from '../../../../local/msk-trigger/machine/commands.ts';
import { createTriggerMachine, type TriggerMachine } from '../../../../local/msk-trigger/machine/machine.ts';
import type { MachineSettings } from '../../../../local/msk-trigger/machine/settings.ts';

/** Batches of 4, a window of a second, no backoff growth: small numbers that show what happens. */
const SETTINGS: MachineSettings = {
  topic: 'orders',
  batchRecordsMax: 4,
  windowMs: 1_000,
  payloadBytesMax: 10_000,
  envelopeBytes: 100,
  partialFailureRetry: 'listedOnly',
  reportsItemFailures: true,
  retriesMax: Number.POSITIVE_INFINITY,
  recordAgeMaxMs: Number.POSITIVE_INFINITY,
  bisects: false,
  hasDestination: false,
  pollers: 1,
  invocationsPerPollerMax: 5,
  backoff: { firstMs: 100, maxMs: 100 },
  bufferBytesMax: 1_000_000,
};

export const THROWN = { kind: 'failed', errorType: 'Error' } as const;
export const SUCCESS = { kind: 'answered', payload: 'null' } as const;

/** An answer that names these offsets. */
export function failures(...items: readonly (readonly [string, number])[]) {
  const batchItemFailures = items.map(([partition, offset]) => ({ itemIdentifier: { partition, offset } }));
  return { kind: 'answered' as const, payload: JSON.stringify({ batchItemFailures }) };
}

/** Records `from..to`, both included, of 10 bytes, as old as the harness's clock at its start. */
export function records(from: number, to: number = from, extra: Partial<LogRecord> = {}): LogRecord[] {
  return Array.from({ length: to - from + 1 }, (_, i) => ({ offset: from + i, timestampMs: 0, bytes: 10, ...extra }));
}

type Batch = Readonly<Record<string, readonly number[]>>;

interface Open {
  readonly id: number;
  readonly batch: Batch;
}

/** Drives one machine by hand and notes what it commands. */
export class Harness {
  readonly machine: TriggerMachine<LogRecord>;
  readonly open: Open[] = [];
  readonly deliveries: { readonly id: number; readonly failure: GivenUp<LogRecord> }[] = [];
  readonly commits: Record<string, number[]> = {};
  nowMs = 0;

  constructor(settings: Partial<MachineSettings> = {}, positions: ReadonlyMap<number, number> = startsAtZero(3)) {
    this.machine = createTriggerMachine({ ...SETTINGS, ...settings }, positions);
  }

  arrive(partition: number, arrived: readonly LogRecord[], nextOffset?: number): this {
    const arrival = { partition, records: arrived, ...(nextOffset === undefined ? {} : { nextOffset }) };
    return this.#note(this.machine.recordsArrived(arrival, this.nowMs));
  }

  pass(ms: number): this {
    this.nowMs += ms;
    return this.#note(this.machine.timePassed(this.nowMs));
  }

  scaledTo(pollers: number): this {
    return this.#note(this.machine.scaledTo(pollers, this.nowMs));
  }

  /** Ends the oldest open invocation. */
  end(result: Parameters<TriggerMachine<LogRecord>['invocationEnded']>[1]): this {
    const invocation = this.open.shift();
    if (invocation === undefined) throw new Error('no invocation is open');
    return this.#note(this.machine.invocationEnded(invocation.id, result, this.nowMs));
  }

  delivered(isDelivered = true): this {
    const delivery = this.deliveries.shift();
    if (delivery === undefined) throw new Error('no delivery is open');
    return this.#note(this.machine.failureDelivered(delivery.id, isDelivered, this.nowMs));
  }

  /** What the open invocations hold, oldest first. */
  get sent(): readonly Batch[] {
    return this.open.map((invocation) => invocation.batch);
  }

  #note(commands: readonly Command<LogRecord>[]): this {
    for (const command of commands) {
      if (command.kind === 'invoke') this.open.push({ id: command.id, batch: offsets(command.batch) });
      else if (command.kind === 'deliverFailure') this.deliveries.push(command);
      else {
        this.commits[command.topicPartition] ??= [];
        this.commits[command.topicPartition]?.push(command.offset);
      }
    }
    return this;
  }
}

export function offsets(batch: GivenUp<LogRecord>['batch']): Batch {
  return Object.fromEntries(batch.map((part) => [part.topicPartition, part.records.map((record) => record.offset)]));
}

export function startsAtZero(partitions: number): ReadonlyMap<number, number> {
  return new Map(Array.from({ length: partitions }, (_, partition) => [partition, 0]));
}
