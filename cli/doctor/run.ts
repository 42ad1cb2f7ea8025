import { checkCredentials } from './checks/account.ts';
import { checkCluster, checkTopics } from './checks/cluster.ts';
import { checkConcurrency } from './checks/concurrency.ts';
import { checkCaBundle, checkNetwork, checkSecret } from './checks/documentdb.ts';
import { checkFunctions, checkStack } from './checks/functions.ts';
import { checkMappings } from './checks/mappings.ts';
import { checkAlarms, checkBucket } from './checks/operations.ts';
import { checkProbes } from './checks/probes.ts';
import { checkAssumeRole, checkStream } from './checks/stream.ts';
import type { Check, Context } from './context.ts';
import { type Finding, warning } from './finding.ts';

/** In the order of the data's way. */
const CHECKS: readonly Check[] = [
  checkCluster,
  checkTopics,
  checkAssumeRole,
  checkStream,
  checkSecret,
  checkCaBundle,
  checkNetwork,
  checkBucket,
  checkConcurrency,
  checkStack,
  checkFunctions,
  checkMappings,
  checkProbes,
  checkAlarms,
];

/** All findings about a stage. Without credentials of the right account, nothing else is asked. */
export async function examine(
  context: Context,
  progress: (doneCount: number, count: number) => void = () => undefined,
): Promise<readonly Finding[]> {
  const credentials = await checkCredentials(context);
  if (credentials.some(({ status }) => status === 'failed')) {
    return [...credentials, warning('everything else', 'not checked', 'first repair the row above')];
  }
  let doneCount = 0;
  const findings = await Promise.all(
    CHECKS.map(async (check) => {
      const found = await check(context);
      doneCount += 1;
      progress(doneCount, CHECKS.length);
      return found;
    }),
  );
  return [...credentials, ...findings.flat()];
}
