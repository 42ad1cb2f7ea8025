/**
 * The limit for request and response of a synchronous invocation: slightly more than 6 MB, the number in Lambda's error message.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const PAYLOAD_BYTES_MAX = 6_291_556;
