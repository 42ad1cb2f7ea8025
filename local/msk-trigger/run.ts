import type { Clock } from '../../shared/clock.ts';
import type { Invoke } from '../lambda/invocation.ts';
import type { FailureLetter } from './destination.ts';
import type { EventRecord, EventSource, NullAs } from './event.ts';
import type { TriggerMachine } from './machine.ts';
import type { Mapping } from './mapping.ts';
import type { Poller } from './poller.ts';
import type { Backoff, Reading } from './settings.ts';

/** Something worth a line; the fields hold no payload. */
export type Log = (message: string, fields: Readonly<Record<string, unknown>>) => void;

export interface TriggerOptions {
  readonly mapping: Mapping;
  /** `host:port`, comma separated. */
  readonly bootstrapServers: string;
  readonly invoke: Invoke;
  readonly reading: Reading;
  readonly log: Log;
  /** Puts one letter at the on-failure destination; rejects when it could not. Needed when the mapping has one. */
  readonly putFailure?: (letter: FailureLetter) => Promise<void>;
  readonly clock?: Clock;
  readonly backoff?: Backoff;
  readonly nullAs?: NullAs;
  /** Default: the mapping's MinimumPollers. */
  readonly pollers?: number;
  /** Instead of the one that speaks to `bootstrapServers`. */
  readonly poller?: Poller;
}

/** What the parts of one running trigger share. */
export interface Run {
  readonly options: TriggerOptions;
  readonly clock: Clock;
  readonly poller: Poller;
  readonly source: EventSource;
  readonly machine: TriggerMachine<EventRecord>;
  readonly log: Log;
  /** Logs names and codes of an error, never its message: a foreign one may quote what it was given. */
  trouble(message: string, error: unknown): void;
}

export function newRun(options: TriggerOptions, parts: Pick<Run, 'clock' | 'poller' | 'source' | 'machine'>): Run {
  const { logicalId: mapping, topic } = options.mapping;
  const log: Log = (message, fields) => options.log(message, { mapping, topic, ...fields });
  return {
    options,
    ...parts,
    log,
    trouble: (message, error) => {
      log(message, { causes: [...causesOf(error)] });
    },
  };
}

/** The client nests an error in another for each layer that tried again: only the innermost names tell something. */
function causesOf(error: unknown): ReadonlySet<string> {
  if (error instanceof AggregateError) return new Set(error.errors.flatMap((inner) => [...causesOf(inner)]));
  if (!(error instanceof Error)) return new Set(['unknown']);
  const { apiId, code } = error as { apiId?: unknown; code?: unknown };
  return new Set([String(apiId ?? code ?? error.name)]);
}
