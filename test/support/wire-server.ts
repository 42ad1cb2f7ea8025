import { createServer, type Socket } from 'node:net';
import { BSON } from 'mongodb';

type Answer = (command: BSON.Document, connectionNumber: number) => BSON.Document;

const OP_QUERY = 2004;
const OP_REPLY = 1;
const OP_MSG = 2013;
const HEADER_BYTES = 16;

/**
 * A server that speaks as much of MongoDB's wire protocol as the driver needs to run commands. Connections are counted from 1.
 * https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
export async function startWireServer(answer: Answer) {
  const sockets = new Set<Socket>();
  let connectionCount = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    connectionCount += 1;
    const connectionNumber = connectionCount;
    let received = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= HEADER_BYTES && received.length >= received.readInt32LE(0)) {
        const message = received.subarray(0, received.readInt32LE(0));
        received = received.subarray(message.length);
        socket.write(replyTo(message, (command) => answer(command, connectionNumber)));
      }
    });
  });
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

function replyTo(message: Buffer, answer: (command: BSON.Document) => BSON.Document): Buffer {
  const isQuery = message.readInt32LE(12) === OP_QUERY;
  const body = isQuery
    ? BSON.serialize(answer(BSON.deserialize(message.subarray(message.indexOf(0, HEADER_BYTES + 4) + 9))))
    : BSON.serialize(answer(BSON.deserialize(sectionOf(message))));
  // OP_REPLY: flags, cursor, first, count; OP_MSG: flags, the kind of the section.
  const before = isQuery ? Buffer.alloc(20) : Buffer.alloc(5);
  if (isQuery) before.writeInt32LE(1, HEADER_BYTES);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + before.length + body.length, 0);
  header.writeInt32LE(message.readInt32LE(4), 8);
  header.writeInt32LE(isQuery ? OP_REPLY : OP_MSG, 12);
  return Buffer.concat([header, before, body]);
}

/** The first section of an OP_MSG, which holds the command. */
function sectionOf(message: Buffer): Buffer {
  const start = HEADER_BYTES + 5;
  return message.subarray(start, start + message.readInt32LE(start));
}
