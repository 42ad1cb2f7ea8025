import { DescribeStreamSummaryCommand, KinesisClient, type KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { describeForeign } from '../../../shared/errors.ts';
import type { Meter } from '../../../shared/telemetry/telemetry.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { ASSUME_ROLE_TIMEOUT_MS, CONNECT_TIMEOUT_MS, SESSION_SECONDS } from '../limits.ts';
import type { Entry } from '../plan/entry.ts';
import type { EntryReply } from './classify.ts';
import {
  CredentialsError,
  type CredentialsSource,
  createCredentialsSource,
  type SessionCredentials,
} from './credentials.ts';
import type { KinesisPort } from './kinesis-port.ts';
import type { StreamPort, StreamSummary } from './preflight.ts';
import { putRecords } from './put-records.ts';
import { sendWithSession } from './session.ts';

export interface ClientOptions {
  readonly streamArn: string;
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
  /** The other account's CloudTrail shows this name. */
  readonly sessionName: string;
  readonly requestsInFlightMax: number;
  readonly requestTimeoutMs: number;
  readonly meter: Meter;
}

/**
 * Keep-alive connections over HTTP/1.1: the SDK's own handler for Kinesis opens a connection for each request
 * (https://github.com/aws/aws-sdk-js-v3/issues/8279). The sink retries, so the SDK must not.
 */
export function createKinesisClient(options: ClientOptions): KinesisPort & StreamPort {
  const credentials = options.roleArn === undefined ? undefined : assumedRole(options, options.roleArn);
  const client = new KinesisClient({
    region: regionOf(options.streamArn),
    maxAttempts: 1,
    logger: WITHOUT_INFO,
    requestHandler: httpHandler(options.requestTimeoutMs, options.requestsInFlightMax),
    ...(credentials && { credentials: () => sdkCredentials(credentials) }),
  });
  async function send(entries: readonly Entry[], signal: AbortSignal): Promise<readonly EntryReply[]> {
    const { command, replies } = putRecords(options.streamArn, entries);
    await client.send(command, { abortSignal: signal });
    return replies();
  }

  return {
    async putRecords(entries, signal) {
      const replies = await sendWithSession(credentials, () => send(entries, signal));
      const ageMs = credentials?.ageMs();
      if (ageMs !== undefined) options.meter.peak('CredentialAge', Math.round(ageMs / 1000), 'Seconds');
      return replies;
    },
    async ready() {
      await credentials?.get();
    },
    describeStream: (signal) => sendWithSession(credentials, () => describeStream(client, options.streamArn, signal)),
  };
}

const silent = () => undefined;

/**
 * For a logger with `info`, the SDK copies every request and response without their sensitive fields, and then logs
 * nothing. The credential providers call the other methods.
 */
const WITHOUT_INFO = { trace: silent, debug: silent, warn: silent, error: silent } as unknown as NonNullable<
  KinesisClientConfig['logger']
>;

async function describeStream(client: KinesisClient, arn: string, abortSignal: AbortSignal): Promise<StreamSummary> {
  const output = await client.send(new DescribeStreamSummaryCommand({ StreamARN: arn }), { abortSignal });
  const { StreamStatus, MaxRecordSizeInKiB, RecordDistributionStrategy, EncryptionType } =
    output.StreamDescriptionSummary ?? {};
  return {
    status: StreamStatus ?? 'unknown',
    recordKiBMax: MaxRecordSizeInKiB,
    distribution: RecordDistributionStrategy,
    encryption: EncryptionType,
  };
}

/**
 * The SDK caches credentials until they expire. Only the credentials source keeps and renews them, so these are marked
 * as expired.
 */
async function sdkCredentials(source: CredentialsSource) {
  const { accessKeyId, secretAccessKey, sessionToken } = await source.get();
  return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(0) };
}

function assumedRole(options: ClientOptions, roleArn: string): CredentialsSource {
  const sts = new STSClient({ maxAttempts: 2, requestHandler: httpHandler(ASSUME_ROLE_TIMEOUT_MS, 1) });
  const command = () =>
    new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: options.sessionName,
      DurationSeconds: SESSION_SECONDS,
      ExternalId: options.externalId,
    });
  const assume = async (): Promise<SessionCredentials> => {
    const output = await sts.send(command()).catch((error: unknown) => {
      throw new CredentialsError(whyNotAssumed(roleArn, error));
    });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = output.Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
      throw new CredentialsError(`AssumeRole of ${roleArn} answered without credentials`);
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiresAtMs: Expiration.getTime(),
    };
  };
  return createCredentialsSource(assume, systemClock);
}

/** A refusal has a response with a status. An error without a response never reached the service. */
const whyNotAssumed = (roleArn: string, error: unknown): string =>
  (error as { $response?: unknown }).$response === undefined
    ? `STS could not be reached for AssumeRole of ${roleArn} (${describeForeign(error)})`
    : `STS refused AssumeRole of ${roleArn} (${describeForeign(error)}): the role's trust policy must name this function's role and require the external ID of the setting externalId`;

function httpHandler(requestTimeoutMs: number, maxSockets: number): NodeHttpHandler {
  const agent = { keepAlive: true, maxSockets };
  return new NodeHttpHandler({
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: requestTimeoutMs,
    throwOnRequestTimeout: true,
    httpAgent: agent,
    httpsAgent: agent,
  });
}

/** arn:aws:kinesis:<region>:... */
const regionOf = (arn: string): string => arn.split(':')[3] ?? '';
