import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoints } from '../../local/engines/endpoints.ts';
import { withFileLock } from '../../local/pipeline/file-lock.ts';
import {
  type PackagedTemplate,
  type PackageOptions,
  packageTemplate,
  readPackage,
  templateFile,
} from '../../local/pipeline/package-template.ts';

/**
 * Stage `local`, packaged by the first who asks in this run of the tests: the others get a copy in which the functions have
 * their engines. Packaging takes five seconds of processor time, and one goes on at a time.
 * @param runFolder which the test files of this run share
 */
export const packageOnce =
  (runFolder: string) =>
  async ({ stage, folder, endpointsFile, stageFile }: PackageOptions): Promise<PackagedTemplate> => {
    if (stage !== 'local' || endpointsFile === undefined || stageFile !== undefined) {
      throw new Error('only stage local as config/local.yml has it is packaged once');
    }
    const shared = join(runFolder, 'package');
    const sharedEndpoints = join(runFolder, 'package-endpoints.json');
    await withFileLock(join(runFolder, 'package.lock'), async () => {
      if (existsSync(sharedEndpoints)) return;
      await packageTemplate({ stage, folder: shared, endpointsFile });
      await cp(endpointsFile, sharedEndpoints);
    });
    await cp(shared, folder, { recursive: true });
    const [template, before, after] = await Promise.all([
      readJson<Template>(templateFile(folder)),
      readJson<Endpoints>(sharedEndpoints),
      readJson<Endpoints>(endpointsFile),
    ]);
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (Type !== 'AWS::Lambda::Function' || Properties.Environment === undefined) continue;
      const name = Properties.FunctionName?.endsWith('kinesisSink') ? 'kinesisSink' : 'documentdbSink';
      const old = Object.keys(before.functions[name].environment);
      const own = Object.entries(Properties.Environment.Variables).filter(([variable]) => !old.includes(variable));
      Properties.Environment.Variables = { ...Object.fromEntries(own), ...after.functions[name].environment };
    }
    await writeFile(templateFile(folder), JSON.stringify(template));
    return await readPackage(folder);
  };

interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly Properties: {
          readonly FunctionName?: string;
          readonly Environment?: { Variables: Readonly<Record<string, string>> };
        };
      }
    >
  >;
}

const readJson = async <T>(file: string): Promise<T> => JSON.parse(await readFile(file, 'utf8')) as T;
