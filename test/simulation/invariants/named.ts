import { SEND_RESERVE_MS } from '../scenario/promised.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { EPOCH_MS } from '../scenario/timeline.ts';
import type { KafkaLog } from '../services/kafka-log.ts';
import type { Invocation } from '../services/lambda.ts';
import type { Target } from '../services/target.ts';
import { unsettledIn } from './unsettled.ts';
import type { Violation } from './violation.ts';

export interface NamedParts {
  readonly scenario: Scenario;
  readonly target: Target;
  readonly kafka: KafkaLog;
}

/** G1: no settled record is named, or it is written again for nothing; and each that is named was sent. */
export function namedViolations(invocation: Invocation, parts: NamedParts): readonly Violation[] {
  const { target, kafka } = parts;
  if (invocation.end?.kind !== 'answered') return [];
  const sent = new Set(invocation.sent);
  if (!isReadable(invocation.end.payload)) {
    return [{ guarantee: 'G4', message: `invocation ${invocation.id} names a record as Lambda does not read it` }];
  }
  return unsettledIn(invocation).flatMap((position): readonly Violation[] => {
    const record = kafka.at(position, invocation.startedAtMs);
    if (record === undefined || !sent.has(position)) {
      return [{ guarantee: 'G1', message: `invocation ${invocation.id} names ${position}, which was not sent to it` }];
    }
    const isProven = target.isProven?.(String(invocation.id), record, timeForLettersMs(invocation, parts.scenario));
    if (isProven && mayHaveLetter(parts.scenario)) {
      return [
        { guarantee: 'G6', message: `invocation ${invocation.id} names ${position}, which it proved to be poison` },
      ];
    }
    if (!target.isAcknowledged?.(String(invocation.id), record)) return [];
    return [{ guarantee: 'G1', message: `invocation ${invocation.id} names ${position}, and knew that it is stored` }];
  });
}

/** By the process' own clock: what is known by then can be settled in time. */
const timeForLettersMs = ({ startedAtMs }: Invocation, { function: { timeoutMs } }: Scenario): number =>
  startedAtMs - EPOCH_MS + timeoutMs - SEND_RESERVE_MS - LETTER_MS;

const LETTER_MS = 2_000;

const mayHaveLetter = ({ faults, function: { onPoison } }: Scenario): boolean =>
  onPoison !== 'block' && faults.every(({ kind }) => !kind.startsWith('bucket.') && !kind.startsWith('lambda.'));

interface Identifier {
  readonly partition: unknown;
  readonly offset: unknown;
}

/** Lambda takes anything else for a failure of the whole batch; a record that is named twice is a mistake of ours. */
function isReadable(payload: string): boolean {
  const { batchItemFailures }: { readonly batchItemFailures: readonly { readonly itemIdentifier: Identifier }[] } =
    JSON.parse(payload);
  const identifiers = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  const isEachSound = identifiers.every(
    ({ partition, offset }) => typeof partition === 'string' && Number.isSafeInteger(offset),
  );
  return isEachSound && new Set(identifiers.map((each) => JSON.stringify(each))).size === identifiers.length;
}
