import { MskSinksError } from '../../../shared/errors.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { Invocation, Invoke } from '../../lambda/invocation.ts';
import type { TriggerMachine } from '../machine/machine.ts';
import type { Backoff, PartialFailureRetry } from '../machine/settings.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { Registry } from '../registry/registry.ts';
import type { FailureLetter } from './destination.ts';
import type { EventRecord, EventSource, NullAs } from './event.ts';
import type { Connection, Poller } from './poller.ts';

/** A log event; its fields hold no payload. */
export type Log = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/** What a trigger does, for an observer: no payloads, and `id` is unique within the trigger. */
export type TriggerEvent =
  | {
      readonly kind: 'invocationStarted';
      readonly id: number;
      readonly parts: readonly BatchPart[];
      readonly atMs: number;
    }
  | { readonly kind: 'invocationEnded'; readonly id: number; readonly result: Invocation; readonly atMs: number };

/** The records of one partition in a batch; offsets ascend, and may have gaps. */
export interface BatchPart {
  readonly partition: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly recordCount: number;
}

export interface TriggerOptions {
  readonly mapping: Mapping;
  /** `host:port`, separated by commas. */
  readonly bootstrapServers: string;
  readonly connection?: Connection;
  readonly invoke: Invoke;
  readonly partialFailureRetry: PartialFailureRetry;
  readonly log: Log;
  /** Called at once; must not throw. */
  readonly observe?: ((event: TriggerEvent) => void) | undefined;
  /** Writes a failure record to the on-failure destination, or rejects. Required if the mapping has a destination. */
  readonly putFailure?: (letter: FailureLetter) => Promise<void>;
  readonly clock?: Clock;
  readonly backoff?: Backoff;
  readonly nullAs?: NullAs;
  /** A fixed number. Default: between the mapping's MinimumPollers, where the trigger starts, and MaximumPollers. */
  readonly pollers?: number;
  /** Replaces the poller that connects to `bootstrapServers`. */
  readonly poller?: Poller;
}

/** The shared state of a running trigger's parts. */
export interface Run {
  readonly options: TriggerOptions;
  readonly clock: Clock;
  readonly poller: Poller;
  readonly source: EventSource;
  readonly machine: TriggerMachine<EventRecord>;
  /** Undefined where the mapping has no schema registry. */
  readonly registry: Registry | undefined;
  readonly log: Log;
  /** Logs an error's names and codes, or our own text. A foreign message may quote its input, and is never logged. */
  trouble(message: string, error: unknown): void;
  /**
   * Does what the trigger repeats until it succeeds. Of failures in a row the first is logged (`fetch_failed`), and so is the success
   * that ends the row (`fetch_works_again`). Rejects as the work does.
   */
  attempt<T>(what: Attempted, work: () => Promise<T>): Promise<T>;
}

export type Attempted = 'fetch' | 'commit' | 'schema_registry' | 'failure_delivery' | 'partitions_read' | 'lag_read';

export function newRun(options: TriggerOptions, parts: Omit<Run, 'options' | 'log' | 'trouble' | 'attempt'>): Run {
  const { logicalId: mapping, topic } = options.mapping;
  const log: Log = (message, fields) => options.log(message, { mapping, topic, ...fields });
  const trouble: Run['trouble'] = (message, error) => log(message, { causes: [...causesOf(error)] });
  const failuresInRow = new Map<Attempted, number>();
  return {
    options,
    ...parts,
    ...{ log, trouble },
    async attempt(what, work) {
      const failures = failuresInRow.get(what) ?? 0;
      try {
        const result = await work();
        failuresInRow.delete(what);
        if (failures > 0) log(`${what}_works_again`, { failures });
        return result;
      } catch (error) {
        failuresInRow.set(what, failures + 1);
        if (failures === 0) trouble(`${what}_failed`, error);
        throw error;
      }
    },
  };
}

/** The client wraps an error once for each retry layer: only the innermost names are informative. */
function causesOf(error: unknown): ReadonlySet<string> {
  if (error instanceof AggregateError) return new Set(error.errors.flatMap((inner) => [...causesOf(inner)]));
  if (error instanceof MskSinksError) return new Set([error.message]);
  if (!(error instanceof Error)) return new Set(['unknown']);
  const { apiId, code } = error as { apiId?: unknown; code?: unknown };
  return new Set([String(apiId ?? code ?? error.name)]);
}
