import { describeForeign, identify } from '../../shared/errors.ts';

/** A call of AWS, in the words of an error message. */
export interface AwsCall {
  /** The right that the call needs: `s3:GetObject`. */
  readonly right: string;
  /** What the call is about: `the bucket orders`. */
  readonly resource: string;
  readonly region: string;
  readonly accountId: string;
}

/** What an error of the SDK means, by its name or by its system's code. */
const CAUSES: readonly (readonly [cause: RegExp, words: (call: AwsCall) => string])[] = [
  [
    /^(CredentialsProviderError|TokenProviderError)$/,
    () =>
      'this shell has no AWS credentials that can be used: sign in (aws sso login), or choose a profile with AWS_PROFILE',
  ],
  [
    /^(ExpiredToken(Exception)?|InvalidAccessKeyId|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|InvalidToken|RequestExpired|TokenRefreshRequired)$/,
    () =>
      'AWS does not accept the credentials of this shell: sign in again, or choose another profile with AWS_PROFILE',
  ],
  [
    /^(AccessDenied(Exception)?|AllAccessDisabled|KMSAccessDeniedException|Forbidden)$/,
    ({ right, resource, accountId }) =>
      `these credentials lack ${right} on ${resource}: allow it in account ${accountId}, or choose another profile with AWS_PROFILE (docs/dead-letters.md, Rights)`,
  ],
  [
    /^(NoSuchBucket|ResourceNotFoundException)$/,
    ({ resource, region, accountId }) =>
      `${resource} does not exist in account ${accountId}, ${region}: deploy the stage first, or check accountId and region of its file`,
  ],
  [
    /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/,
    ({ resource, region }) => `${resource} is not in ${region}: check region of the stage file`,
  ],
  [
    /^(TooManyRequestsException|EC2ThrottledException|SlowDown)$/,
    ({ resource }) =>
      `${resource} is throttled: run the command again later, or raise reservedConcurrency; what is marked stays marked`,
  ],
  [
    /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|TimeoutError|NetworkingError)$/,
    ({ region }) => `AWS cannot be reached in ${region}: check this machine's network and proxy`,
  ],
];

/** An error without the SDK's message, which may quote a request. */
export function explained(error: unknown, call: AwsCall): Error {
  const { name, code } = identify(error);
  const [, words] = CAUSES.find(([cause]) => cause.test(name) || cause.test(code ?? '')) ?? [];
  const said = describeForeign(error);
  return new Error(
    words === undefined ? `${call.right} on ${call.resource} failed: ${said}` : `${words(call)} (${said})`,
  );
}
