import { request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import type { SecureContext } from 'node:tls';
import { REGISTRY_RESPONSE_BYTES_MAX, REGISTRY_TIMEOUT_MS } from '../../limits.ts';

export interface HttpReply {
  readonly status: number;
  readonly body: string;
  /** Of a redirection, as it stands in the header. */
  readonly location?: string | undefined;
}

export interface HttpOptions {
  /** Default: GET, without a body. */
  readonly method?: 'GET' | 'POST';
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: Node's own roots. */
  readonly secureContext?: SecureContext | undefined;
  /** Whether the certificate must be of the host's name. Default: true. */
  readonly checksHost?: boolean;
}

/** What Node's client is told. TLS is checked as the options say, and where they are silent, as Node checks it. */
export const requestOptionsOf = (
  { protocol }: URL,
  { method = 'GET', headers, secureContext, checksHost = true }: HttpOptions,
): RequestOptions & { readonly secureContext?: SecureContext } => {
  const isSecure = protocol === 'https:';
  return {
    method,
    headers,
    agent: false,
    ...(isSecure && secureContext && { secureContext }),
    ...(isSecure && !checksHost && { checkServerIdentity: () => undefined }),
  };
};

/** Rejects when no whole answer comes in time. A redirection is an answer like any other. */
export const httpCall = (url: URL, options: HttpOptions, signal: AbortSignal): Promise<HttpReply> =>
  new Promise((resolve, reject) => {
    const both = AbortSignal.any([signal, AbortSignal.timeout(REGISTRY_TIMEOUT_MS)]);
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const call = request(url, { ...requestOptionsOf(url, options), signal: both }, (response) => {
      const { statusCode: status = 0, headers } = response;
      bodyOf(response).then((body) => resolve({ status, body, location: headers.location }), reject);
    });
    call.on('error', reject);
    call.end(options.body);
  });

/** @throws Error for an answer that is too large or breaks off */
export async function bodyOf(response: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > REGISTRY_RESPONSE_BYTES_MAX) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
