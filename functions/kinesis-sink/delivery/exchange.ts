import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { abortAt } from '../../../shared/time/deadline.ts';
import type { PackedEntry } from '../lanes/lane.ts';
import { classifyError, type EntryReply, type RequestFailure } from '../target/classify.ts';
import type { Run } from './run.ts';

export type RequestResult = { readonly kind: 'answered'; readonly replies: readonly EntryReply[] } | RequestFailure;

/** Sends a request, and classifies its failure. Never rejects because of a service or a network. */
export async function exchange(run: Run, packedEntries: readonly PackedEntry[]): Promise<RequestResult> {
  const { clock, meter, options, port } = run.parts;
  const startedAtMs = clock.nowMs();
  const request = abortAt(clock, Math.min(startedAtMs + options.requestTimeoutMs, run.deadline.answerByMs));
  run.batchMetrics.sent(packedEntries);
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
