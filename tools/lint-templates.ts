// `npm run check:templates`: runs cfn-lint on every CloudFormation template of this project. It packages each stage file of config/
// as a deployment does. .cfnlintrc lists the suppressed rules with reasons.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { scratchOf } from '../cli/doctor/retries/scratch.ts';
import { readStageFile } from '../infra/stage-file/read-stage-file.ts';
import { INSTALL_ROOT } from '../local/engines/engines.ts';
import { ensureInstalled, type Recipe } from '../local/engines/install/installation.ts';
import { installPythonPackages, pythonOf } from '../local/engines/install/python.ts';
import { PROJECT_ROOT, packageTemplate } from '../local/pipeline/package-template.ts';
import { helpIfAsked } from './help.ts';
import { templateVariants } from './template-variants.ts';

helpIfAsked(`npm run check:templates
Runs cfn-lint on every CloudFormation template: each stage of config/, and variants with other settings.
Exit codes: 0 no finding, 1 findings, 2 the command has an argument.`);

const PACKAGES = ['cfn-lint==1.58.0'];
/** The body of its script `cfn-lint`: the module does not support `python -m`. */
const START = 'import sys; from cfnlint.runner import main; sys.exit(main())';
const WRITTEN_BY_HAND = ['infra/stream-account.yml', 'infra/endpoints.yml'];
/** The stage whose file the variants change. */
const BASE_STAGE = 'dev';

/** A template with its name in the report. */
interface TemplateFile {
  readonly name: string;
  readonly file: string;
}

/** One finding. https://github.com/aws-cloudformation/cfn-lint/blob/main/src/cfnlint/formatters/__init__.py: JsonFormatter */
interface Finding {
  readonly Filename: string;
  readonly Level: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: readonly (string | number)[] | null };
}

const cfnLintRecipe: Recipe = {
  name: 'cfn-lint',
  inputs: PACKAGES,
  install: async (folder, run) => {
    process.stdout.write('cfn-lint: installing from PyPI (once, 180 MB, about 10 s) ..\n');
    return await installPythonPackages(folder, PACKAGES, run);
  },
};

async function stageFiles(): Promise<ReadonlyMap<string, { readonly region: string }>> {
  const names = (await readdir(join(PROJECT_ROOT, 'config'))).filter((name) => name.endsWith('.yml')).sort();
  const files = names.map(async (name) => {
    const file: unknown = parse(await readFile(join(PROJECT_ROOT, 'config', name), 'utf8'));
    return [basename(name, '.yml'), file as { readonly region: string }] as const; // packaging validates the rest
  });
  return new Map(await Promise.all(files));
}

/** Packages one stage after another, because each build writes to dist/. */
async function packagedStages(stages: readonly string[], folder: string): Promise<readonly TemplateFile[]> {
  const files: TemplateFile[] = [];
  for (const stage of stages) {
    const { template } = await packageTemplate({ stage, folder: join(folder, stage) });
    files.push({ name: `config/${stage}.yml`, file: await write(template, join(folder, `${stage}.json`)) });
  }
  return files;
}

/** Of `npm run doctor -- --retries`. */
const scratchTemplate = async (base: object, folder: string): Promise<TemplateFile> => ({
  name: 'the stack of npm run doctor -- --retries',
  file: await write(
    scratchOf(readStageFile('msk-sinks', BASE_STAGE, base), '0a1b2c3d').template,
    join(folder, 'scratch.json'),
  ),
});

async function write(template: unknown, file: string): Promise<string> {
  await writeFile(file, JSON.stringify(template, null, 1));
  return file;
}

async function lint(files: readonly string[], regions: readonly string[]): Promise<readonly Finding[]> {
  const { folder } = await ensureInstalled(cfnLintRecipe, INSTALL_ROOT);
  const options = ['--config-file', '.cfnlintrc', '--format', 'json', '--regions', ...regions];
  const child = spawn(pythonOf(folder), ['-c', START, ...options, '--template', ...files], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  const [report, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = await ended;
  try {
    const findings: readonly Finding[] = JSON.parse(report);
    // cfn-lint exits with 0 if it finds nothing. Another exit code without findings means that cfn-lint itself failed.
    if ((exitCode === 0) === (findings.length === 0)) return findings;
  } catch {
    // The output is not a report: the error below contains it.
  }
  throw new Error(`cfn-lint failed with exit code ${exitCode}:\n${report}${errors}`);
}

function report({ name, file }: TemplateFile, findings: readonly Finding[]): void {
  const own = findings.filter(({ Filename }) => Filename === file);
  process.stdout.write(`${own.length === 0 ? 'good' : `${own.length} found`}  ${name}\n`);
  for (const { Level, Rule, Location, Message } of own) {
    process.stdout.write(`  ${Level} ${Rule.Id} at ${Location.Path?.join('.') ?? 'the top'}: ${Message}\n`);
  }
}

/**
 * The functions of stage `local` get the engines' credentials in variables that Lambda reserves. cfn-lint reports that correctly,
 * but this stage is never deployed to AWS.
 */
const isLocalCredential = ({ name, file }: TemplateFile, { Filename, Rule }: Finding): boolean =>
  name === 'config/local.yml' && Filename === file && Rule.Id === 'E3663';

async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'msk-sinks-templates-'));
  try {
    const stages = await stageFiles();
    const base = stages.get(BASE_STAGE);
    if (base === undefined) throw new Error(`config/${BASE_STAGE}.yml is missing, but the template variants need it.`);
    const variants = templateVariants({ ...base }).map(async ({ name, template }, index) => ({
      name: `config/${BASE_STAGE}.yml with ${name}`,
      file: await write(template, join(folder, `variant-${index}.json`)),
    }));
    const files = [
      ...WRITTEN_BY_HAND.map((file) => ({ name: file, file })),
      ...(await packagedStages([...stages.keys()], folder)),
      ...(await Promise.all(variants)),
      await scratchTemplate(base, folder),
    ];
    const regions = [...new Set([...stages.values()].map(({ region }) => region))];
    const found = await lint(
      files.map(({ file }) => file),
      regions,
    );
    const findings = found.filter((finding) => !files.some((file) => isLocalCredential(file, finding)));
    for (const each of files) report(each, findings);
    return findings.length === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  return 1;
});
