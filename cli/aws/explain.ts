import { describeForeign, identify } from '../../shared/errors.ts';
import { type ErrorKind, errorKindOf } from './error-kind.ts';

/** A call of AWS, in the words of an error message. */
export interface AwsCall {
  /** The right that the call needs: `s3:GetObject`. */
  readonly right: string;
  /** What the call is about: `the bucket orders`. */
  readonly resource: string;
  readonly region: string;
  readonly accountId: string;
}

const WORDS: Readonly<Record<Exclude<ErrorKind, 'unknown'>, (call: AwsCall) => string>> = {
  noCredentials: () =>
    'this shell has no AWS credentials that can be used: sign in (aws sso login), or choose a profile with AWS_PROFILE',
  refusedCredentials: () =>
    'AWS does not accept the credentials of this shell: sign in again, or choose another profile with AWS_PROFILE',
  denied: ({ right, resource, accountId }) =>
    `these credentials lack ${right} on ${resource}: allow it in account ${accountId}, or choose another profile with AWS_PROFILE (docs/dead-letters.md, Rights)`,
  missing: ({ resource, region, accountId }) =>
    `${resource} does not exist in account ${accountId}, ${region}: deploy the stage first, or check accountId and region of its file`,
  elsewhere: ({ resource, region }) => `${resource} is not in ${region}: check region of the stage file`,
  throttled: ({ resource }) =>
    `${resource} is throttled: run the command again later, or raise reservedConcurrency; what is marked stays marked`,
  unreachable: ({ region }) => `AWS cannot be reached in ${region}: check this machine's network and proxy`,
};

/** An error without the SDK's message, which may quote a request. */
export function explained(error: unknown, call: AwsCall): Error {
  const { name, code } = identify(error);
  const kind = errorKindOf(name, code);
  const said = describeForeign(error);
  return new Error(
    kind === 'unknown' ? `${call.right} on ${call.resource} failed: ${said}` : `${WORDS[kind](call)} (${said})`,
  );
}
