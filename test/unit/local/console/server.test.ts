// The console's server on a port of its own: what a browser of another site, and a page of this one, get from it.
import { request } from 'node:http';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ConsoleServer, json, type Request, startServer } from '../../../../local/console/server.ts';

let server: ConsoleServer;
let address: URL;
const asked: Request[] = [];

beforeAll(async () => {
  server = await startServer({
    answer: (got) => {
      asked.push(got);
      return Promise.resolve(got.path === '/api/act' || got.path === '/' ? json({ got: got.body }) : undefined);
    },
    greeting: () => [{ event: 'history', data: [1, 2] }],
  });
  address = new URL(server.address);
});
afterAll(() => server.stop());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function send({ method = 'GET', path = address.pathname, headers = {}, body }: Sent) {
  return new Promise<{ status: number; text: string; headers: Readonly<Record<string, unknown>> }>(
    (resolve, reject) => {
      const outgoing = request(
        { hostname: address.hostname, port: address.port, path, method, headers: { host: address.host, ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              text: Buffer.concat(chunks).toString(),
              headers: response.headers,
            }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    },
  );
}

const change = (headers: Readonly<Record<string, string>>, body = '{}') =>
  send({ method: 'POST', path: `${address.pathname}api/act`, headers, body });

describe("the console's server", () => {
  it('listens on 127.0.0.1 alone, and has a new token of 144 bits', () => {
    expect(address.hostname).toBe('127.0.0.1');
    expect(address.pathname).toMatch(/^\/[\w-]{24}\/$/);
  });

  it('leaves its port free at the other addresses of the machine', async () => {
    const other = createServer();
    const outcome = new Promise((resolve) => {
      other.on('listening', () => resolve('free')).on('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
    });
    other.listen({ host: '127.0.0.2', port: Number(address.port) });
    expect(await outcome).not.toBe('EADDRINUSE');
    other.close();
  });

  it('answers its page, which may load nothing else', async () => {
    const { status, headers } = await send({});
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'/);
    expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('takes a change of its own page', async () => {
    const own = { origin: `http://${address.host}`, 'content-type': 'application/json' };
    expect(await change(own, '{"kind":"rule"}')).toMatchObject({
      status: 200,
      text: '{"got":"{\\"kind\\":\\"rule\\"}"}',
    });
  });

  it.each([
    ['another origin', { origin: 'http://evil.test', 'content-type': 'application/json' }],
    ['no origin', { 'content-type': 'application/json' }],
    ['another host', { host: 'evil.test', origin: 'http://evil.test', 'content-type': 'application/json' }],
  ])('does nothing for %s', async (_who, headers) => {
    const before = asked.length;
    expect((await change(headers as Readonly<Record<string, string>>)).status).toBe(403);
    expect(asked).toHaveLength(before);
  });

  it.each(['/', '/events', '/api/act', '/wrong/'])('refuses %s without the token', async (path) => {
    const before = asked.length;
    expect(await send({ path })).toMatchObject({ status: 403, text: expect.stringContaining('token') });
    expect(asked).toHaveLength(before);
  });

  it('refuses a body that is too large, and knows no other path', async () => {
    const own = { origin: `http://${address.host}`, 'content-type': 'application/json' };
    expect((await change(own, 'x'.repeat(5_000))).status).toBe(413);
    expect((await send({ path: `${address.pathname}etc/passwd` })).status).toBe(404);
  });

  it('greets a listener, and sends it what follows', async () => {
    const stream = await fetch(`${server.address}events`);
    const reader = stream.body?.getReader();
    const text = async () => new TextDecoder().decode((await reader?.read())?.value);
    expect(await text()).toBe('event: history\ndata: [1,2]\n\n');
    expect(server.listenerCount()).toBe(1);
    server.send({ event: 'view', data: { a: 'é\n' } });
    expect(await text()).toBe('event: view\ndata: {"a":"é\\n"}\n\n');
    await reader?.cancel();
    await vi.waitUntil(() => server.listenerCount() === 0);
  });

  it('has twenty listeners at most', async () => {
    const listening = new AbortController();
    const listen = () => fetch(`${server.address}events`, { signal: listening.signal });
    const open = await Promise.all(Array.from({ length: 20 }, listen));
    expect(open.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const one = await listen();
    expect([one.status, await one.text()]).toEqual([503, expect.stringContaining('At most 20 pages')]);
    listening.abort();
    await vi.waitUntil(() => server.listenerCount() === 0);
  });
});
