import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { describeForeign, identify } from '../../../shared/errors.ts';
import type { RecordFailure } from '../../../shared/outcome.ts';
import type { Log, Meter } from '../../../shared/telemetry.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { abortAt, type Deadline } from '../../../shared/time/deadline.ts';
import {
  PREFLIGHT_FAILURES_MAX,
  PREFLIGHT_INTERVAL_MS,
  PREFLIGHT_REFRESH_MS,
  PREFLIGHT_TIMEOUT_MS,
  PROBE_INTERVAL_MS,
} from '../limits.ts';
import type { Aggregation, Ordering } from '../plan/prepare.ts';
import { CredentialsError } from './credentials.ts';

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
  /** Resolves once there are credentials to ask with. @throws CredentialsError */
  ready(): Promise<void>;
  describeStream(signal: AbortSignal): Promise<StreamSummary>;
}

export interface Inspection {
  /** Resolves when the look is over, however it ended. */
  readonly isOver: Promise<void>;
  /** Calls off what is still under way: nothing is left open between invocations. */
  end(): void;
}

/** Why no aggregate may be sent yet, and when to look again. */
export interface Objection {
  readonly failure: RecordFailure;
  readonly lookAgainInMs: number;
}

/** A look at the stream beside the first batch of an environment, and again at an interval. Warns, and stops nothing but aggregates. */
export interface Preflight {
  begin(deadline: Deadline): Inspection;
  /** Undefined: aggregates may be sent, or nobody means to. */
  objection(): Objection | undefined;
  /** Of one record, as the stream says; undefined: it has not said. */
  recordBytesMax(): number | undefined;
}

export interface PreflightParts {
  readonly port: StreamPort;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Pick<Meter, 'count'>;
  readonly options: {
    readonly ordering: Ordering;
    readonly aggregation: Aggregation;
    /** In KiB, as the setting is. */
    readonly recordKiBMax: number;
  };
}

const NOTHING_TO_DO: Inspection = { isOver: Promise.resolve(), end: () => undefined };

export function createPreflight({ port, clock, log, meter, options }: PreflightParts): Preflight {
  let summary: StreamSummary | undefined;
  let failureCount = 0;
  let lookedAtMs = 0;
  let withoutCredentials: CredentialsError | undefined;
  const warned = new Set<string>();
  const warnOnce = (message: string, fields: object) => {
    if (!warned.has(message)) log.warn(message, { ...fields });
    warned.add(message);
  };

  function noteDistribution(from: string | undefined, to: string | undefined): void {
    if (to === 'AUTO') meter.count('StreamDistributesAutomatically');
    if (from !== undefined && to !== from) log.warn('stream_distribution_changed', { from, to });
  }

  async function look(signal: AbortSignal, isCalledOff: () => boolean): Promise<void> {
    withoutCredentials = undefined;
    try {
      await untilReady(port, signal);
      const from = summary?.distribution;
      summary = await untilAborted(port.describeStream(signal), signal);
      noteDistribution(from, summary.distribution);
      for (const { message, ...fields } of warningsOf(summary, options)) warnOnce(message, fields);
    } catch (error) {
      if (isCalledOff()) return;
      if (error instanceof CredentialsError) {
        withoutCredentials = error; // says nothing of the stream
        return;
      }
      failureCount = identify(error).name === 'AccessDeniedException' ? PREFLIGHT_FAILURES_MAX : failureCount + 1;
      warnOnce('stream_not_described', { error: describeForeign(error), remedy: NOT_DESCRIBED });
    }
  }

  function objection(): Objection | undefined {
    if (options.aggregation === 'off') return undefined;
    if (summary?.distribution === 'AUTO') return { failure: NOT_READABLE, lookAgainInMs: PROBE_INTERVAL_MS };
    if (summary !== undefined || failureCount >= PREFLIGHT_FAILURES_MAX) return undefined;
    if (withoutCredentials === undefined) return { failure: NOT_SEEN, lookAgainInMs: PREFLIGHT_INTERVAL_MS };
    const failure = { ...NOT_SEEN, code: 'credentials_unavailable', detail: withoutCredentials.message } as const;
    return { failure, lookAgainInMs: PROBE_INTERVAL_MS };
  }

  return {
    objection,
    recordBytesMax: () => (summary?.recordKiBMax === undefined ? undefined : summary.recordKiBMax * 1024),
    begin(deadline) {
      const nowMs = clock.nowMs();
      const isFresh = summary !== undefined && nowMs - lookedAtMs < PREFLIGHT_REFRESH_MS;
      const isDone = (isFresh || failureCount >= PREFLIGHT_FAILURES_MAX) && objection() === undefined;
      if (isDone || nowMs >= deadline.sendUntilMs) return NOTHING_TO_DO;
      lookedAtMs = nowMs;
      const timeout = abortAt(clock, Math.min(nowMs + PREFLIGHT_TIMEOUT_MS, deadline.answerByMs));
      const calledOff = new AbortController();
      const signal = AbortSignal.any([timeout.signal, calledOff.signal]);
      const isOver = look(signal, () => calledOff.signal.aborted).finally(timeout.release);
      return { isOver, end: () => calledOff.abort() };
    },
  };
}

/** Whoever gives no credentials in time says nothing of the stream either. */
async function untilReady(port: StreamPort, signal: AbortSignal): Promise<void> {
  await untilAborted(port.ready(), signal).catch((error: unknown) => {
    throw error instanceof CredentialsError ? error : new CredentialsError('STS did not answer AssumeRole in time');
  });
}

const NOT_READABLE: RecordFailure = {
  code: 'misconfigured',
  retryable: true,
  mayBeWritten: false,
  detail:
    'the stream distributes records automatically (RecordDistributionStrategy AUTO), and consumers drop aggregates from such a stream: set aggregation: off, or set the stream to USER_PARTITION_KEY',
};

const NOT_SEEN: RecordFailure = {
  code: 'target_unreachable',
  retryable: true,
  mayBeWritten: false,
  detail: 'aggregates wait until DescribeStreamSummary tells how the stream distributes records',
};

const NOT_DESCRIBED =
  'grant kinesis:DescribeStreamSummary, and make <account>.control-kinesis.<region>.amazonaws.com reachable; records are written without this check';

interface Warning {
  readonly message: string;
  readonly [field: string]: string | number;
}

/** What does not go together with the settings; each under a message of its own. */
function warningsOf(
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
