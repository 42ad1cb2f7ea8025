// A session whose engines and functions are killed and whose targets fail, at moments that a seed chooses. FAULTS_SEED=<seed>
// plays a run again, as far as processes of their own allow.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import type { PartialFailureRetry } from '../../local/msk-trigger/machine/settings.ts';
import type { Check } from '../../local/orders/checks.ts';
import { type Session, startSession } from '../../local/session.ts';
import { type FaultActs, faultActs } from './fault-acts.ts';
import { packageOnce } from './package-once.ts';

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
  let folder: string;
  let session: Session;
  let acts: FaultActs;
  const said: string[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
    session = await startSession({
      folder: join(folder, 'run'),
      endpointsFile: join(folder, 'endpoints.json'),
      partialFailureRetry,
      seed: FAULTS_SEED,
      valueBytes: 1024,
      progress: (line) => said.push(line),
      packageStage: packageOnce(inject('runFolder')),
    });
    acts = faultActs(session);
  });
  afterAll(async () => {
    await acts?.close();
    await session?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get session() {
      return session;
    },
    get acts() {
      return acts;
    },
    said,
    async violations() {
      expect(await session.drained(AbortSignal.timeout(DRAIN_MS_MAX))).toBe(true);
      return (await session.check()).filter(({ passed }) => !passed);
    },
  };
}
