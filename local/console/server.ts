import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { admissionOf, headOf, type Own } from './admission.ts';

/** An answer to a request. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

export const json = (value: unknown, status = 200): Reply => ({
  ...{ status, contentType: 'application/json' },
  body: JSON.stringify(value),
});

export interface Request {
  readonly method: 'GET' | 'POST';
  /** Without the token. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Empty for GET. */
  readonly body: string;
}

export interface ServerOptions {
  /** Undefined: there is no such path. */
  readonly answer: (request: Request) => Promise<Reply | undefined>;
  /** The messages that a new listener gets first. */
  readonly greeting: () => readonly Message[];
}

/** A server-sent event: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface Message {
  readonly event: string;
  readonly data: unknown;
}

export interface ConsoleServer {
  /** With the token. */
  readonly address: string;
  readonly listenerCount: () => number;
  send(message: Message): void;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const TOKEN_BYTES = 18;
const BODY_BYTES_MAX = 4_096;
const LISTENERS_MAX = 20;
/** A listener that does not read is dropped. */
const UNREAD_BYTES_MAX = 8 * 1024 * 1024;

/** The page runs no code and loads nothing that this server does not have. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

export async function startServer(options: ServerOptions): Promise<ConsoleServer> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const listeners = new Set<ServerResponse>();
  const own = { host: '', token };
  const server = createServer((incoming, response) => {
    serve({ ...options, own, listeners }, incoming, response).catch(() => response.destroy());
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  own.host = `${HOST}:${(server.address() as AddressInfo).port}`;
  return {
    address: `http://${own.host}/${token}/`,
    listenerCount: () => listeners.size,
    send: (message) => {
      const text = textOf(message);
      for (const listener of listeners) {
        if (listener.writableLength > UNREAD_BYTES_MAX) listener.destroy();
        else listener.write(text);
      }
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Serving extends ServerOptions {
  readonly own: Own;
  readonly listeners: Set<ServerResponse>;
}

async function serve(serving: Serving, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const admission = admissionOf(headOf(incoming), serving.own);
  if (admission.kind === 'refused') return write(response, sentence(admission.status, admission.text));
  const { method, path, query } = admission;
  if (path === '/events' && method === 'GET') return listen(serving, response);
  const body = method === 'POST' ? await bodyOf(incoming) : '';
  if (body === undefined) return write(response, sentence(413, `The body has more than ${BODY_BYTES_MAX} bytes.`));
  const reply = await serving.answer({ method, path, query, body });
  write(response, reply ?? sentence(404, 'The console has no such page.'));
}

const sentence = (status: number, text: string): Reply => ({
  ...{ status, contentType: 'text/plain; charset=utf-8' },
  body: `${text}\n`,
});

function write(response: ServerResponse, { status, contentType, body }: Reply): void {
  response.writeHead(status, { ...HEADERS, 'content-type': contentType }).end(body);
}

function listen({ listeners, greeting }: Serving, response: ServerResponse): void {
  if (listeners.size >= LISTENERS_MAX) {
    write(response, sentence(503, `At most ${LISTENERS_MAX} pages may be open: close one of them.`));
    return;
  }
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
  response.write(greeting().map(textOf).join(''));
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
}

const textOf = ({ event, data }: Message): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Undefined if the body is too large. */
async function bodyOf(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
