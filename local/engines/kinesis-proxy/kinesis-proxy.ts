import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '../../seeded-random.ts';
import { freePorts } from '../process/ports.ts';
import {
  type Answer,
  checkChances,
  drawFault,
  type Fault,
  type FaultChances,
  mergeAnswer,
  type Random,
  refusal,
  withholdEntries,
} from './kinesis-faults.ts';

const HOST = '127.0.0.1';
const DELAY_MS_DEFAULT = 500;

export interface KinesisProxyOptions {
  /** The address of Kinesis: `http://127.0.0.1:21002`. */
  readonly upstreamUrl: string;
  /** The seed of the faults. Which request gets which fault also depends on the order of arrival. */
  readonly seed: number;
  /** How long a `delayed` answer waits. Default: 500 ms. */
  readonly delayMs?: number;
}

/** How often each fault was injected. */
export type FaultCounts = Readonly<Record<Fault | 'requests' | 'entriesWithheld' | 'expired', number>>;

/**
 * A fault-injecting proxy in front of Kinesis, which forwards everything until faults are set. It keeps the Host header, so
 * signatures stay valid. Do not combine `withheld`, which changes the body, with an upstream that checks signatures.
 */
export interface KinesisProxy {
  readonly endpointUrl: string;
  /** Replaces the probabilities; `{}` disables all faults. @throws Error if a probability is invalid */
  setFaults(chances: FaultChances): void;
  /** Starts an outage: closes open connections and stops listening until `accept`. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** Answers ExpiredTokenException to every session that has signed a request so far. */
  expireSessions(): void;
  counts(): FaultCounts;
  stop(): Promise<void>;
}

interface State {
  readonly upstream: URL;
  readonly delayMs: number;
  readonly random: Random;
  readonly counts: { -readonly [Name in keyof FaultCounts]: number };
  readonly sessions: Set<string>;
  expired: ReadonlySet<string>;
  chances: FaultChances;
}

export async function startKinesisProxy(options: KinesisProxyOptions): Promise<KinesisProxy> {
  const [port = 0] = await freePorts(1);
  const state: State = {
    upstream: new URL(options.upstreamUrl),
    delayMs: options.delayMs ?? DELAY_MS_DEFAULT,
    random: seededRandom(options.seed),
    counts: { requests: 0, reset: 0, throttled: 0, failed: 0, cut: 0, delayed: 0, entriesWithheld: 0, expired: 0 },
    sessions: new Set(),
    expired: new Set(),
    chances: {},
  };
  let server: Server | undefined;
  const accept = async () => {
    server ??= await listen(port, (incoming, response) => serve(state, incoming, response));
  };
  const refuse = async () => {
    const closing = server;
    server = undefined;
    if (closing !== undefined) await close(closing);
  };
  await accept();
  return {
    endpointUrl: `http://${HOST}:${port}`,
    setFaults: (chances) => {
      checkChances(chances);
      state.chances = chances;
    },
    refuse,
    accept,
    expireSessions: () => {
      state.expired = new Set(state.sessions);
    },
    counts: () => ({ ...state.counts }),
    stop: refuse,
  };
}

type Serve = (incoming: IncomingMessage, response: ServerResponse) => Promise<void>;

async function listen(port: number, serveOne: Serve): Promise<Server> {
  // Never close an idle connection: that would be a fault that was not requested.
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, response) => {
    // The caller sees any failure of the proxy or of Kinesis as a broken connection.
    serveOne(incoming, response).catch(() => incoming.socket.destroy());
  });
  server.listen(port, HOST);
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function serve(state: State, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bytesOf(incoming);
  state.counts.requests += 1;
  if (hasExpired(state, incoming)) {
    state.counts.expired += 1;
    return send(response, refusal(400, 'ExpiredTokenException'));
  }
  const fault = drawFault(state.chances, state.random);
  if (fault !== undefined) state.counts[fault] += 1;
  switch (fault) {
    case 'reset':
      incoming.socket.resetAndDestroy();
      return;
    case 'throttled':
      return send(response, refusal(400, 'ProvisionedThroughputExceededException'));
    case 'failed':
      return send(response, refusal(500, 'InternalFailure'));
    case 'cut':
      return sendHalf(response, await answerOf(state, incoming, body));
    case 'delayed': {
      const answer = await answerOf(state, incoming, body);
      await pause(state.delayMs);
      return send(response, answer);
    }
    case undefined:
      return send(response, await answerOf(state, incoming, body));
  }
}

/** Records the session that signed a request, and returns whether it has expired. */
function hasExpired({ sessions, expired }: State, { headers }: IncomingMessage): boolean {
  const accessKeyId = /Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? '';
  sessions.add(accessKeyId);
  return expired.has(accessKeyId);
}

async function answerOf(state: State, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const chance = state.chances.withheld ?? 0;
  const isPutRecords = String(incoming.headers['x-amz-target']).endsWith('.PutRecords');
  if (chance === 0 || !isPutRecords) return await forward(state, incoming, body);
  const part = withholdEntries(body, chance, state.random);
  state.counts.entriesWithheld += part.errorCodes.filter((code) => code !== undefined).length;
  return mergeAnswer(part.errorCodes, part.body && (await forward(state, incoming, part.body)));
}

/** Headers of a single connection: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

const endToEnd = (headers: IncomingMessage['headers']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (HOP_BY_HOP.has(name) ? [] : [[name, String(value)]])),
  );

/** Forwards on a new connection: the other side may close a kept connection at the moment of its use. */
async function forward(state: State, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { hostname, port } = state.upstream;
  const { method, url, headers } = incoming;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { hostname, port, method, path: url, agent: false };
    const outgoing = request({ ...options, headers: { ...endToEnd(headers), 'content-length': body.length } }, resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
  return { status: answer.statusCode ?? 502, headers: endToEnd(answer.headers), body: await bytesOf(answer) };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
}

function sendHalf(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.resetAndDestroy());
}
