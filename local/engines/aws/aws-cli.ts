import { ensureInstalled, type Progress, type Recipe } from '../install/installation.ts';
import { installPythonPackages, pythonOf } from '../install/python.ts';

const PACKAGES = ['awscli==1.46.3'];

/** The command that starts the AWS CLI: a program and its leading arguments. */
export interface AwsCli {
  readonly program: string;
  readonly args: readonly string[];
}

/** The AWS CLI (version 1, which PyPI has); installs it first when it is missing. */
export async function ensureAwsCli(installRoot: string, progress: Progress): Promise<AwsCli> {
  const { folder } = await ensureInstalled(awsCliRecipe(progress), installRoot);
  return { program: pythonOf(folder), args: ['-m', 'awscli'] };
}

export function awsCliRecipe(progress: Progress): Recipe {
  return {
    name: 'aws-cli',
    inputs: PACKAGES,
    install: async (folder, run) => {
      progress('AWS CLI: installing from PyPI (once, 190 MB, about 10 s) ..');
      return await installPythonPackages(folder, PACKAGES, run);
    },
  };
}
