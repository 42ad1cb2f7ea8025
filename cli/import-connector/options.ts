import { parseOrExplain } from '../terminal/parse-or-explain.ts';

export interface ImportOptions {
  readonly file: string;
  /** Undefined: the name of a doka configuration names the stage. */
  readonly stage: string | undefined;
  readonly force: boolean;
}

export const USAGE = `npm run import-connector -- FILE [--stage STAGE] [--force]
Takes over a configuration of the MongoDB sink connector (.properties, JSON, YAML, Terraform, ksqlDB), or configs/<env>.yaml of doka: writes
config/STAGE.yml, and copies a connector file to config/connectors/. Prints what was taken over, what changes and why, and what is left to
fill in (FILL_IN in the stage file: packaging names each).
  --stage STAGE   the stage to write; by default <env> of doka's configs/<env>.yaml
  --force         write into files that exist: settings and comments that the import does not name stay
  --help          print this text
Exit codes: 0 written, 1 the command could not work (nothing is written).`;

/** Names of resources contain the stage, and that of a bucket has no capitals. */
export const isStage = (name: string): boolean => /^[a-z][a-z0-9-]*$/.test(name);

/** @throws Error that says how it is called */
export function parseImportOptions(args: readonly string[]): ImportOptions | 'help' {
  const { values, positionals } = parsed(args);
  const { stage, force = false, help } = values;
  if (help === true) return 'help';
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new Error(`name one FILE\n${USAGE}`);
  if (stage !== undefined && !isStage(stage)) {
    throw new Error(`--stage must be lower-case letters, digits and dashes, got ${JSON.stringify(stage)}`);
  }
  return { file, stage, force };
}

function parsed(args: readonly string[]) {
  const options = { stage: { type: 'string' }, force: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  return parseOrExplain({ args: [...args], options, allowPositionals: true }, USAGE);
}
