import type { KafkaBatchResponse } from '../settle.ts';
import type { Clock } from '../time/clock.ts';
import { abortAt, type Deadline } from '../time/deadline.ts';

/** One thing that only the function can see from where it runs. Never a value of a secret or of a record. */
export interface ProbeFinding {
  readonly title: string;
  readonly status: 'ok' | 'warning' | 'failed';
  /** One line for an operator. */
  readonly found: string;
  /** Undefined where the documents have the remedy. */
  readonly remedy?: string;
}

/** What is worth a warning. */
export interface Concern {
  readonly found: string;
  readonly remedy: string;
}

/** Looks at the target. Resolves for everything that goes wrong, and ends when the signal aborts. */
export type Probe = (signal: AbortSignal) => Promise<readonly ProbeFinding[]>;

/** The answer to the event `{"mskSinks": "probe"}`, which has no records. */
export interface ProbeResponse extends KafkaBatchResponse {
  readonly mskSinks: 'probe';
  readonly findings: readonly ProbeFinding[];
}

export async function answerProbe(probe: Probe, deadline: Deadline, clock: Clock): Promise<ProbeResponse> {
  const abort = abortAt(clock, deadline.sendUntilMs);
  try {
    return { mskSinks: 'probe', batchItemFailures: [], findings: await probe(abort.signal) };
  } finally {
    abort.release();
  }
}

/** A step of a probe. The steps behind a failed one are left out, but for those that clean up. */
export interface Step {
  readonly title: string;
  readonly isCleanUp?: true;
  /** @returns what was found, in one line; a concern keeps no other step from running */
  readonly run: (signal: AbortSignal) => Promise<string | Concern>;
}

/** Runs one step after another. @param explain an error in one line, without payload */
export const inTurn =
  (steps: readonly Step[], explain: (error: unknown) => string): Probe =>
  async (signal) => {
    const findings: ProbeFinding[] = [];
    let hasFailed = false;
    for (const { title, isCleanUp, run } of steps) {
      if (hasFailed && isCleanUp === undefined) continue;
      try {
        const found = await run(signal);
        findings.push(
          typeof found === 'string' ? { title, status: 'ok', found } : { title, status: 'warning', ...found },
        );
      } catch (error) {
        findings.push({ title, status: 'failed', found: explain(error) });
        hasFailed = true;
      }
    }
    return findings;
  };
