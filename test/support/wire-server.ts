import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { BSON } from 'mongodb';

type Document = BSON.Document;

/** A connection of a client. */
export interface WireConnection {
  /** Counted from 1. */
  readonly number: number;
  /** The host that the client named in its TLS handshake (SNI); undefined for an IP address or without TLS. */
  readonly serverName: string | undefined;
}

/** The reply to a command; `ok: 1` is added. */
export type WireAnswer = (command: Document, connection: WireConnection) => Document | Promise<Document>;

const OP_QUERY = 2004;
const OP_REPLY = 1;
const OP_MSG = 2013;
const HEADER_BYTES = 16;

/**
 * A server that speaks as much of MongoDB's wire protocol as the driver needs to run commands.
 * https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 * @param tls PEM texts; without them the connections are not encrypted
 */
export async function startWireServer(
  answer: WireAnswer,
  tls?: { readonly cert: string | Buffer; readonly key: string | Buffer },
) {
  const sockets = new Set<Socket>();
  let connectionCount = 0;

  function serve(socket: Socket): void {
    sockets.add(socket);
    connectionCount += 1;
    const { servername } = socket as Partial<TLSSocket> & { readonly servername?: string | false };
    const connection = { number: connectionCount, serverName: servername || undefined };
    let received = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= HEADER_BYTES && received.length >= received.readInt32LE(0)) {
        const message = received.subarray(0, received.readInt32LE(0));
        received = received.subarray(message.length);
        void reply(socket, message, connection);
      }
    });
  }

  async function reply(socket: Socket, message: Buffer, connection: WireConnection): Promise<void> {
    const [requestId, opcode] = [message.readInt32LE(4), message.readInt32LE(12)];
    const command = opcode === OP_QUERY ? commandOfQuery(message) : commandOfMessage(message);
    const body = BSON.serialize({ ok: 1, ...(await answer(command, connection)) });
    socket.write(opcode === OP_QUERY ? queryReply(requestId, body) : messageReply(requestId, body));
  }

  const server: Server = tls === undefined ? createPlainServer(serve) : createTlsServer(tls, serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a port was meant');
  return {
    port: address.port,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Flags, a name that ends with NUL, two numbers, a document. */
const commandOfQuery = (message: Buffer): Document =>
  BSON.deserialize(message.subarray(message.indexOf(0, HEADER_BYTES + 4) + 9));

/** Flags, a section with the command and, of some writes, one with their statements, which belong into a field of the command. */
function commandOfMessage(message: Buffer): Document {
  let command: Document = {};
  for (let at = HEADER_BYTES + 4; at < message.length; ) {
    const section = message.subarray(at + 1, at + 1 + message.readInt32LE(at + 1));
    command = message[at] === 0 ? { ...BSON.deserialize(section), ...command } : { ...command, ...sequenceOf(section) };
    at += 1 + section.length;
  }
  return command;
}

/** A length, a name that ends with NUL, documents. */
function sequenceOf(section: Buffer): Document {
  const nameEnd = section.indexOf(0, 4);
  const documents: Document[] = [];
  for (let at = nameEnd + 1; at < section.length; at += section.readInt32LE(at)) {
    documents.push(BSON.deserialize(section.subarray(at, at + section.readInt32LE(at))));
  }
  return { [section.toString('utf8', 4, nameEnd)]: documents };
}

const messageReply = (requestId: number, body: Uint8Array): Buffer =>
  framed(requestId, OP_MSG, [Buffer.alloc(5), body]);

/** Flags, a cursor, a position, the number of documents. */
function queryReply(requestId: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(20);
  head.writeInt32LE(1, 16);
  return framed(requestId, OP_REPLY, [head, body]);
}

function framed(requestId: number, opcode: number, parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + content.length, 0);
  header.writeInt32LE(requestId, 8);
  header.writeInt32LE(opcode, 12);
  return Buffer.concat([header, content]);
}
