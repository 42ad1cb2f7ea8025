import { describeForeign } from '../../shared/errors.ts';
import { FatalError } from './fatal-error.ts';
import { SECRET_TIMEOUT_MS } from './limits.ts';

/** Where the cluster is and who we are there. Never logged. */
export interface ConnectionSecret {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

export type ReadSecret = (signal: AbortSignal) => Promise<ConnectionSecret>;

/**
 * Reads the secret from Secrets Manager, anew at each call. The client is loaded with the first call.
 * @returns a function that rejects with a FatalError: no record is to blame
 */
export function createSecretReader(secretArn: string): ReadSecret {
  let read: Promise<(signal: AbortSignal) => Promise<string | undefined>> | undefined;

  async function createClient() {
    const [{ GetSecretValueCommand, SecretsManagerClient }, { NodeHttpHandler }] = await Promise.all([
      import('@aws-sdk/client-secrets-manager'),
      import('@smithy/node-http-handler'),
    ]);
    const client = new SecretsManagerClient({
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler({
        connectionTimeout: SECRET_TIMEOUT_MS,
        requestTimeout: SECRET_TIMEOUT_MS,
        throwOnRequestTimeout: true,
      }),
    });
    return async (abortSignal: AbortSignal) =>
      (await client.send(new GetSecretValueCommand({ SecretId: secretArn }), { abortSignal })).SecretString;
  }

  return async (signal) => {
    read ??= createClient();
    const text = await read
      .then((request) => request(signal))
      .catch((error: unknown) => {
        throw unavailable(`Secrets Manager did not give the secret: ${describeForeign(error)}`);
      });
    return parseSecret(text);
  };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html (Amazon DocumentDB) */
export function parseSecret(text: string | undefined): ConnectionSecret {
  const fields = parseObject(text ?? '');
  const { host, username, password } = fields;
  const port = Number(fields['port'] ?? 27017);
  if (typeof host !== 'string' || host === '') throw unavailable('the secret has no host');
  if (typeof username !== 'string' || username === '') throw unavailable('the secret has no username');
  if (typeof password !== 'string' || password === '') throw unavailable('the secret has no password');
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw unavailable("the secret's port is no port");
  return { host, port, username, password };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // The error quotes the secret.
  }
  throw unavailable('the secret is not a JSON object');
}

const unavailable = (detail: string): FatalError =>
  new FatalError('credentials_unavailable', detail, { everywhere: true });
