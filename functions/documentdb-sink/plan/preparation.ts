import type { RecordFailure } from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import type { Sink } from '../../../shared/sink-contract.ts';
import type { Clock } from '../../../shared/time/clock.ts';

/** Gets what records need before they can be planned, as the schemas that they name: planning itself asks nobody. */
export interface Prerequisites {
  /** Asks for what is missing, each thing once. Never rejects. */
  prepare(records: readonly SourceRecord[], clock: Clock, signal: AbortSignal): Promise<void>;
  /** Why the record cannot be planned yet; undefined: it can. No record is to blame. */
  obstacleTo(record: SourceRecord): RecordFailure | undefined;
}

export interface PreparationParts {
  readonly clock: Clock;
  /** 0 <= random() < 1 */
  readonly random: () => number;
}

export interface Preparation extends Prerequisites {
  /** A sink that gets what records need before `sink` plans them. */
  before(sink: Sink, parts: PreparationParts): Sink;
}
