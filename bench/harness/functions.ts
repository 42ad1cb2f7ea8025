import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { parseProperties } from '../../functions/documentdb-sink/connector/file/properties-file.ts';
import { packagedText } from '../../infra/connector-file/packaged-connector.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, '.local', 'bench', 'functions');

export type Peer = 'kinesis-floor' | 'kinesis-handler' | 'documentdb-floor';

export interface BuiltFunctions {
  /** The file of a sink: the bundle that is deployed. */
  readonly kinesisSink: string;
  readonly documentdbSink: string;
  peer(name: Peer): string;
  /** documentdbSink with a connector file beside it. */
  withConnector(name: string, properties: Readonly<Record<string, string>>): Promise<string>;
}

/** Plain JavaScript, which the compiler does not read. */
const BUILD = join(ROOT, 'esbuild.config.mjs');

/** Builds both functions as a deployment does, and the peers with the same options. */
export async function buildFunctions(): Promise<BuiltFunctions> {
  const { buildAll } = await import(BUILD);
  await rm(FOLDER, { recursive: true, force: true });
  await buildAll('eu-west-1', {}, FOLDER);
  const peers: readonly Peer[] = ['kinesis-floor', 'kinesis-handler', 'documentdb-floor'];
  await Promise.all(peers.map(buildPeer));
  const documentdbSink = join(FOLDER, 'documentdb-sink');
  return {
    kinesisSink: join(FOLDER, 'kinesis-sink', 'index.js'),
    documentdbSink: join(documentdbSink, 'index.js'),
    peer: (name) => join(FOLDER, name, 'index.mjs'),
    async withConnector(name, properties) {
      const copy = join(FOLDER, name);
      await cp(documentdbSink, copy, { recursive: true });
      const text = Object.entries(properties)
        .map(([property, value]) => `${property}=${value}`)
        .join('\n');
      await writeFile(join(copy, 'connector.json'), packagedText(parseProperties(text)));
      return join(copy, 'index.js');
    },
  };
}

const buildPeer = (name: Peer) =>
  build({
    absWorkingDir: ROOT,
    entryPoints: [`bench/peers/${name}.ts`],
    outfile: join(FOLDER, name, 'index.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    external: ['mongodb-client-encryption', 'kerberos', 'snappy', '@mongodb-js/zstd', 'gcp-metadata', 'socks'],
    minify: true,
    keepNames: true,
    logLevel: 'error',
  });
