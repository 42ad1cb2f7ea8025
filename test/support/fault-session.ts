// A session whose engines and functions are killed and whose targets fail, at moments that a seed chooses. FAULTS_SEED=<seed>
// plays a run again, as far as processes of their own allow.
import { afterAll, beforeAll, expect, inject } from 'vitest';
import type { PartialFailureRetry } from '../../local/msk-trigger/machine/settings.ts';
import type { Check } from '../../local/orders/checks.ts';
import type { Session } from '../../local/session.ts';
import { type FaultActs, faultActs } from './fault-acts.ts';
import { packageOnce } from './package-once.ts';
import { useSession } from './use-session.ts';

export const FAULTS_SEED = Number(process.env['FAULTS_SEED'] ?? 1 + Math.floor(Math.random() * 999_999));
const DRAIN_MS_MAX = 180_000;

/** Session and acts exist while tests run. */
export interface FaultSession {
  readonly session: Session;
  readonly acts: FaultActs;
  /** The lines of progress so far. */
  readonly said: readonly string[];
  /** What is wrong once everything is consumed: with all that this session has produced so far. */
  violations(): Promise<readonly Check[]>;
}

/** A session with engines of its own for the tests of the `describe` that calls this. */
export function useFaultSession(partialFailureRetry: PartialFailureRetry): FaultSession {
  const said: string[] = [];
  const session = useSession({
    partialFailureRetry,
    seed: FAULTS_SEED,
    progress: (line) => said.push(line),
    packageStage: packageOnce(inject('runFolder')),
  });
  let acts: FaultActs;
  beforeAll(() => {
    acts = faultActs(session());
  });
  afterAll(() => acts?.close());
  return {
    get session() {
      return session();
    },
    get acts() {
      return acts;
    },
    said,
    async violations() {
      expect(await session().drained(AbortSignal.timeout(DRAIN_MS_MAX))).toBe(true);
      return (await session().check()).filter(({ passed }) => !passed);
    },
  };
}
