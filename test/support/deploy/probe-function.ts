import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** What the probe is asked to try, with its execution role or with the role it assumes first. */
export interface ProbeEvent {
  readonly assume?: { readonly roleArn: string; readonly externalId: string };
  readonly putRecordsTo?: string;
  readonly readSecret?: string;
}

/** `allowed`, or the name of the error that AWS answered with. */
export type ProbeAnswer = string;

/** A Lambda function that tries one thing with the role it was given, and says how AWS answered. */
export async function handler(event: ProbeEvent): Promise<ProbeAnswer> {
  try {
    await attempt(event);
    return 'allowed';
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown';
  }
}

async function attempt({ assume, putRecordsTo, readSecret }: ProbeEvent): Promise<void> {
  const credentials = assume && (await assumed(assume));
  const own = { maxAttempts: 1, requestHandler: new NodeHttpHandler(), ...(credentials && { credentials }) };
  if (putRecordsTo !== undefined) {
    const Records = [{ Data: new TextEncoder().encode('probe'), PartitionKey: 'probe' }];
    await new KinesisClient(own).send(new PutRecordsCommand({ StreamARN: putRecordsTo, Records }));
  }
  if (readSecret !== undefined) {
    await new SecretsManagerClient(own).send(new GetSecretValueCommand({ SecretId: readSecret }));
  }
}

async function assumed({ roleArn, externalId }: NonNullable<ProbeEvent['assume']>) {
  const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'probe', ExternalId: externalId });
  const { Credentials } = await new STSClient({ maxAttempts: 1 }).send(command);
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}
