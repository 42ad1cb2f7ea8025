import { createServer, type TLSSocket } from 'node:tls';
import { BSON } from 'mongodb';

/** What somebody logged in with. */
export interface Login {
  readonly mechanism: string;
  readonly source: string;
  /** Signature version 4 of a GetCallerIdentity, which the server would send to STS. */
  readonly authorization: string;
  readonly sessionToken: string;
}

const OP_QUERY = 2004;
const OP_REPLY = 1;
const OP_MSG = 2013;
const HEADER_BYTES = 16;

type Document = BSON.Document;

/**
 * As much of a server as a login with MONGODB-AWS and a batch of writes need; everything else is acknowledged.
 * https://github.com/mongodb/specifications/blob/master/source/auth/auth.md#mongodb-aws
 */
export async function startIamServer(tls: { readonly cert: Buffer; readonly key: Buffer }) {
  const logins: Login[] = [];
  const commands: string[] = [];
  const sockets = new Set<TLSSocket>();
  const server = createServer(tls, (socket) => {
    sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let length = lengthOf(received); length <= received.length; length = lengthOf(received)) {
        answer(socket, received.subarray(0, length));
        received = received.subarray(length);
      }
    });
  });

  function answer(socket: TLSSocket, message: Buffer): void {
    const [requestId, opcode] = [message.readInt32LE(4), message.readInt32LE(12)];
    const { command, statementCount } = opcode === OP_QUERY ? query(message) : read(message);
    const name = Object.keys(command)[0] ?? '';
    commands.push(name);
    const reply = BSON.serialize({ ok: 1, ...replyTo(name, command, statementCount) });
    socket.write(opcode === OP_QUERY ? opReply(requestId, reply) : opMsg(requestId, reply));
  }

  function replyTo(name: string, command: Document, statementCount: number): Document {
    switch (name) {
      case 'saslStart': {
        const { r } = BSON.deserialize(command['payload'].buffer);
        logins.push({ mechanism: command['mechanism'], source: command['$db'], authorization: '', sessionToken: '' });
        const nonce = Buffer.concat([r.buffer, Buffer.alloc(32, 7)]);
        return saslReply(false, { s: new BSON.Binary(nonce), h: 'sts.amazonaws.com' });
      }
      case 'saslContinue': {
        const { a, t } = BSON.deserialize(command['payload'].buffer);
        const begun = logins.pop();
        if (begun !== undefined) logins.push({ ...begun, authorization: a, sessionToken: t });
        return saslReply(true, {});
      }
      case 'update':
        return { n: statementCount, nModified: 0 };
      case 'listIndexes':
        return { cursor: { id: 0n, ns: 'shop.orders', firstBatch: [] } };
      default:
        return { isWritablePrimary: true, minWireVersion: 0, maxWireVersion: 21, maxBsonObjectSize: 16_777_216 };
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    logins,
    commands,
    port: (server.address() as { readonly port: number }).port,
    async stop(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const saslReply = (done: boolean, payload: Document): Document => ({
  conversationId: 1,
  done,
  payload: new BSON.Binary(BSON.serialize(payload)),
});

/** Of the first message; more than there is while not even its length has come. */
const lengthOf = (received: Buffer): number =>
  received.length < HEADER_BYTES ? Number.POSITIVE_INFINITY : received.readInt32LE(0);

/** Flags, a name that ends with NUL, two numbers, a document. */
function query(message: Buffer): { readonly command: Document; readonly statementCount: number } {
  const nameEnd = message.indexOf(0, HEADER_BYTES + 4);
  return { command: BSON.deserialize(message.subarray(nameEnd + 9)), statementCount: 0 };
}

/** Flags, then a section with the command and, of writes, one with their statements. */
function read(message: Buffer): { readonly command: Document; readonly statementCount: number } {
  let command: Document = {};
  let statementCount = 0;
  for (let at = HEADER_BYTES + 4; at < message.length; ) {
    const length = message.readInt32LE(at + 1);
    const section = message.subarray(at + 1, at + 1 + length);
    if (message[at] === 0) command = BSON.deserialize(section);
    else {
      for (let place = section.indexOf(0, 4) + 1; place < section.length; place += section.readInt32LE(place)) {
        statementCount += 1;
      }
    }
    at += 1 + length;
  }
  const inline = command['updates'];
  return { command, statementCount: Array.isArray(inline) ? inline.length : statementCount };
}

function framed(requestId: number, opcode: number, body: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(body);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + content.length, 0);
  header.writeInt32LE(requestId, 8);
  header.writeInt32LE(opcode, 12);
  return Buffer.concat([header, content]);
}

const opMsg = (requestId: number, document: Uint8Array): Buffer =>
  framed(requestId, OP_MSG, [Buffer.alloc(5), document]);

function opReply(requestId: number, document: Uint8Array): Buffer {
  const head = Buffer.alloc(20);
  head.writeInt32LE(1, 16); // one document
  return framed(requestId, OP_REPLY, [head, document]);
}
