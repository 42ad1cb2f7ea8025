import type { Violation } from '../violation.ts';

/** docs/guarantees.md ("A record that Kinesis rejects"): what an environment has to make of the rejections that it hears. */
const REJECTIONS_IN_A_ROW_MAX = 40;
const PROBE_INTERVAL_MS = 5_000;
const REMEMBERED_MS = 15 * 60_000;
const PROVEN_REMEMBERED_MS = 30 * 60_000;
const REMEMBERED_MAX = 1_000;
/** What was sent before the last rejection was heard. */
const IN_FLIGHT_MAX = 4;
const SLACK_MS = 5;

export interface Sent {
  readonly invocation: string;
  /** In its environment. */
  readonly number: number;
}

/** One request as its process sees it. */
export interface RejectedRequest extends Sent {
  readonly environment: string;
  readonly positions: readonly string[];
  /** Whether the service can never take one of its records. */
  readonly hasRefused: boolean;
}

interface Suspect {
  readonly afterRequest: number;
  lastMs: number;
  provenIn: string | undefined;
}

interface Memory {
  requestCount: number;
  lastTaken: number;
  readonly suspects: Map<string, Suspect>;
  /** Records that were rejected alone and not stored since. */
  readonly remembered: Set<string>;
}

interface Row {
  count: number;
  lastMs: number;
}

/** What each environment hears of rejected requests, and what it does then. */
export class Rejections {
  readonly violations: Violation[] = [];
  readonly #memories = new Map<string, Memory>();
  readonly #rows = new Map<string, Row>();
  /** By invocation: how often a record was rejected alone. */
  readonly #alone = new Map<string, number>();
  /** By invocation: what it has to settle. */
  readonly #proven = new Map<string, Map<string, number>>();

  /** @returns the number of the request in its environment */
  sent(environment: string, invocation: string, nowMs: number): number {
    const memory = this.#memoryOf(environment);
    memory.requestCount += 1;
    const row = this.#rows.get(invocation);
    if (row !== undefined && row.count >= REJECTIONS_IN_A_ROW_MAX + IN_FLIGHT_MAX) {
      const waitedMs = nowMs - row.lastMs;
      if (waitedMs < PROBE_INTERVAL_MS - SLACK_MS) {
        this.#blame('G5', `invocation ${invocation} sends ${waitedMs} ms after ${row.count} rejections in a row`);
      }
    }
    return memory.requestCount;
  }

  /** An answer came, with something that is stored or without. */
  answered(environment: string, { invocation, number }: Sent, stored: readonly string[]): void {
    this.#rows.delete(invocation);
    const memory = this.#memoryOf(environment);
    for (const position of stored) memory.remembered.delete(position);
    if (stored.length > 0) memory.lastTaken = Math.max(memory.lastTaken, number);
  }

  /** @param hasLetter whether a letter of the record that was rejected alone is stored */
  rejected(request: RejectedRequest, nowMs: number, hasLetter: boolean): void {
    const { environment, invocation, positions, hasRefused } = request;
    const [position = '', ...others] = positions;
    const { suspects, remembered, lastTaken, requestCount } = this.#memoryOf(environment);
    const isAlone = others.length === 0;
    const last = isAlone ? suspects.get(position) : undefined;
    const rememberedMs = last?.provenIn === undefined ? REMEMBERED_MS : PROVEN_REMEMBERED_MS;
    const known = last !== undefined && nowMs - last.lastMs <= rememberedMs ? last : undefined;
    const isProven = known?.provenIn !== undefined;
    const row = this.#rows.get(invocation) ?? { count: 0, lastMs: nowMs };
    // What is known to be poison says nothing of the stream: the next request need not wait.
    this.#rows.set(invocation, { count: row.count + Number(!hasRefused), lastMs: isProven ? row.lastMs : nowMs });
    if (!isAlone) return;
    remembered.add(position);
    const count = this.#countAlone(invocation, position);
    if (isProven && hasLetter && known.provenIn !== invocation && count > 1) {
      this.#blame('G5', `invocation ${invocation} proves anew that ${position} is poison`);
    }
    const suspect = known ?? { afterRequest: requestCount, lastMs: nowMs, provenIn: undefined };
    suspect.lastMs = nowMs;
    // Of an invocation the second rejection, a second after the first one.
    const isProof = known !== undefined && lastTaken > suspect.afterRequest && count > 1;
    if (isProof) {
      suspect.provenIn ??= invocation;
      this.#provenIn(invocation).set(position, nowMs);
    }
    suspects.set(position, suspect);
  }

  /** How many records an environment may have to remember. */
  rememberedIn = (environment: string): number => Math.min(REMEMBERED_MAX, this.#memoryOf(environment).remembered.size);

  /** Records that this invocation had proven to be poison by then. */
  provenBy = (invocation: string, byMs: number): readonly string[] =>
    [...this.#provenIn(invocation)].filter(([, atMs]) => atMs <= byMs).map(([position]) => position);

  #countAlone(invocation: string, position: string): number {
    const name = `${invocation} ${position}`;
    const count = (this.#alone.get(name) ?? 0) + 1;
    this.#alone.set(name, count);
    return count;
  }

  #memoryOf(environment: string): Memory {
    const known = this.#memories.get(environment);
    if (known !== undefined) return known;
    const memory = {
      requestCount: 0,
      lastTaken: 0,
      suspects: new Map<string, Suspect>(),
      remembered: new Set<string>(),
    };
    this.#memories.set(environment, memory);
    return memory;
  }

  #provenIn(invocation: string): Map<string, number> {
    const known = this.#proven.get(invocation) ?? new Map<string, number>();
    this.#proven.set(invocation, known);
    return known;
  }

  #blame(guarantee: Violation['guarantee'], message: string): void {
    this.violations.push({ guarantee, message });
  }
}
