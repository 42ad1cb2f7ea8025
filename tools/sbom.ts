// `npm run sbom`: what the functions contain, as CycloneDX. `npm sbom --omit dev` would leave out every package that a development
// dependency needs too (npm 11.19: six of the twelve dependencies), so that this tool takes the whole list and the lock file's word.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { helpIfAsked } from './help.ts';

interface Bom {
  readonly components: readonly { readonly 'bom-ref': string; readonly name: string; readonly version: string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly dev?: boolean }>>;
}

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** `name@version` of the packages that the lock file does not mark as needed for development only. */
const shipped = ({ packages }: Lock): ReadonlySet<string> =>
  new Set(
    Object.entries(packages)
      .filter(([path, { dev }]) => path !== '' && dev !== true)
      .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`),
  );

function withoutDevelopment(bom: Bom, kept: ReadonlySet<string>): Bom {
  const components = bom.components.filter(({ name, version }) => kept.has(`${name}@${version}`));
  const refs = new Set(components.map((component) => component['bom-ref']));
  const dependencies = bom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
  return { ...bom, components, dependencies };
}

helpIfAsked(`npm run sbom
Prints what the functions contain, as CycloneDX.
Exit codes: 0 printed, 1 npm could not tell, 2 the command has an argument.`);

const { stdout } = await promisify(execFile)('npm', ['sbom', '--sbom-format', 'cyclonedx'], {
  maxBuffer: OUTPUT_BYTES_MAX,
});
const lock: Lock = JSON.parse(await readFile('package-lock.json', 'utf8'));
process.stdout.write(`${JSON.stringify(withoutDevelopment(JSON.parse(stdout), shipped(lock)), null, 2)}\n`);
