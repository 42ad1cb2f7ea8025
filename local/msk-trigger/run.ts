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
  /** Logs the name and code of an error, never its message: a foreign one may quote what it was given. */
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
      const { name, code } = error as { name?: unknown; code?: unknown };
      log(message, { errorName: String(name), errorCode: code === undefined ? undefined : String(code) });
    },
  };
}
