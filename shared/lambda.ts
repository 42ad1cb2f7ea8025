import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import { describeForeign, MskSinksError } from './errors.ts';
import { runBatch, type TriggerMode } from './run-batch.ts';
import type { KafkaBatchResponse } from './settle.ts';
import type { Sink } from './sink-contract.ts';
import { isPublished, type MetricsLevel } from './telemetry/metric-names.ts';
import { createMeter, type Log, METRICS_NAMESPACE, type Meter } from './telemetry/telemetry.ts';
import { systemClock } from './time/clock.ts';
import { deadlineOf } from './time/deadline.ts';

/** The part of Lambda's context object that this file uses. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

export type LambdaHandler = (event: unknown, context: LambdaContext) => Promise<KafkaBatchResponse>;

export interface FunctionOptions {
  /** The function's short name and a metric dimension: `kinesisSink`. */
  readonly functionName: string;
  readonly serviceName: string;
  readonly stage: string;
  readonly triggerMode: TriggerMode;
  readonly metrics: MetricsLevel;
  readonly createSink: (telemetry: { readonly log: Log; readonly meter: Meter }) => Sink;
}

/** The only file that knows middy, Powertools and Lambda's context. */
export function createHandler(options: FunctionOptions): LambdaHandler {
  const logger = new Logger({ serviceName: options.serviceName, persistentKeys: { stage: options.stage } });
  const metrics = new Metrics({
    namespace: METRICS_NAMESPACE,
    serviceName: options.serviceName,
    defaultDimensions: { stage: options.stage, function: options.functionName },
    logger,
  });
  const log: Log = {
    info: (message, fields) => logger.info(message, { ...fields }),
    warn: (message, fields) => logger.warn(message, { ...fields }),
  };
  const meter = createMeter();
  const sink = options.createSink({ log, meter });
  const parts = { sink, triggerMode: options.triggerMode, clock: systemClock, log, meter };

  async function handle(event: unknown, context: LambdaContext): Promise<KafkaBatchResponse> {
    try {
      return await runBatch(event, deadlineOf(systemClock.nowMs(), context.getRemainingTimeInMillis()), parts);
    } catch (error) {
      throw withoutForeignMessage(error);
    } finally {
      for (const { name, unit, value } of meter.take()) {
        if (isPublished(name, options.metrics)) metrics.addMetric(name, MetricUnit[unit], value);
      }
      metrics.publishStoredMetrics();
    }
  }

  // `logEvent: false` overrides POWERTOOLS_LOGGER_LOG_EVENT: an event contains payload.
  return middy<unknown, KafkaBatchResponse>()
    .use(injectLambdaContext(logger, { logEvent: false }))
    .handler(handle) as unknown as LambdaHandler;
}

/**
 * The Lambda runtime logs what a handler throws. A foreign error keeps its name, code and stack frames, but not its
 * message.
 */
function withoutForeignMessage(error: unknown): Error {
  if (error instanceof MskSinksError) return error;
  const replacement = new Error(`unexpected ${describeForeign(error)}`);
  replacement.stack = [`Error: ${replacement.message}`, ...framesOf(error)].join('\n');
  return replacement;
}

/**
 * A stack begins with the message, and a line of the message may look like a frame. So only the lines after the message
 * are taken.
 */
function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const messageStart = error.stack.indexOf(error.message);
  if (messageStart === -1) return [];
  const afterMessage = error.stack.slice(messageStart + error.message.length);
  return afterMessage.split('\n').filter((line) => /^\s+at /.test(line));
}
