import { execFile } from 'node:child_process';
import { errorKindOf } from '../aws/error-kind.ts';

/** What AWS answered to one question. */
export type Answer =
  | { readonly kind: 'value'; readonly value: Value }
  /** the credentials lack the right to ask */
  | { readonly kind: 'denied' }
  /** the thing does not exist */
  | { readonly kind: 'missing' }
  /** `code` of AWS, or a word or two of what stopped the command */
  | { readonly kind: 'failed'; readonly code: string };

/** The JSON of an answer. Each check knows the form that AWS documents. */
// biome-ignore lint/suspicious/noExplicitAny: a check reads some members of a large answer, which AWS documents.
export type Value = any;

/** By their names, without the dashes in front. */
export type AskOptions = Readonly<Record<string, string | readonly string[]>>;

/** Asks AWS: `ask('kafka describe-cluster-v2', { 'cluster-arn': arn })`. Rejects never. */
export type Ask = (command: string, options?: AskOptions, ...positional: readonly string[]) => Promise<Answer>;

/** What a run of the AWS CLI ended with. */
export interface CliResult {
  /** Undefined: the program was not found. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the AWS CLI with the words after `aws`. */
export type RunCli = (args: readonly string[]) => Promise<CliResult>;

const COMMAND_TIMEOUT_MS = 30_000;
const OUTPUT_BYTES_MAX = 32 * 1024 * 1024;

/** The AWS CLI of this machine. https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output.html */
export const installedCli: RunCli = (args) =>
  new Promise((resolve) => {
    const options = { timeout: COMMAND_TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX };
    execFile('aws', [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      resolve({ exitCode: typeof code === 'number' ? code : code === 'ENOENT' ? undefined : 255, stdout, stderr });
    });
  });

/** @param profile of the AWS CLI; undefined: the credentials of the shell */
export const askWith =
  (run: RunCli, region: string, profile?: string): Ask =>
  async (command, options = {}, ...positional) => {
    const named = Object.entries(options).flatMap(([name, value]) => [`--${name}`, ...[value].flat()]);
    const common = ['--region', region, '--output', 'json', ...(profile === undefined ? [] : ['--profile', profile])];
    return answerOf(await run([...command.split(' '), ...positional, ...named, ...common]));
  };

function answerOf({ exitCode, stdout, stderr }: CliResult): Answer {
  if (exitCode === undefined) return { kind: 'failed', code: 'the AWS CLI is not installed' };
  if (exitCode === 0) return parsedAnswer(stdout);
  const [, code] = /An error occurred \(([^)]+)\)/.exec(stderr) ?? [];
  if (code === undefined) return { kind: 'failed', code: reasonOf(stderr) };
  const kind = errorKindOf(code);
  return kind === 'denied' || kind === 'missing' ? { kind } : { kind: 'failed', code };
}

function parsedAnswer(stdout: string): Answer {
  try {
    return { kind: 'value', value: stdout.trim() === '' ? {} : JSON.parse(stdout) };
  } catch {
    return { kind: 'failed', code: 'the answer is no JSON' };
  }
}

/** The CLI's own words for what happens before AWS answers. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/Unable to locate credentials|NoCredentials/i, 'no credentials'],
  [/profile .* could not be found/i, 'the profile does not exist'],
  [/Could not connect to the endpoint|Connect timeout|Read timeout/i, 'AWS is not reachable'],
  [/Invalid choice|Unknown options|argument .*: Invalid/i, 'this AWS CLI is too old for the question'],
  [/SSO|token has expired/i, 'the session has expired'],
];

const reasonOf = (stderr: string): string =>
  REASONS.find(([words]) => words.test(stderr))?.[1] ?? 'the AWS CLI failed without a code';
