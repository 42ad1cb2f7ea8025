import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { SecureContext } from 'node:tls';
import { REGISTRY_RESPONSE_BYTES_MAX, REGISTRY_TIMEOUT_MS } from '../../limits.ts';

export interface HttpReply {
  readonly status: number;
  readonly body: string;
}

export interface HttpOptions {
  /** Default: GET, without a body. */
  readonly method?: 'GET' | 'POST';
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: Node's own roots. */
  readonly secureContext?: SecureContext | undefined;
  /** Whether the certificate must be of the host's name. */
  readonly checksHost?: boolean;
}

/** Rejects when no whole answer comes in time. A redirection is an answer like any other. */
export const httpCall = (url: URL, options: HttpOptions, signal: AbortSignal): Promise<HttpReply> =>
  new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    const tls = {
      ...(options.secureContext && { secureContext: options.secureContext }),
      ...(options.checksHost === false && { checkServerIdentity: () => undefined }),
    };
    const both = AbortSignal.any([signal, AbortSignal.timeout(REGISTRY_TIMEOUT_MS)]);
    const call = (isSecure ? requestHttps : requestHttp)(
      url,
      { method: options.method ?? 'GET', headers: options.headers, signal: both, agent: false, ...(isSecure && tls) },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > REGISTRY_RESPONSE_BYTES_MAX) response.destroy(new Error('the answer is too large'));
          chunks.push(chunk);
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
        response.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end(options.body);
  });
