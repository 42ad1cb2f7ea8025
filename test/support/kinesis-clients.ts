import { inject, vi } from 'vitest';
import { type ClientOptions, createKinesisClient } from '../../functions/kinesis-sink/target/client.ts';
import { endpointsOf } from './engines-of-run.ts';
import { recordedTelemetry } from './recorded-telemetry.ts';

export const STREAM = 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders';

export const ROLE = 'arn:aws:iam::222222222222:role/orders-stream-writer';

export const endpoints = await endpointsOf(inject('runFolder'));

export function stubEnvironment(changes: Readonly<Record<string, string>> = {}): void {
  const environment = { ...endpoints.functions.kinesisSink.environment, ...changes };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}

export const aClient = (changes: Partial<ClientOptions> = {}) =>
  createKinesisClient({
    streamArn: STREAM,
    roleArn: ROLE,
    externalId: 'msk-sinks-local',
    sessionName: 'msk-sinks-test',
    requestsInFlightMax: 4,
    requestTimeoutMs: 5_000,
    meter: recordedTelemetry().meter,
    ...changes,
  });
