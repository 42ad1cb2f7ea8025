import { BROKER_OPTIONS, BROKER_USAGE, brokersOf } from '../kafka/options.ts';
import { parseOrExplain } from '../terminal/parse-or-explain.ts';
import type { RetriesOptions } from './retries/command.ts';

export interface DoctorOptions {
  readonly stage: string;
  /** Of the AWS CLI, with credentials of the stream's account. */
  readonly streamProfile: string | undefined;
  readonly json: boolean;
  /** Instead of the table: find out which records Lambda repeats. */
  readonly retries: RetriesOptions | undefined;
}

/** Nothing has failed. Warnings may be there. */
export const GOOD = 0;
/** Something has failed. */
export const FAULTY = 1;
/** The command could not do its work. */
export const UNUSABLE = 2;

export const USAGE = `npm run doctor -- --stage STAGE [options]
Looks at a stage from outside, before or after its deployment. Uses the AWS CLI with the credentials of this shell. Changes nothing, but
each deployed function is invoked once without records, and documentdbSink writes and deletes a document of the collection msk-sinks-probe.
  --stream-profile NAME   a profile of the AWS CLI for the stream's account, whose role and stream are checked too
  --json                  print the rows as JSON
  --retries               instead: find out which records Lambda repeats after a partial failure, with a topic, a function and a mapping
                          of its own, which it removes again; writes what it saw to test/fixtures/captured/
  --dry-run               with --retries: print what would be done
With --retries, the brokers:
${BROKER_USAGE}
  --help                  print this text
Exit codes: ${GOOD} nothing failed, ${FAULTY} something failed, ${UNUSABLE} the command could not work. A missing right is a warning that names the right.`;

const NOT_IN_AWS =
  'the stage local runs on this machine (npm start), and the doctor looks at accounts of AWS: choose another stage with --stage, or try a function of this machine with npm run invoke';

/** @throws Error that says how it is called */
export function parseDoctorOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): DoctorOptions | 'help' {
  const values = parsed(args).values;
  const {
    stage,
    help,
    json = false,
    'stream-profile': streamProfile,
    retries = false,
    'dry-run': dryRun = false,
  } = values;
  if (help === true) return 'help';
  if (stage === undefined) throw new Error(`--stage is missing\n${USAGE}`);
  if (stage === 'local') throw new Error(NOT_IN_AWS);
  const brokers = brokersOf(values, environment);
  if (!retries && (dryRun || brokers !== undefined)) throw new Error('--dry-run and --bootstrap belong to --retries');
  return { stage, streamProfile, json, retries: retries ? { dryRun, brokers } : undefined };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const own = { stage: text, 'stream-profile': text, json: flag, retries: flag, 'dry-run': flag, help: flag };
  return parseOrExplain({ args: [...args], options: { ...own, ...BROKER_OPTIONS } }, USAGE);
}
