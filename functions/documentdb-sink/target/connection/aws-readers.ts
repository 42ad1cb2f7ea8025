import { AWS_READ_TIMEOUT_MS } from '../../limits.ts';

/** Reads one value by name. Undefined if the value exists but holds no text. Rejects with the SDK's errors. */
export type ReadText = (name: string, signal: AbortSignal) => Promise<string | undefined>;

/** Short timeouts and no retry by the SDK: the caller decides when to try again. */
async function clientOptions() {
  const { NodeHttpHandler } = await import('@smithy/node-http-handler');
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: AWS_READ_TIMEOUT_MS,
    requestTimeout: AWS_READ_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  });
  return { maxAttempts: 1, requestHandler };
}

/** Loads the SDK and creates the client with the first call: most environments need each of them once or never. */
function lazily<Args extends readonly unknown[], T>(create: () => Promise<(...args: Args) => Promise<T>>) {
  let made: Promise<(...args: Args) => Promise<T>> | undefined;
  return async (...args: Args): Promise<T> => {
    made ??= create();
    const call = await made;
    return call(...args);
  };
}

/** A client for each region that is asked; undefined stands for the function's own region. */
function inRegions<T>(create: (region: { readonly region?: string }) => T): (name: string) => T {
  const clients = new Map<string | undefined, T>();
  return (name) => {
    const region = regionOf(name);
    const client = clients.get(region) ?? create(region === undefined ? {} : { region });
    clients.set(region, client);
    return client;
  };
}

/** A secret or parameter is read in the region that its ARN names; undefined for a name: the function's own region. */
export const regionOf = (name: string): string | undefined =>
  /^arn:[^:]+:(?:secretsmanager|ssm):([^:]+):/.exec(name)?.[1];

/** A secret's text, by name or ARN. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
export const createSecretReader = (): ReadText =>
  lazily(async () => {
    const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
    const options = await clientOptions();
    const clientOf = inRegions((region) => new SecretsManagerClient({ ...options, ...region }));
    return async (name: string, abortSignal: AbortSignal) =>
      (await clientOf(name).send(new GetSecretValueCommand({ SecretId: name }), { abortSignal })).SecretString;
  });

/**
 * A parameter's value, decrypted, by name or ARN, with a version or label (`name:3`) or without.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 */
export const createParameterReader = (): ReadText =>
  lazily(async () => {
    const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
    const options = await clientOptions();
    const clientOf = inRegions((region) => new SSMClient({ ...options, ...region }));
    return async (name: string, abortSignal: AbortSignal) =>
      (await clientOf(name).send(new GetParameterCommand({ Name: name, WithDecryption: true }), { abortSignal }))
        .Parameter?.Value;
  });

/** An object's bytes. S3 names the region of a bucket of another region. @param pathStyle true for an S3 that is addressed by IP */
export const createObjectReader = (pathStyle: boolean) =>
  lazily(async () => {
    const { GetObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    const client = new S3Client({ ...(await clientOptions()), forcePathStyle: pathStyle, followRegionRedirects: true });
    return async (bucket: string, key: string, abortSignal: AbortSignal): Promise<Uint8Array> => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    };
  });
