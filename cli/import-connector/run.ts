import { basename, extname } from 'node:path';
import { parse } from 'yaml';
import { SETTINGS } from '../../infra/connector-file/find-settings.ts';
import { readConnectorFile } from '../../infra/connector-file/read-connector-file.ts';
import { decodeText } from '../../infra/stage-file/decode-text.ts';
import type { Surroundings } from '../../infra/stage-file/project-files.ts';
import { readStageFile } from '../../infra/stage-file/read-stage-file.ts';
import { SettingsError } from '../../shared/errors.ts';
import { importConnector } from './connector.ts';
import { importDoka, isDoka } from './doka.ts';
import type { Import } from './import.ts';
import { type ImportOptions, isStage } from './options.ts';
import { stageFileOf } from './stage-file.ts';

/** A file to write, by its path in the project. */
export interface Written {
  readonly path: string;
  readonly content: string | Buffer;
}

export interface ImportResult {
  readonly files: readonly Written[];
  readonly lines: readonly string[];
}

/** Only names of resources depend on it. */
const SERVICE = 'msk-sinks';

/**
 * What an import writes and prints. Writes nothing itself.
 * @param content of the file
 * @param otherStages the texts of the other stage files
 * @throws Error that says what to do
 */
export function importFile(
  options: ImportOptions,
  content: Buffer,
  surroundings: Surroundings,
  otherStages: readonly string[] = [],
): ImportResult {
  const text = decodeText(content);
  const doka = dokaIn(text, options.file);
  const stem = basename(options.file, extname(options.file));
  const stage = options.stage ?? (doka === undefined ? undefined : stem);
  if (stage === undefined) throw new Error('--stage is missing: name the stage that is to have the connector');
  if (!isStage(stage)) throw new Error(`the file's name gives no stage (${stem}): name the stage with --stage`);
  if (doka === undefined) refuseOthers(text, options.file);
  const stagePath = `config/${stage}.yml`;
  const stageText = surroundings.readFile(stagePath);
  const names = { stage, file: basename(options.file), stageText, otherStages };
  const copy = doka === undefined ? { path: copyPathOf(names, text, surroundings), content } : undefined;
  refuseExisting([stagePath, ...(copy === undefined ? [] : [copy.path])], options, text, surroundings);
  const result = copy === undefined ? importDoka(doka, stage) : importConnector(text, copy.path, stage, surroundings);
  const file = stageFileOf(stage, result, stageText);
  const files = [{ path: stagePath, content: file }, ...(copy === undefined ? [] : [copy])];
  const gaps = gapsIn(file, result);
  const readFile = (path: string) => (path === copy?.path ? text : surroundings.readFile(path));
  const problems = problemsOf(stage, file, gaps, { ...surroundings, readFile });
  return { files, lines: linesOf(result, { files, gaps, problems, stage }) };
}

interface CopyNames {
  readonly stage: string;
  readonly file: string;
  readonly stageText: string | undefined;
  readonly otherStages: readonly string[];
}

/** Connector files of several stages often have one name. What another stage reads is not written over, with --force neither. */
function copyPathOf(
  { stage, file, stageText, otherStages }: CopyNames,
  text: string,
  { readFile }: Surroundings,
): string {
  const path = `config/connectors/${file}`;
  const there = readFile(path);
  if (there === undefined || there === text) return path;
  const isOwn = stageText?.includes(path) === true && !otherStages.some((other) => other.includes(path));
  return isOwn ? path : `config/connectors/${stage}-${file}`;
}

/** What packaging would say of the written files, but for the gaps. */
function problemsOf(stage: string, file: string, gaps: Import['gaps'], surroundings: Surroundings): readonly string[] {
  try {
    readStageFile(SERVICE, stage, parse(file), surroundings);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.filter((problem) => !gaps.some(({ path }) => problem.startsWith(path.join('.'))));
  }
}

/** A file that is neither would become a stage that says nothing. */
function refuseOthers(text: string, file: string): void {
  const { entries, faults } = readConnectorFile(text, file);
  if (entries.some(({ name }) => SETTINGS.has(name))) return;
  const why = faults.map(({ line, problem }) => (line === 0 ? problem : `line ${line}: ${problem}`));
  const names = [...SETTINGS].join(', ');
  throw new Error(
    `${file}: ${why.length > 0 ? why.join('; ') : `has no settings of a MongoDB sink connector (none of ${names})`}. A configuration of doka is YAML with the sections aws and msk`,
  );
}

function dokaIn(text: string, file: string): unknown {
  if (!/\.ya?ml$/i.test(file)) return undefined;
  try {
    const parsed: unknown = parse(text, { schema: 'failsafe' });
    return isDoka(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** A connector file that lies in its place already, with the same content, may stay. */
function refuseExisting(
  paths: readonly string[],
  { force }: ImportOptions,
  text: string,
  { readFile }: Surroundings,
): void {
  const existing = paths.filter((path) => {
    const there = readFile(path);
    return there !== undefined && there !== text;
  });
  if (force || existing.length === 0) return;
  throw new Error(
    `${existing.join(' and ')} exist${existing.length === 1 ? 's' : ''}: choose another --stage, or write into it with --force`,
  );
}

/** A gap that an existing stage file fills is none. */
const gapsIn = (file: string, { gaps }: Import): Import['gaps'] => {
  const written: unknown = parse(file);
  const at = (path: readonly string[]) =>
    path.reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], written);
  return gaps.filter(({ path }) => [at(path)].flat().includes('FILL_IN'));
};

interface Outcome {
  readonly files: readonly Written[];
  readonly gaps: Import['gaps'];
  readonly problems: readonly string[];
  readonly stage: string;
}

function linesOf(
  { source, settings, changes, notTaken, next }: Import,
  { files, gaps, problems, stage }: Outcome,
): readonly string[] {
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`), ''];
  return [
    ...section(
      'Written:',
      files.map(({ path }) => path),
    ),
    ...section(
      `Taken over from ${source}:`,
      settings.map(({ path, value, from }) => `${path.join('.')}: ${[value].flat().join(', ')}  (${from})`),
    ),
    ...section('What changes:', changes),
    ...section('Not taken over:', notTaken),
    ...section('Packaging refuses, until it is corrected:', problems),
    ...section(
      `Left to fill in, in config/${stage}.yml:`,
      gaps.map(({ path, what }) => `${path.join('.')}: ${what}`),
    ),
    ...section('Then:', [`npx serverless package --stage ${stage}`, ...next]),
  ];
}
