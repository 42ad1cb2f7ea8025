import type { Clock } from '../../shared/clock.ts';
import { abortAt, type Deadline } from '../../shared/deadline.ts';
import { describeForeign, identify } from '../../shared/errors.ts';
import type { Log } from '../../shared/telemetry.ts';
import { untilAborted } from '../../shared/until-aborted.ts';
import { CredentialsError } from './credentials.ts';
import { PREFLIGHT_FAILURES_MAX, PREFLIGHT_TIMEOUT_MS } from './limits.ts';
import type { Aggregation, Ordering } from './prepare.ts';

/** What the service says of the stream. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StreamDescriptionSummary.html */
export interface StreamSummary {
  readonly status: string;
  /** Undefined: the service does not say. */
  readonly recordKiBMax: number | undefined;
  /** `AUTO`: the service distributes records as it likes, whatever their partition and hash keys. */
  readonly distribution: string | undefined;
  readonly encryption: string | undefined;
}

export interface StreamPort {
  describeStream(signal: AbortSignal): Promise<StreamSummary>;
}

export interface Inspection {
  /** Resolves when the look is over, however it ended. */
  readonly isOver: Promise<void>;
  /** Calls off what is still under way: nothing is left open between invocations. */
  end(): void;
}

/** One look at the stream in an environment's life, beside its first batch. It warns, and stops nothing by itself. */
export interface Preflight {
  begin(deadline: Deadline): Inspection;
  /** Whether consumers would drop aggregates of this stream. */
  forbidsAggregates(): boolean;
}

export interface PreflightParts {
  readonly port: StreamPort;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: {
    readonly ordering: Ordering;
    readonly aggregation: Aggregation;
    /** In KiB, as the setting is. */
    readonly recordKiBMax: number;
  };
}

const NOTHING_TO_DO: Inspection = { isOver: Promise.resolve(), end: () => undefined };

export function createPreflight({ port, clock, log, options }: PreflightParts): Preflight {
  let summary: StreamSummary | undefined;
  let failureCount = 0;
  const forbidsAggregates = () => options.aggregation !== 'off' && summary?.distribution === 'AUTO';
  const warned = new Set<string>();
  const warnOnce = (message: string, fields: object) => {
    if (!warned.has(message)) log.warn(message, { ...fields });
    warned.add(message);
  };

  async function look(signal: AbortSignal, isCalledOff: () => boolean): Promise<void> {
    try {
      summary = await untilAborted(port.describeStream(signal), signal);
      for (const { message, ...fields } of warningsOf(summary, options)) warnOnce(message, fields);
    } catch (error) {
      if (isCalledOff() || error instanceof CredentialsError) return; // nothing is said of the stream
      failureCount = identify(error).name === 'AccessDeniedException' ? PREFLIGHT_FAILURES_MAX : failureCount + 1;
      warnOnce('stream_not_described', { error: describeForeign(error), remedy: NOT_DESCRIBED });
    }
  }

  return {
    forbidsAggregates,
    begin(deadline) {
      const nowMs = clock.nowMs();
      const isDone = (summary !== undefined || failureCount >= PREFLIGHT_FAILURES_MAX) && !forbidsAggregates();
      if (isDone || nowMs >= deadline.sendUntilMs) return NOTHING_TO_DO;
      const timeout = abortAt(clock, Math.min(nowMs + PREFLIGHT_TIMEOUT_MS, deadline.answerByMs));
      const calledOff = new AbortController();
      const signal = AbortSignal.any([timeout.signal, calledOff.signal]);
      const isOver = look(signal, () => calledOff.signal.aborted).finally(timeout.release);
      return { isOver, end: () => calledOff.abort() };
    },
  };
}

const NOT_DESCRIBED =
  'allow kinesis:DescribeStreamSummary, and reach the address <account>.control-kinesis.<region>.amazonaws.com; records are written all the same';

interface Warning {
  readonly message: string;
  readonly [field: string]: string | number;
}

/** What does not go together with the settings; each under a message of its own. */
export function warningsOf(
  { status, recordKiBMax, distribution }: StreamSummary,
  { ordering, recordKiBMax: settingKiB }: PreflightParts['options'],
): readonly Warning[] {
  return [
    ...(WRITABLE.includes(status) ? [] : [{ message: 'stream_not_active', status }]),
    ...(recordKiBMax !== undefined && recordKiBMax < settingKiB
      ? [{ message: 'stream_takes_smaller_records', streamKiBMax: recordKiBMax, recordKiBMax: settingKiB }]
      : []),
    ...(distribution === 'AUTO' && ordering !== 'none'
      ? [{ message: 'stream_keeps_no_order', distribution, ordering }]
      : []),
  ];
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StreamDescriptionSummary.html */
const WRITABLE: readonly string[] = ['ACTIVE', 'UPDATING'];
