import type { ProducedRecord } from '../../services/kafka-log.ts';
import { positionText } from '../positions.ts';
import type { Violation } from '../violation.ts';

/** docs/guarantees.md ("When a document is at fault"): what an environment has to make of a record that is refused again. */
const REFUSALS_OF_POISON = 5;
const REMEMBERED_MS = 30 * 60_000;
const REMEMBERED_MAX = 1_000;
/** A refusal and a probe; and one more, where there was no time for the probe. */
const REFUSALS_OF_KNOWN_POISON_MAX = 2;
/** The code of throttling, too: an update that changes nothing passes then, so that only a write says that writes are taken. */
const THROTTLED = 40;
const NEIGHBOUR_MS = 10_000;
/** From the last refusal that a proof needs to the moment from which it is remembered. */
const SLACK_MS = 30_000;

/** An environment, and what it is invoked for. */
export interface Heard {
  readonly environment: string;
  readonly invocation: string;
}

/** A refusal with a code that may as well be an outage's, of a write that is of one record alone. */
export interface Refusal extends Heard {
  readonly record: ProducedRecord;
  readonly code: number;
  /** Whether a dead letter of the record is stored. */
  readonly hasLetter: boolean;
  /** Whether no fault may keep a probe from passing. */
  readonly isQuiet: boolean;
}

interface Refused {
  count: number;
  lastMs: number;
}

interface Proof {
  readonly code: number;
  /** Whether the environment has to know it: a dead letter is stored, and half an hour is not over. */
  readonly isCertain: boolean;
  lastMs: number;
}

interface Known {
  invocation: string;
  /** In that invocation, by code. */
  refused: Map<number, Refused>;
  /** By an earlier invocation. */
  proof: Proof | undefined;
}

/** What each environment hears of refused records, and what it does when they come again. */
export class Refusals {
  readonly violations: Violation[] = [];
  readonly #sentIn = new Set<string>();
  readonly #doubted = new Map<string, Set<string>>();
  readonly #known = new Map<string, Known>();
  /** When each invocation last heard that a write was taken, and that anything was. */
  readonly #takenAtMs = new Map<string, { write?: number; any: number }>();

  /** The records of an invocation that writes something. */
  sent(environment: string, invocation: string, records: () => readonly ProducedRecord[]): void {
    if (this.#sentIn.has(invocation)) return;
    this.#sentIn.add(invocation);
    const doubted = this.#doubted.get(environment) ?? new Set<string>();
    this.#doubted.set(environment, doubted);
    for (const record of records()) {
      if (record.scenario.refusal !== undefined) doubted.add(nameOf(environment, record));
    }
  }

  refused({ environment, invocation, record, code, hasLetter, isQuiet }: Refusal, nowMs: number): void {
    const name = nameOf(environment, record);
    const known = this.#known.get(name) ?? { invocation, refused: new Map(), proof: undefined };
    this.#known.set(name, known);
    if (known.invocation !== invocation) {
      known.proof = proofBefore(known, hasLetter, nowMs);
      known.invocation = invocation;
      known.refused = new Map();
    }
    const count = (known.refused.get(code)?.count ?? 0) + 1;
    known.refused.set(code, { count, lastMs: nowMs });
    const { proof } = known;
    if (proof?.code !== code) return;
    proof.lastMs = nowMs;
    if (!isQuiet || !proof.isCertain || count <= REFUSALS_OF_KNOWN_POISON_MAX) return;
    this.#blame('G5', `invocation ${invocation} proves anew that ${positionText(record)} is poison`);
  }

  /** The environment learns that something is stored, or that a write without an effect was taken. */
  taken({ environment, invocation }: Heard, records: readonly ProducedRecord[], nowMs: number): void {
    const before = this.#takenAtMs.get(invocation);
    this.#takenAtMs.set(invocation, { ...before, any: nowMs, ...(records.length > 0 && { write: nowMs }) });
    for (const record of records) this.#known.delete(nameOf(environment, record));
  }

  /**
   * G6: a dead letter of an insert follows from what the server says now: five refusals in the invocation; or one, of a record that
   * an earlier invocation proved to be poison with that code, and something that was taken since.
   */
  lettered({ environment, invocation }: Heard, record: ProducedRecord): void {
    const known = this.#known.get(nameOf(environment, record));
    const refused = known?.invocation === invocation ? known.refused : new Map<number, Refused>();
    if ([...refused.values()].some(({ count }) => count >= REFUSALS_OF_POISON)) return;
    const { proof } = known ?? {};
    const again = proof && refused.get(proof.code);
    if (proof !== undefined && again !== undefined) {
      const { any, write } = this.#takenAtMs.get(invocation) ?? {};
      const isTaken =
        proof.code === THROTTLED
          ? write !== undefined && write >= again.lastMs - NEIGHBOUR_MS
          : any !== undefined && any >= again.lastMs;
      if (isTaken) return;
    }
    this.#blame('G6', `invocation ${invocation} takes ${positionText(record)} for poison without a proof`);
  }

  #blame(guarantee: 'G5' | 'G6', message: string): void {
    this.violations.push({ guarantee, message });
  }

  /** How many records an environment may have to remember. */
  rememberedIn = (environment: string): number => Math.min(REMEMBERED_MAX, this.#doubted.get(environment)?.size ?? 0);
}

/** What the invocations before the one that hears of the next refusal have proved. */
function proofBefore({ proof, refused }: Known, hasLetter: boolean, nowMs: number): Proof | undefined {
  const [code, last] = [...refused].find(([, { count }]) => count >= REFUSALS_OF_POISON) ?? [];
  const newest = code !== undefined && last !== undefined ? { code, isCertain: hasLetter, lastMs: last.lastMs } : proof;
  if (newest === undefined) return undefined;
  const ageMs = nowMs - newest.lastMs;
  if (ageMs > REMEMBERED_MS + SLACK_MS) return undefined;
  return { ...newest, isCertain: newest.isCertain && ageMs <= REMEMBERED_MS };
}

const nameOf = (environment: string, record: ProducedRecord): string =>
  `${environment} ${positionText(record)} ${record.incarnation}`;
