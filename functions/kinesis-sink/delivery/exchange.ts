import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import type { Meter } from '../../../shared/telemetry/telemetry.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { abortAt, type Deadline } from '../../../shared/time/deadline.ts';
import type { PackedEntry } from '../lanes/lane.ts';
import { classifyError, type EntryReply, type RequestFailure } from '../target/classify.ts';
import type { KinesisPort } from '../target/kinesis-port.ts';

export interface ExchangeParts {
  readonly port: KinesisPort;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly deadline: Deadline;
  readonly options: { readonly requestTimeoutMs: number };
}

export type RequestResult = { readonly kind: 'answered'; readonly replies: readonly EntryReply[] } | RequestFailure;

/** Sends a request, and classifies its failure. Never rejects because of a service or a network. */
export async function exchange(
  packedEntries: readonly PackedEntry[],
  { port, clock, meter, deadline, options }: ExchangeParts,
): Promise<RequestResult> {
  const startedAtMs = clock.nowMs();
  const request = abortAt(clock, Math.min(startedAtMs + options.requestTimeoutMs, deadline.answerByMs));
  try {
    const entries = packedEntries.map(({ entry }) => entry);
    return { kind: 'answered', replies: await untilAborted(port.putRecords(entries, request.signal), request.signal) };
  } catch (error) {
    return classifyError(error);
  } finally {
    request.release();
    meter.peak('RequestDuration', clock.nowMs() - startedAtMs, 'Milliseconds');
  }
}
