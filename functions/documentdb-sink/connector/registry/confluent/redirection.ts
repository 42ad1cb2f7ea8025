import type { HttpReply } from '../http-call.ts';

/** More are a circle. */
export const REDIRECTIONS_MAX = 5;

const REDIRECTING: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export const isRedirection = ({ status }: HttpReply): boolean => REDIRECTING.has(status);

/**
 * Where a redirection leads; undefined for any other answer. As in Java, none is followed to another protocol; and none to
 * another host, which would get the credentials.
 * https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/net/HttpURLConnection.html#setFollowRedirects(boolean)
 */
export function nextAddress(reply: HttpReply, from: URL): URL | undefined {
  const { location } = reply;
  if (!isRedirection(reply) || location === undefined || !URL.canParse(location, from.href)) return undefined;
  const to = new URL(location, from);
  return to.protocol === from.protocol && to.hostname === from.hostname ? to : undefined;
}
