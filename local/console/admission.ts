import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What decides whether a request is admitted. */
export interface RequestHead {
  readonly method: string;
  /** The path with its query, as it was sent. */
  readonly url: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Sec-Fetch-Site */
  readonly fetchSite: string | undefined;
  readonly contentType: string | undefined;
}

export interface Own {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** The first part of every path. */
  readonly token: string;
}

export type Admission =
  | {
      readonly kind: 'admitted';
      readonly method: 'GET' | 'POST';
      readonly path: string;
      readonly query: URLSearchParams;
    }
  | { readonly kind: 'refused'; readonly status: number; readonly text: string };

/**
 * Admits requests of the page alone. A name that another site resolves to 127.0.0.1 has another Host; a page of another site has
 * another Origin, and does not know the token; a request that changes something must name its Origin.
 */
export function admissionOf(head: RequestHead, { host, token }: Own): Admission {
  if (head.host !== host) return refused(403, `The console answers at http://${host} alone.`);
  if (head.origin !== undefined && head.origin !== `http://${host}`) return refused(403, FOREIGN);
  if (head.fetchSite !== undefined && head.fetchSite !== 'same-origin' && head.fetchSite !== 'none') {
    return refused(403, FOREIGN);
  }
  const { pathname, searchParams: query } = new URL(head.url, `http://${host}`);
  const [, first = '', ...rest] = pathname.split('/');
  if (!isSame(first, token) || rest.length === 0) {
    return refused(403, 'The token is missing or wrong: open the address that `npm start` printed.');
  }
  const path = `/${rest.join('/')}`;
  if (head.method === 'GET') return { kind: 'admitted', method: 'GET', path, query };
  if (head.method !== 'POST') return refused(405, 'The console takes GET and POST.');
  if (head.origin === undefined) return refused(403, 'A request that changes something must name its Origin.');
  if (head.contentType !== 'application/json') return refused(415, 'The body must be application/json.');
  return { kind: 'admitted', method: 'POST', path, query };
}

export const headOf = ({ method = '', url = '/', headers }: IncomingMessage): RequestHead => ({
  method,
  url: url.startsWith('/') ? url : '/',
  host: headers.host,
  origin: headers.origin,
  fetchSite: headers['sec-fetch-site']?.toString(),
  contentType: headers['content-type'],
});

const FOREIGN = 'The console obeys its own page alone, not a page of another origin.';

const refused = (status: number, text: string): Admission => ({ kind: 'refused', status, text });

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
