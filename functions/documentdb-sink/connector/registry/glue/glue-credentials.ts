import { AWS_READ_TIMEOUT_MS } from '../../../limits.ts';
import type { AwsCredentials } from './sign.ts';

/** @param refused credentials that AWS does not take (any more): others are asked for, where there can be others */
export type ReadCredentials = (signal: AbortSignal, refused?: AwsCredentials) => Promise<AwsCredentials>;

type Environment = Readonly<Record<string, string | undefined>>;

/** The function's own, which Lambda keeps valid as long as the environment lives. */
export const ownCredentials =
  (environment: Environment): ReadCredentials =>
  () => {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
    if (!accessKeyId || !secretAccessKey) return Promise.reject(new Error('the function has no credentials'));
    return Promise.resolve({ accessKeyId, secretAccessKey, sessionToken: environment['AWS_SESSION_TOKEN'] });
  };

/** Before they end, so that a call that is signed with them still arrives. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** What STS answers. https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html */
export interface Session {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
  readonly Expiration?: Date | undefined;
}

/** Takes a role (`assumeRoleArn`). */
export type AssumeRole = (
  role: { readonly arn: string; readonly sessionName: string; readonly region: string },
  signal: AbortSignal,
) => Promise<Session | undefined>;

/** Those of a role, kept until shortly before they end, or until they are refused. */
export function roleCredentials(
  role: Parameters<AssumeRole>[0],
  assumeRole: AssumeRole,
  now: () => number = Date.now,
): ReadCredentials {
  let kept: { readonly credentials: AwsCredentials; readonly untilMs: number } | undefined;
  return async (signal, refused) => {
    if (kept !== undefined && kept.credentials !== refused && now() < kept.untilMs) return kept.credentials;
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = (await assumeRole(role, signal)) ?? {};
    if (!AccessKeyId || !SecretAccessKey) throw new Error('the session has no credentials');
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    kept = { credentials, untilMs: (Expiration?.getTime() ?? 0) - RENEW_BEFORE_MS };
    return credentials;
  };
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const assumeWithSts: AssumeRole = async ({ arn, sessionName, region }, abortSignal) => {
  // biome-ignore lint/style/noRestrictedImports: the registry may be of another account, whose role the function takes.
  const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
  const { NodeHttpHandler } = await import('@smithy/node-http-handler');
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: AWS_READ_TIMEOUT_MS,
    requestTimeout: AWS_READ_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  });
  const client = new STSClient({ region, maxAttempts: 1, requestHandler });
  const command = new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: sessionName });
  return (await client.send(command, { abortSignal })).Credentials;
};
