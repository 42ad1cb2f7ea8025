/** What an error of AWS means to whoever called. */
export type ErrorKind =
  | 'noCredentials'
  | 'refusedCredentials'
  | 'denied'
  | 'missing'
  | 'elsewhere'
  | 'throttled'
  | 'unreachable'
  | 'unknown';

/** By the code of AWS, or by the name or the system's code of an SDK's error: the AWS CLI and the SDKs share the codes. */
const KINDS: readonly (readonly [code: RegExp, kind: ErrorKind])[] = [
  [/^(CredentialsProviderError|TokenProviderError)$/, 'noCredentials'],
  [
    /^(ExpiredToken(Exception)?|InvalidAccessKeyId|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|InvalidToken|RequestExpired|TokenRefreshRequired|AuthFailure)$/,
    'refusedCredentials',
  ],
  [
    /^(AccessDenied(Exception)?|AllAccessDisabled|KMSAccessDeniedException|Forbidden|403|UnauthorizedOperation|AuthorizationError)$/,
    'denied',
  ],
  [
    // CloudFormation calls a stack that does not exist a ValidationError.
    /NotFound|NoSuch|DoesNotExist|^404$|^ResourceNotFoundException$|^ValidationError$|^InvalidVpcID/,
    'missing',
  ],
  [/^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/, 'elsewhere'],
  [/^(TooManyRequestsException|EC2ThrottledException|SlowDown|Throttling(Exception)?)$/, 'throttled'],
  [
    /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|TimeoutError|NetworkingError)$/,
    'unreachable',
  ],
];

/** @param codes the first one that is known decides */
export function errorKindOf(...codes: readonly (string | undefined)[]): ErrorKind {
  const known = KINDS.find(([pattern]) => codes.some((code) => code !== undefined && pattern.test(code)));
  return known?.[1] ?? 'unknown';
}
