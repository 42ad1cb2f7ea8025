/** How a client logs in to the brokers. */
export type Login =
  /** SASL/SCRAM with SHA-512. https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html */
  | { readonly kind: 'scram'; readonly username: string; readonly password: string }
  /** With the AWS credentials of the shell. https://docs.aws.amazon.com/msk/latest/developerguide/iam-access-control.html */
  | { readonly kind: 'iam' };

export interface Brokers {
  readonly bootstrapServers: string;
  readonly tls: boolean;
  readonly login: Login | undefined;
}

/** For `parseArgs`. */
export const BROKER_OPTIONS = {
  bootstrap: { type: 'string' },
  tls: { type: 'boolean' },
  login: { type: 'string' },
} as const;

export const BROKER_USAGE = `  --bootstrap HOST:PORT,..   the brokers, as this machine reaches them
  --tls                      over TLS
  --login iam                over TLS, with the AWS credentials of this shell
  --login scram              over TLS, with SASL/SCRAM-SHA-512 as the user KAFKA_USERNAME with the password KAFKA_PASSWORD of
                             the environment`;

interface Values {
  readonly bootstrap?: string | undefined;
  readonly tls?: boolean | undefined;
  readonly login?: string | undefined;
}

/** @returns undefined without --bootstrap. @throws Error that says what goes together */
export function brokersOf(
  { bootstrap, tls = false, login }: Values,
  environment: Readonly<Record<string, string | undefined>>,
): Brokers | undefined {
  if (bootstrap === undefined) {
    if (tls || login !== undefined) throw new Error('--tls and --login belong to --bootstrap');
    return undefined;
  }
  const used = loginOf(login, environment);
  const servers = bootstrap.split(',').map((server) => server.trim());
  if (!servers.every(isServer)) throw new Error('--bootstrap must be HOST:PORT, several with commas between them');
  return { bootstrapServers: servers.join(','), tls: tls || used !== undefined, login: used };
}

const PORT_MAX = 65_535;

function isServer(server: string): boolean {
  const [, port] = /^[^\s/]+:(\d{1,5})$/.exec(server) ?? [];
  return port !== undefined && Number(port) > 0 && Number(port) <= PORT_MAX;
}

function loginOf(
  method: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Login | undefined {
  if (method === undefined) return undefined;
  if (method === 'iam') return { kind: 'iam' };
  if (method !== 'scram') throw new Error(`--login must be iam or scram, got ${JSON.stringify(method)}`);
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = environment;
  if (username === undefined || password === undefined) {
    throw new Error('--login scram: set KAFKA_USERNAME and KAFKA_PASSWORD in the environment of this command');
  }
  return { kind: 'scram', username, password };
}
