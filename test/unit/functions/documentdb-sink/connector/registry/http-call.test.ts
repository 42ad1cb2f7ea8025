import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createSecureContext, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  bodyOf,
  type HttpOptions,
  httpCall,
  requestOptionsOf,
} from '../../../../../../functions/documentdb-sink/connector/registry/http-call.ts';
import { createAuthority } from '../../../../../support/certificates.ts';

const SECURE = new URL('https://registry.example/schemas');
const PLAIN = new URL('http://registry.example/schemas');
const headers = { accept: 'application/json' };
const { signal } = new AbortController();

/** The server's port. The server is gone after the test. */
async function listening(server: Server): Promise<number> {
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Asks a server that answers so. */
async function ask(answer: RequestListener, options: Partial<HttpOptions> = {}, caller = signal) {
  const port = await listening(createServer(answer));
  return await httpCall(new URL(`http://127.0.0.1:${port}/schemas/ids/7?x=1`), { headers, ...options }, caller);
}

describe('a question to a schema registry', () => {
  it('is a GET on a connection of its own, unless it says otherwise', () => {
    expect(requestOptionsOf(PLAIN, { headers })).toEqual({ method: 'GET', headers, agent: false });
    expect(requestOptionsOf(SECURE, { headers, method: 'POST' })).toEqual({ method: 'POST', headers, agent: false });
  });

  it.each([
    [{}, 'GET', ''],
    [{ method: 'POST', body: '{"a":"ü"}' }, 'POST', '{"a":"ü"}'],
  ] as const)('with %j arrives as %s, with its path, its headers and the body %j', async (options, method, body) => {
    const seen: unknown[] = [];
    await ask(async (request, response) => {
      const { accept, connection } = request.headers;
      seen.push([request.method, request.url, accept, connection, await text(request)]);
      response.end();
    }, options);
    expect(seen).toEqual([[method, '/schemas/ids/7?x=1', 'application/json', 'close', body]]);
  });
});

describe('the answer of a schema registry', () => {
  it.each([200, 302, 404, 503])('with the status %i is given with all of its text', async (status) => {
    const reply = await ask((_request, response) => {
      response.writeHead(status, { location: '/elsewhere' });
      const bytes = Buffer.from('{"schema":"ü"}');
      response.write(bytes.subarray(0, 12), () => response.end(bytes.subarray(12)));
    });
    expect(reply).toEqual({ status, body: '{"schema":"ü"}', location: '/elsewhere' });
  });

  it('has 16 MiB at most', async () => {
    const half = Buffer.alloc(8 * 1024 * 1024, ' ');
    expect(await bodyOf(Readable.from([half, half]))).toHaveLength(2 * half.length);
    const larger = Readable.from([half, half, Buffer.from(' '), half]);
    await expect(bodyOf(larger)).rejects.toThrow('the answer is too large');
    expect(larger.destroyed).toBe(true);
  });

  it('that breaks off is none, and neither is a closed connection', async () => {
    const half: RequestListener = (request, response) => {
      response.writeHead(200, { 'content-length': 20 });
      response.write('{"schema":', () => request.socket.destroy());
    };
    await expect(ask(half)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(ask((request) => request.socket.destroy())).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it.each<[string, RequestListener]>([
    ['begins', () => undefined],
    ['ends', (_request, response) => void response.write('{"schema":')],
  ])('is waited for 3 s, or until the caller gives up, if it never %s', async (_what, answer) => {
    const [time, caller] = [new AbortController(), new AbortController()];
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(time.signal);
    onTestFinished(() => timeout.mockRestore());
    timeout.mockClear();
    for (const [controller, reason] of [
      [time, 'too late'],
      [caller, 'given up'],
    ] as const) {
      const answered = ask(
        (request, response) => {
          answer(request, response);
          setImmediate(() => controller.abort(new Error(reason)));
        },
        {},
        caller.signal,
      );
      await expect(answered).rejects.toMatchObject({ name: 'AbortError' });
      timeout.mockReturnValue(new AbortController().signal);
    }
    expect(timeout.mock.calls).toEqual([[3_000], [3_000]]);
  });
});

describe('a schema registry over TLS', () => {
  const ours = createAuthority('ours');
  const trusted = (parts: object = {}) => ({
    headers,
    secureContext: createSecureContext({ ca: ours.cert, ...parts }),
  });

  /** Asks a server with a certificate of these names. @returns the answer, and whose certificate the client showed */
  async function askSecurely(options: HttpOptions, { authority = ours, names = ['127.0.0.1'] } = {}) {
    const clients: string[] = [];
    const tls = { ...authority.issue(...names), ca: ours.cert, requestCert: true, rejectUnauthorized: false };
    const server = createTlsServer(tls, ({ socket }, response) => {
      const secure = socket as TLSSocket;
      clients.push(secure.authorized ? String(secure.getPeerCertificate().subject.CN) : 'nobody');
      response.end('{}');
    });
    const reply = await httpCall(new URL(`https://127.0.0.1:${await listening(server)}/`), options, signal);
    return { reply, clients };
  }

  it('is trusted by the certificates that the client is given, and by no others', async () => {
    expect(await askSecurely(trusted())).toEqual({ reply: { status: 200, body: '{}' }, clients: ['nobody'] });
    const foreign = { authority: createAuthority('ours') };
    const untrusted = { code: expect.stringMatching(/CERT_SIGNATURE_FAILURE|UNABLE_TO_VERIFY|SELF_SIGNED/) };
    await expect(askSecurely(trusted(), foreign)).rejects.toMatchObject(untrusted);
    await expect(askSecurely({ headers })).rejects.toMatchObject(untrusted);
  });

  it('must have the name of the host, unless the settings say that it need not', async () => {
    const other = { names: ['registry.example'] };
    await expect(askSecurely(trusted(), other)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(await askSecurely({ ...trusted(), checksHost: false }, other)).toMatchObject({ reply: { status: 200 } });
    const foreign = { ...other, authority: createAuthority('theirs') };
    await expect(askSecurely({ ...trusted(), checksHost: false }, foreign)).rejects.toThrow();
  });

  it('is shown a certificate of the client where the settings have one', async () => {
    expect((await askSecurely(trusted(ours.issue('orders-sink')))).clients).toEqual(['orders-sink']);
  });

  it('gets no trust and no check of names over plain HTTP', () => {
    const { secureContext } = trusted();
    expect(requestOptionsOf(SECURE, { headers, secureContext }).secureContext).toBe(secureContext);
    expect(requestOptionsOf(PLAIN, { headers, secureContext })).not.toHaveProperty('secureContext');
    expect(requestOptionsOf(PLAIN, { headers, checksHost: false })).not.toHaveProperty('checkServerIdentity');
  });

  it.each([undefined, true])("has the certificate's host checked by Node: %s", (checksHost) => {
    const options = requestOptionsOf(SECURE, { headers, ...(checksHost !== undefined && { checksHost }) });
    expect(options).not.toHaveProperty('checkServerIdentity');
    expect(options).not.toHaveProperty('rejectUnauthorized');
  });
});
