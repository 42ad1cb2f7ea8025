// `npm run build` bundles both functions into dist/. The default export is a framework plugin (serverless.yml), so that package,
// deploy and invoke local never use stale bundles. No top-level await: the framework loads plugins with require.
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { writeFolder } from './infra/write-folder.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const { buildOnce } = require('./infra/build-once.cjs');
const loadTypescript = require('./infra/load-typescript.cjs');

/** Optional packages that the MongoDB driver tries to load. */
const optionalPackages = [
  'mongodb-client-encryption',
  'kerberos',
  'snappy',
  '@mongodb-js/zstd',
  'gcp-metadata',
  'socks',
];

/** Packages that the bundles load only a part of. */
const replacements = Object.fromEntries(
  [
    ['whatwg-url', 'whatwg-url'],
    ['@aws-sdk/credential-providers', 'credential-providers'],
    ['@smithy/core/event-streams', 'event-streams'],
    ['@smithy/node-http-handler', 'node-http-handler'],
  ].map(([name, file]) => [name, `./infra/bundle/replacements/${file}.mjs`]),
);

/**
 * @param {string} region whose DocumentDB certificates the function trusts unless it is told otherwise
 * @param {{ caBundle?: string, connector?: string }} [named] files of the project that go beside documentdbSink
 * @param {string} [folder] gets a folder for each function
 */
export async function buildAll(region, { caBundle = 'region', connector } = {}, folder = join(root, 'dist')) {
  const documentdbFiles = new Map();
  if (caBundle === 'region') {
    // Packaging has refused documentdbSink in a region without roots.
    const roots = loadTypescript('bundle/ca-bundle').caBundleOf(region);
    if (roots !== undefined) documentdbFiles.set('ca-bundle.pem', roots);
  } else if (!/^(?:\/|s3:)/.test(caBundle)) documentdbFiles.set('ca-bundle.pem', await readFile(join(root, caBundle)));
  if (connector !== undefined) documentdbFiles.set('connector.json', packagedConnector(connector));
  await mkdir(folder, { recursive: true });
  await Promise.all([
    buildFunction('kinesis-sink', new Map(), folder),
    buildFunction('documentdb-sink', documentdbFiles, folder),
  ]);
}

/** The settings of a connector's file, whatever they are kept in, as the function reads them. @param {string} path from the root */
function packagedConnector(path) {
  return loadTypescript('stage-file/packaged-file').packagedFile(path);
}

/**
 * @param {string} name
 * @param {ReadonlyMap<string, string | Uint8Array>} files that go beside the bundle
 * @param {string} folder gets the function's folder
 */
async function buildFunction(name, files, folder) {
  const bundle = buildOnce(`functions/${name}`, {
    absWorkingDir: root,
    entryPoints: { index: `functions/${name}/handler.ts` },
    outdir: `dist/${name}`, // from where a source map names its sources
    bundle: true,
    splitting: true, // keeps lazily imported code out of the cold start
    chunkNames: 'chunk-[hash]',
    platform: 'node',
    target: 'node22',
    format: 'esm',
    mainFields: ['module', 'main'], // CommonJS entries would make the bundles 50 % larger
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    alias: replacements,
    external: optionalPackages,
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  });
  // ESM in .js files: `serverless invoke local` does not resolve .mjs, and Lambda accepts both with this package.json.
  const notices = await loadTypescript('bundle/third-party-notices').thirdPartyNotices(bundle.inputs, root);
  await writeFolder(
    join(folder, name),
    new Map([...bundle.files, ...files, ['package.json', '{"type":"module"}\n'], ['THIRD-PARTY-NOTICES.txt', notices]]),
  );
}

export default class EsbuildPlugin {
  constructor(serverless) {
    this.serverless = serverless;
    const build = async () => {
      const { MSK_SINKS_CA_BUNDLE: caBundle, MSK_SINKS_CONNECTOR: connector } =
        serverless.service.functions.documentdbSink?.environment ?? {};
      await buildAll(serverless.service.provider.region, { caBundle, connector });
    };
    this.hooks = {
      'before:package:createDeploymentArtifacts': build,
      'before:deploy:function:packageFunction': build,
      'before:invoke:local:invoke': build,
    };
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [region = 'eu-west-1', ...others] = process.argv.slice(2);
  if (others.length > 0 || loadTypescript('bundle/ca-bundle').caBundleOf(region) === undefined) {
    process.stderr.write(
      `npm run build -- [REGION]: name one region of AWS whose DocumentDB certificates the project has, got ${[region, ...others].join(' ')}\n`,
    );
    process.exitCode = 2;
  } else {
    buildAll(region).catch((error) => {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    });
  }
}
