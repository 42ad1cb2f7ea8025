import { describeForeign } from '../../../../shared/errors.ts';
import { FatalError } from '../fatal-error.ts';
import type { ReadText } from './aws-readers.ts';

/** The address of the cluster and the credentials. Never logged. */
export interface ConnectionSecret {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

export type ReadSecret = (signal: AbortSignal) => Promise<ConnectionSecret>;

/**
 * Reads the secret from Secrets Manager at each call.
 * @returns a function that rejects with a FatalError: no record is to blame
 */
export const createConnectionSecret =
  (secretArn: string, readSecret: ReadText): ReadSecret =>
  async (signal) => {
    const text = await readSecret(secretArn, signal).catch((error: unknown) => {
      throw unavailable(`Secrets Manager did not return the secret of secretArn (${describeForeign(error)})`);
    });
    return parseSecret(text);
  };

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html (Amazon DocumentDB) */
export function parseSecret(text: string | undefined): ConnectionSecret {
  const fields = parseObject(text ?? '');
  const { host, username, password } = fields;
  const port = Number(fields['port'] ?? 27017);
  if (typeof host !== 'string' || host === '') throw unavailable('the secret has no host');
  if (typeof username !== 'string' || username === '') throw unavailable('the secret has no username');
  if (typeof password !== 'string' || password === '') throw unavailable('the secret has no password');
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw unavailable('the port in the secret is not a number from 1 to 65535');
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
  new FatalError('credentials_unavailable', detail, { scope: 'target' });
