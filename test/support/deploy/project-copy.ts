import { existsSync } from 'node:fs';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { PROJECT_ROOT } from '../../../local/pipeline/package-template.ts';

/** All that `serverless deploy` reads. */
const DEPLOYED = [
  'infra',
  'functions',
  'shared',
  'config',
  'serverless.yml',
  'esbuild.config.mjs',
  'package.json',
  'tsconfig.json',
];

/** A copy of this project whose stage files may be changed, and whose builds disturb nobody's. */
export interface ProjectCopy {
  readonly folder: string;
  /** Sets settings of config/<stage>.yml by their paths: `kinesisSink.externalId`; the rest stays as it is. */
  change(stage: string, settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** A setting of config/<stage>.yml as text. */
  setting(stage: string, path: string): Promise<string>;
}

/** What infra/build-once.cjs keeps of the bundles: where it is older than the code, the copy builds as without it. */
const KEPT_BUILDS = ['kinesis-sink', 'documentdb-sink'].map((name) =>
  join('.local', 'build', 'functions', `${name}.json`),
);

/** Copies into an empty folder; packages are linked. */
export async function copyProject(folder: string): Promise<ProjectCopy> {
  const copied = [...DEPLOYED, ...KEPT_BUILDS.filter((name) => existsSync(join(PROJECT_ROOT, name)))];
  await Promise.all(copied.map((name) => cp(join(PROJECT_ROOT, name), join(folder, name), { recursive: true })));
  await symlink(join(PROJECT_ROOT, 'node_modules'), join(folder, 'node_modules'));
  const read = async (stage: string) =>
    parseDocument(await readFile(join(folder, 'config', `${stage}.yml`), 'utf8'), { version: '1.2' });
  return {
    folder,
    async change(stage, settings) {
      const document = await read(stage);
      for (const [path, value] of Object.entries(settings)) document.setIn(path.split('.'), value);
      await writeFile(join(folder, 'config', `${stage}.yml`), document.toString());
    },
    async setting(stage, path) {
      const value = (await read(stage)).getIn(path.split('.'));
      if (typeof value !== 'string') throw new Error(`config/${stage}.yml has no text at ${path}`);
      return value;
    },
  };
}
