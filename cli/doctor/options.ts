import { parseArgs } from 'node:util';

export interface DoctorOptions {
  readonly stage: string;
  /** Of the AWS CLI, with credentials of the stream's account. */
  readonly streamProfile: string | undefined;
  readonly json: boolean;
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
  --help                  print this text
Exit codes: ${GOOD} nothing failed, ${FAULTY} something failed, ${UNUSABLE} the command could not work. A missing right is a warning that names the right.`;

/** @throws Error that says how it is called */
export function parseDoctorOptions(args: readonly string[]): DoctorOptions | 'help' {
  const { stage, help, json = false, 'stream-profile': streamProfile } = parsed(args).values;
  if (help === true) return 'help';
  if (stage === undefined) throw new Error(`--stage is missing\n${USAGE}`);
  return { stage, streamProfile, json };
}

function parsed(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    return parseArgs({ args: [...args], options: { stage: text, 'stream-profile': text, json: flag, help: flag } });
  } catch {
    throw new Error(USAGE);
  }
}
