import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PAYLOAD_BYTES_MAX } from './payload-limits.ts';

/** A runtime's report about its start or about an event. */
export type RuntimeAnswer =
  | { readonly kind: 'response'; readonly payload: string }
  | { readonly kind: 'error'; readonly errorType: string; readonly errorMessage: string };

export interface RuntimeEvent {
  readonly requestId: string;
  /** The time at which Lambda ends the process, in milliseconds since 1970. */
  readonly deadlineMs: number;
  readonly functionArn: string;
  readonly eventJson: string;
}

/**
 * The Runtime API for one process, which handles one event at a time.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export interface RuntimeApi {
  /** The value of AWS_LAMBDA_RUNTIME_API: host and port without a scheme. */
  readonly address: string;
  /** Resolves when the runtime waits for an event, or with an error if its start failed. */
  idle(): Promise<RuntimeAnswer | undefined>;
  /** Passes an event to the runtime when it asks for one; resolves with the runtime's report. */
  deliver(event: RuntimeEvent): Promise<RuntimeAnswer>;
  /** The highest memory the runtime has reported, in MB; 0 before its first report. */
  memoryPeakMb(): number;
  close(): Promise<void>;
}

/** Not part of Lambda's API: our runtime reports its peak memory here, in KB. */
export const MEMORY_PEAK_HEADER = 'msk-sinks-memory-peak-kb';

const PREFIX = '/2018-06-01/runtime';
const ERROR_BYTES_MAX = 1024 * 1024;

interface QueuedInvocation {
  readonly event: RuntimeEvent;
  readonly settle: (answer: RuntimeAnswer) => void;
}

/** The state of the exchange with the runtime: at most one waiting `next`, one waiting event and one event in progress. */
interface Exchange {
  next: ServerResponse | undefined;
  waiting: QueuedInvocation | undefined;
  handled: QueuedInvocation | undefined;
  memoryPeakKb: number;
  idle: PromiseWithResolvers<RuntimeAnswer | undefined>;
}

export async function startRuntimeApi(): Promise<RuntimeApi> {
  const exchange: Exchange = {
    next: undefined,
    waiting: undefined,
    handled: undefined,
    memoryPeakKb: 0,
    idle: Promise.withResolvers(),
  };
  const server = createServer((request, response) => {
    // A killed runtime needs no answer.
    answer(exchange, request, response).catch(() => response.destroy());
  });
  // The wait for the next event has no limit, so disable both timeouts.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server has one
  return {
    address: `127.0.0.1:${port}`,
    idle: async () => await exchange.idle.promise,
    deliver: async (event) => {
      if (exchange.waiting ?? exchange.handled) throw new Error('A process handles one event at a time.');
      return await new Promise((settle) => {
        exchange.waiting = { event, settle };
        handOver(exchange);
      });
    },
    memoryPeakMb: () => Math.round(exchange.memoryPeakKb / 1024),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(exchange: Exchange, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const peakKb = Number(request.headers[MEMORY_PEAK_HEADER]);
  if (peakKb > exchange.memoryPeakKb) exchange.memoryPeakKb = peakKb;
  const path = request.url ?? '';
  if (request.method === 'GET' && path === `${PREFIX}/invocation/next`) return waitForEvent(exchange, response);
  if (request.method === 'POST' && path === `${PREFIX}/init/error`) return await failInit(exchange, request, response);
  const [, requestId, verb] = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
  if (request.method !== 'POST' || requestId === undefined) return refuse(response, 404, 'NotFound');
  if (requestId !== exchange.handled?.event.requestId) return refuse(response, 400, 'InvalidRequestID');
  await settle(exchange, request, response, verb === 'response' ? readResponse : readError);
}

function waitForEvent(exchange: Exchange, response: ServerResponse): void {
  exchange.next = response;
  exchange.idle.resolve(undefined);
  handOver(exchange);
}

function handOver(exchange: Exchange): void {
  const { next, waiting } = exchange;
  if (next === undefined || waiting === undefined) return;
  exchange.next = undefined;
  exchange.waiting = undefined;
  exchange.handled = waiting;
  exchange.idle = Promise.withResolvers();
  const { requestId, deadlineMs, functionArn, eventJson } = waiting.event;
  next.writeHead(200, {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': requestId,
    'lambda-runtime-deadline-ms': String(deadlineMs),
    'lambda-runtime-invoked-function-arn': functionArn,
  });
  next.end(eventJson);
}

async function failInit(exchange: Exchange, request: IncomingMessage, response: ServerResponse): Promise<void> {
  exchange.idle.resolve(await readError(request));
  accept(response);
}

async function settle(
  exchange: Exchange,
  request: IncomingMessage,
  response: ServerResponse,
  read: (request: IncomingMessage) => Promise<RuntimeAnswer>,
): Promise<void> {
  const delivery = exchange.handled;
  const said = await read(request);
  exchange.handled = undefined;
  if (said.kind === 'error' && said.errorType === TOO_LARGE) refuse(response, 413, 'RequestEntityTooLarge');
  else accept(response);
  delivery?.settle(said);
}

const TOO_LARGE = 'Function.ResponseSizeTooLarge';

async function readResponse(request: IncomingMessage): Promise<RuntimeAnswer> {
  const payload = await readBody(request, PAYLOAD_BYTES_MAX);
  if (payload !== undefined) return { kind: 'response', payload };
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${PAYLOAD_BYTES_MAX} bytes).`;
  return { kind: 'error', errorType: TOO_LARGE, errorMessage };
}

async function readError(request: IncomingMessage): Promise<RuntimeAnswer> {
  const header = request.headers['lambda-runtime-function-error-type'];
  const unknown = {
    kind: 'error',
    errorType: typeof header === 'string' ? header : 'Runtime.Unknown',
    errorMessage: '',
  } as const;
  const error = parseObject((await readBody(request, ERROR_BYTES_MAX)) ?? '');
  if (error === undefined) return unknown;
  const { errorType, errorMessage } = error;
  return {
    kind: 'error',
    errorType: typeof errorType === 'string' ? errorType : unknown.errorType,
    errorMessage: typeof errorMessage === 'string' ? errorMessage : '',
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The whole body; undefined if it is too long. Reads to the end, so that the sender can receive the answer. */
async function readBody(request: IncomingMessage, bytesMax: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
  }
  return bytes > bytesMax ? undefined : Buffer.concat(chunks).toString('utf8');
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { 'content-type': 'application/json' });
  response.end('{"status":"OK"}');
}

function refuse(response: ServerResponse, status: number, errorType: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errorType, errorMessage: errorType }));
}
