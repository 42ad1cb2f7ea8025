import { vi } from 'vitest';
import type { LambdaHandler } from '../../shared/lambda.ts';
import { toEnvironment } from '../../shared/settings/parse-settings.ts';
import type { AwsServer } from './aws-server.ts';
import { anEvent, type EventRecordParts } from './mapping-event.ts';

let count = 0;

/**
 * A function as Lambda loads it: a module of its own, with these settings in its environment and this server as AWS.
 * @param folder in `functions/`
 */
export async function loadedHandler(folder: string, aws: AwsServer, settings: object) {
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url.replace('127.0.0.1', 'localhost')); // S3 would be asked at letters.localhost
  for (const [name, value] of Object.entries(toEnvironment({ ...settings }))) vi.stubEnv(name, value);
  count += 1;
  const url = `../../functions/${folder}/handler.ts?${count}`;
  const { handler } = (await import(url)) as { readonly handler: LambdaHandler };
  const invokeWith = (event: unknown, remainingMs = 30_000) =>
    handler(event, { getRemainingTimeInMillis: () => remainingMs });
  const invoke = (records: readonly EventRecordParts[], remainingMs?: number) =>
    invokeWith(anEvent(records), remainingMs);
  return { invoke, invokeWith };
}
