import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export type FunctionName = 'kinesisSink' | 'documentdbSink';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The addresses of the running engines, and the environment with which a function reaches them. Plain JSON. */
export interface Endpoints {
  readonly kafka: { readonly bootstrapServers: string };
  readonly aws: {
    readonly endpointUrl: string;
    readonly region: string;
    /** Full permissions in their account: for reading back, never for a function. */
    readonly administrators: { readonly accountA: Credentials; readonly accountB: Credentials };
  };
  readonly documentdb: {
    readonly host: string;
    readonly port: number;
    /** The path of the CA's PEM file. */
    readonly caFile: string;
    /** The functions' user, with read and write access to every database. */
    readonly username: string;
    readonly password: string;
    /** The user with all permissions, including fail points. */
    readonly administrator: { readonly username: string; readonly password: string };
  };
  /** The environment that Lambda would set, with the address of the local AWS. */
  readonly functions: Readonly<Record<FunctionName, { readonly environment: Readonly<Record<string, string>> }>>;
}

/** Writes the file atomically, readable only by its owner: it holds credentials. */
export async function writeEndpoints(file: string, endpoints: Endpoints): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
