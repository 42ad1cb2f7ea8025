import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export const FUNCTION_NAMES = ['kinesisSink', 'documentdbSink'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

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

/** @throws Error when the file is missing or is not what {@link writeEndpoints} wrote. */
export async function readEndpoints(file: string): Promise<Endpoints> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${file} cannot be read (${error.code}): start the local engines first, with npm start.`);
  });
  const value = parseOrUndefined(text);
  if (!isEndpoints(value)) {
    throw new Error(`${file} is not a description of running engines: delete it and run npm start again.`);
  }
  return value;
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const REQUIRED_TEXTS: readonly (readonly string[])[] = [
  ['kafka', 'bootstrapServers'],
  ['aws', 'endpointUrl'],
  ['aws', 'region'],
  ['aws', 'administrators', 'accountA', 'accessKeyId'],
  ['aws', 'administrators', 'accountB', 'accessKeyId'],
  ['documentdb', 'host'],
  ['documentdb', 'caFile'],
  ['documentdb', 'username'],
  ['documentdb', 'password'],
  ['documentdb', 'administrator', 'username'],
  ...FUNCTION_NAMES.map((name) => ['functions', name, 'environment', 'AWS_ENDPOINT_URL']),
];

/** Only `writeEndpoints` writes this file, so the presence of each part is proof enough of its shape. */
function isEndpoints(value: unknown): value is Endpoints {
  return (
    REQUIRED_TEXTS.every((path) => typeof at(value, path) === 'string') &&
    typeof at(value, ['documentdb', 'port']) === 'number'
  );
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null
        ? Object.entries(inner).find(([key]) => key === name)?.[1]
        : undefined,
    value,
  );
}
