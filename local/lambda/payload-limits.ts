/**
 * Request and response of a synchronous invocation: 6 MB and a little, the figure that Lambda's own message gives.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const PAYLOAD_BYTES_MAX = 6_291_556;
