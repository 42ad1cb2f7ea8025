import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { describeForeign, identify } from '../../../shared/errors.ts';
import { PROBE_INTERVAL_MS } from '../../../shared/limits.ts';
import type { RecordFailure } from '../../../shared/outcome.ts';
import type { Log, Meter } from '../../../shared/telemetry/telemetry.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { abortAt, type Deadline } from '../../../shared/time/deadline.ts';
import {
  PREFLIGHT_FAILURES_MAX,
  PREFLIGHT_INTERVAL_MS,
  PREFLIGHT_REFRESH_MS,
  PREFLIGHT_TIMEOUT_MS,
} from '../limits.ts';
import type { Aggregation, Ordering } from '../plan/plan.ts';
import { CredentialsError } from './credentials.ts';

/**
 * The service's description of the stream:
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StreamDescriptionSummary.html
 */
export interface StreamSummary {
  readonly status: string;
  /** Undefined if the service does not report the value. */
  readonly recordKiBMax: number | undefined;
  /** `AUTO`: the service chooses the shard of each record, whatever its partition key and hash key. */
  readonly distribution: string | undefined;
  readonly encryption: string | undefined;
}

export interface StreamPort {
  /** Resolves once credentials are available. @throws CredentialsError */
  ready(): Promise<void>;
  describeStream(signal: AbortSignal): Promise<StreamSummary>;
}

export interface Inspection {
  /** Resolves when the call has ended, successful or not. */
  readonly isOver: Promise<void>;
  /** Cancels the call: nothing stays open between invocations. */
  end(): void;
}

/** Why no aggregate may be sent yet, and when to describe the stream again. */
export interface Objection {
  readonly failure: RecordFailure;
  readonly lookAgainInMs: number;
}

/**
 * Describes the stream during the first batch of an environment, and again at an interval. Writes warnings, and stops
 * nothing but aggregates.
 */
export interface Preflight {
  begin(deadline: Deadline): Inspection;
  /** Undefined if aggregates may be sent, or if aggregation is off. */
  objection(): Objection | undefined;
  /** The stream's limit for one record; undefined if unknown. */
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
    /** The setting, in KiB. */
    readonly recordKiBMax: number;
  };
}

const NOTHING_TO_DO: Inspection = { isOver: Promise.resolve(), end: () => undefined };

export function createPreflight({ port, clock, log, meter, options }: PreflightParts): Preflight {
  let summary: StreamSummary | undefined;
  let failureCount = 0;
  /** The role does not allow the call. */
  let isForbidden = false;
  let lookedAtMs = 0;
  let withoutCredentials: CredentialsError | undefined;
  const warned = new Set<string>();
  const warnOnce = (message: string, fields: object) => {
    if (!warned.has(message)) log.warn(message, { ...fields });
    warned.add(message);
  };

  /** The batches of this environment no longer wait for an answer. */
  const isGivenUp = () => isForbidden || failureCount >= PREFLIGHT_FAILURES_MAX;

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
        withoutCredentials = error; // a failure to get credentials shows nothing about the stream
        return;
      }
      isForbidden ||= summary === undefined && identify(error).name === 'AccessDeniedException';
      failureCount += 1;
      warnOnce('stream_not_described', { error: describeForeign(error), remedy: NOT_DESCRIBED });
    }
  }

  function objection(): Objection | undefined {
    if (options.aggregation === 'off') return undefined;
    if (summary?.distribution === 'AUTO') return { failure: NOT_READABLE, lookAgainInMs: PROBE_INTERVAL_MS };
    if (summary !== undefined || isGivenUp()) return undefined;
    if (withoutCredentials === undefined) return { failure: NOT_SEEN, lookAgainInMs: PREFLIGHT_INTERVAL_MS };
    const failure = { ...NOT_SEEN, code: 'credentials_unavailable', detail: withoutCredentials.message } as const;
    return { failure, lookAgainInMs: PROBE_INTERVAL_MS };
  }

  return {
    objection,
    recordBytesMax: () => (summary?.recordKiBMax === undefined ? undefined : summary.recordKiBMax * 1024),
    begin(deadline) {
      const nowMs = clock.nowMs();
      // One call a minute, whatever failed before, unless the role does not allow any.
      const isRecent = isForbidden || nowMs - lookedAtMs < PREFLIGHT_REFRESH_MS;
      const isEnough = (summary !== undefined || isGivenUp()) && isRecent;
      const isDone = isEnough && objection() === undefined;
      if (isDone || nowMs >= deadline.sendUntilMs) return NOTHING_TO_DO;
      lookedAtMs = nowMs;
      const timeout = abortAt(clock, Math.min(nowMs + PREFLIGHT_TIMEOUT_MS, deadline.answerByMs));
      const calledOff = new AbortController();
      const signal = AbortSignal.any([timeout.signal, calledOff.signal]);
      const looking = look(signal, () => calledOff.signal.aborted).finally(timeout.release);
      return { isOver: looking, end: () => calledOff.abort() };
    },
  };
}

/** Missing credentials count as a failure of STS, not of the stream. */
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

/** Contradictions between the stream and the settings, each with a message of its own. */
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
