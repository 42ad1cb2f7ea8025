import type { ProducedRecord } from '../../services/kafka-log.ts';
import { positionText } from '../positions.ts';
import type { Violation } from '../violation.ts';

/** docs/guarantees.md ("When a document is at fault"): what an environment has to make of a record that is refused again. */
const REFUSALS_OF_POISON = 5;
const REMEMBERED_MS = 30 * 60_000;
const REMEMBERED_MAX = 1_000;
/** A refusal and a probe; and one more, where there was no time for the probe. */
const REFUSALS_OF_KNOWN_POISON_MAX = 2;

/** A refusal with a code that may as well be an outage's, of a write that is of one record alone. */
export interface Refusal {
  readonly environment: string;
  readonly invocation: string;
  readonly position: string;
  /** Whether a dead letter of the record is stored. */
  readonly hasLetter: boolean;
}

interface Known {
  invocation: string;
  /** In that invocation. */
  count: number;
  lastMs: number;
  /** Whether an earlier invocation proved the record to be poison. */
  isProven: boolean;
}

/** What each environment hears of refused records, and what it does when they come again. */
export class Refusals {
  readonly violations: Violation[] = [];
  readonly #sentIn = new Set<string>();
  readonly #doubted = new Map<string, Set<string>>();
  readonly #known = new Map<string, Known>();

  /** The records of an invocation that writes something. */
  sent(environment: string, invocation: string, records: () => readonly ProducedRecord[]): void {
    if (this.#sentIn.has(invocation)) return;
    this.#sentIn.add(invocation);
    const doubted = this.#doubted.get(environment) ?? new Set<string>();
    this.#doubted.set(environment, doubted);
    for (const record of records()) {
      if (record.scenario.refusal !== undefined) doubted.add(`${positionText(record)} ${record.incarnation}`);
    }
  }

  refused({ environment, invocation, position, hasLetter }: Refusal, nowMs: number): void {
    const name = `${environment} ${position}`;
    const known = this.#known.get(name) ?? { invocation, count: 0, lastMs: nowMs, isProven: false };
    this.#known.set(name, known);
    if (known.invocation !== invocation) {
      const isProven = known.isProven || (known.count >= REFUSALS_OF_POISON && hasLetter);
      known.isProven = isProven && nowMs - known.lastMs <= REMEMBERED_MS;
      known.invocation = invocation;
      known.count = 0;
    }
    known.count += 1;
    known.lastMs = nowMs;
    if (!known.isProven || known.count <= REFUSALS_OF_KNOWN_POISON_MAX) return;
    this.violations.push({
      guarantee: 'G5',
      message: `invocation ${invocation} proves anew that ${position} is poison`,
    });
  }

  /** How many records an environment may have to remember. */
  rememberedIn = (environment: string): number => Math.min(REMEMBERED_MAX, this.#doubted.get(environment)?.size ?? 0);
}
