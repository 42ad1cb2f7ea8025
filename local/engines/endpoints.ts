import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export type FunctionName = 'kinesisSink' | 'documentdbSink';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where the running engines are, and what a function's process needs to reach them. Plain JSON. */
export interface Endpoints {
  readonly kafka: { readonly bootstrapServers: string };
  readonly aws: {
    readonly endpointUrl: string;
    readonly region: string;
    /** May do anything in their account: for reading back, never for a function. */
    readonly administrators: { readonly accountA: Credentials; readonly accountB: Credentials };
  };
  readonly documentdb: {
    readonly host: string;
    readonly port: number;
    /** Path of the PEM file of the authority that signed the server's certificate. */
    readonly caFile: string;
    /** The functions' user, who may read and write any database. */
    readonly username: string;
    readonly password: string;
    /** May set fail points and do anything else. */
    readonly administrator: { readonly username: string; readonly password: string };
  };
  /** What Lambda would put into the function's process, and where its AWS is. */
  readonly functions: Readonly<Record<FunctionName, { readonly environment: Readonly<Record<string, string>> }>>;
}

/** Written whole or not at all, readable by its owner alone: it holds credentials. */
export async function writeEndpoints(file: string, endpoints: Endpoints): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
