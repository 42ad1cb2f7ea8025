import { seededRandom } from '../../local/seeded-random.ts';
import type { FuzzTarget } from './target.ts';
import { connectorFiles } from './targets/connector-files.ts';
import { documentdbAnswers } from './targets/documentdb-answers.ts';
import { events } from './targets/events.ts';
import { kinesisAnswers } from './targets/kinesis-answers.ts';
import { payloads } from './targets/payloads.ts';
import { stageFiles } from './targets/stage-files.ts';

export const TARGETS = [
  events,
  connectorFiles,
  stageFiles,
  payloads,
  kinesisAnswers,
  documentdbAnswers,
] as readonly FuzzTarget[];

export const inputOf = (target: FuzzTarget, seed: number): unknown => target.generate(seededRandom(seed));

const CASE_MS_MAX = 20_000;

/**
 * Checks one input.
 * @returns the error of a check that failed or did not end within 20 s; undefined: the check passed
 */
export async function runInput(target: FuzzTarget, input: unknown): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<Error>((resolve) => {
    timer = setTimeout(() => resolve(new Error(`the check did not end within ${CASE_MS_MAX / 1000} s`)), CASE_MS_MAX);
  });
  const check = async (): Promise<undefined> => {
    await target.check(input);
  };
  try {
    return await Promise.race([check(), limit]);
  } catch (error) {
    return error ?? new Error('the check threw nothing');
  } finally {
    clearTimeout(timer);
  }
}
