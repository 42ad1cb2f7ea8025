import type { DeployedFunction } from '../../../infra/template/deployment.ts';
import type { Value } from '../ask.ts';
import { type Check, type Context, look } from '../context.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';

/** A poller runs up to five invocations at once. https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html */
const INVOCATIONS_OF_A_POLLER = 5;
/** Lambda keeps so much of an account's concurrency unreserved. https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const UNRESERVED_MIN = 100;

const HIGHER_QUOTA =
  'ask for a higher quota (aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384)';

/** The account's concurrency against what the functions reserve and what their pollers use. */
export const checkConcurrency: Check = (context) =>
  look(
    context.ask,
    {
      title: 'concurrency',
      command: 'lambda get-account-settings',
      right: 'lambda:GetAccountSettings',
      missing: (title) => warning(title, 'no answer', 'try again'),
    },
    async ({ AccountLimit: limit }: Value) => {
      const reservations = context.deployment.functions.map((each) => checkReservation(context, each, limit));
      return [unreserved(context, limit), ...(await Promise.all(reservations)).flat()];
    },
  );

function unreserved({ deployment: { functions } }: Context, limit: Value): Finding {
  const { UnreservedConcurrentExecutions: free, ConcurrentExecutions: all } = limit;
  const sharing = functions.filter(({ reservedConcurrency }) => reservedConcurrency === undefined);
  const needed = sharing.reduce((sum, each) => sum + pollersOf(each) * INVOCATIONS_OF_A_POLLER, 0);
  const found = `${free} of ${all} are not reserved, up to ${needed} are needed`;
  return needed <= free ? ok('concurrency', found) : failed('concurrency', found, HIGHER_QUOTA);
}

/** Of the stage file, against what the account can spare beside what the function has reserved already. */
async function checkReservation({ ask }: Context, each: DeployedFunction, limit: Value): Promise<readonly Finding[]> {
  const { name, functionName, reservedConcurrency: wanted } = each;
  if (wanted === undefined) return [];
  const title = `${name}: reserved concurrency`;
  const free = Number(limit.UnreservedConcurrentExecutions);
  return await look(
    ask,
    {
      title,
      command: 'lambda get-function-concurrency',
      options: { 'function-name': functionName },
      right: 'lambda:GetFunctionConcurrency',
      missing: () => reservation(title, { wanted, held: 0, free, pollers: pollersOf(each) }),
    },
    ({ ReservedConcurrentExecutions: held = 0 }: Value) =>
      reservation(title, { wanted, held, free, pollers: pollersOf(each) }),
  );
}

interface Reservation {
  readonly wanted: number;
  /** By the deployed function. */
  readonly held: number;
  readonly free: number;
  readonly pollers: number;
}

function reservation(title: string, { wanted, held, free, pollers }: Reservation): Finding {
  const spare = Math.max(0, free + held - UNRESERVED_MIN);
  if (wanted > spare) {
    return failed(
      title,
      `reservedConcurrency is ${wanted}, but the account can reserve ${spare}: Lambda keeps ${UNRESERVED_MIN} unreserved`,
      `lower reservedConcurrency, or ${HIGHER_QUOTA}`,
    );
  }
  return wanted < pollers
    ? warning(
        title,
        `${wanted} for up to ${pollers} pollers: pollers wait for each other`,
        'raise reservedConcurrency to the number of partitions, or lower trigger.pollersMax',
      )
    : ok(title, `${wanted}, of ${spare} that the account can reserve`);
}

const pollersOf = ({ trigger, mappings }: DeployedFunction): number => mappings.length * (trigger.pollersMax ?? 1);
