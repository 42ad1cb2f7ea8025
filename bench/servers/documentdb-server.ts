// Acknowledges MongoDB commands and stores nothing, over TLS with SCRAM-SHA-1 (user u, password p) and over plain TCP.
// Environment: CERTIFICATE, KEY (files). A message {refuses: true} makes every write meet another unique index; a message
// {counts: true} is answered with {writes}, the number of statements so far.
// https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { BSON } from 'mongodb';
import { statementsIn } from './statements.ts';

type Document = BSON.Document;

const { CERTIFICATE = '', KEY = '' } = process.env;
const [OP_REPLY, OP_QUERY, OP_MSG] = [1, 2_004, 2_013];
const HEADER_BYTES = 16;
const HELLO: Document = {
  ismaster: true,
  isWritablePrimary: true,
  helloOk: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 13,
};
const WRITES = new Set(['update', 'insert', 'delete']);
let refuses = false;
let writes = 0;

function framed(requestId: number, opcode: number, document: Document): Buffer {
  const body = BSON.serialize({ ok: 1, ...document });
  const headBytes = opcode === OP_REPLY ? 20 : 5;
  const message = Buffer.alloc(HEADER_BYTES + headBytes + body.length);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(requestId, 8);
  message.writeInt32LE(opcode, 12);
  if (opcode === OP_REPLY) message.writeInt32LE(1, HEADER_BYTES + 16);
  message.set(body, HEADER_BYTES + headBytes);
  return message;
}

function refusalOf(count: number): Document {
  const writeErrors = Array.from({ length: count }, (_, index) => ({
    index,
    code: 11_000,
    errmsg: 'E11000 duplicate key error collection: shop.orders index: u_1 dup key: { u: 1 }',
    keyPattern: { u: 1 },
    keyValue: { u: 1 },
  }));
  return { n: 0, nModified: 0, writeErrors };
}

function replyTo(body: Buffer, statementCount: number, login: ScramLogin): Document {
  const { name, statements } = statementsIn(body);
  const count = statements + statementCount;
  if (WRITES.has(name)) {
    writes += count;
    return refuses ? refusalOf(count) : { n: count, nModified: name === 'update' ? count : 0 };
  }
  switch (name) {
    case 'saslStart':
      return login.start(BSON.deserialize(body));
    case 'saslContinue':
      return login.finish(BSON.deserialize(body));
    case 'find':
      return { cursor: { id: 0n, ns: 'shop.orders', firstBatch: [] } };
    case 'listIndexes':
      return { cursor: { id: 0n, ns: 'shop.orders', firstBatch: [{ v: 2, key: { _id: 1 }, name: '_id_' }] } };
    default:
      return HELLO;
  }
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha1', key).update(text).digest();
const SALT = Buffer.alloc(16, 7);
const SALTED = pbkdf2Sync(createHash('md5').update('u:mongo:p').digest('hex'), SALT, 10_000, 20, 'sha1');

/** Both messages of the server in SCRAM-SHA-1. The client's proof is not checked. https://www.rfc-editor.org/rfc/rfc5802 */
class ScramLogin {
  #clientFirst = '';
  #serverFirst = '';

  start({ payload }: Document): Document {
    this.#clientFirst = payload.buffer.toString().slice('n,,'.length);
    const [, nonce = ''] = /r=([^,]+)/.exec(this.#clientFirst) ?? [];
    this.#serverFirst = `r=${nonce}${randomBytes(18).toString('base64')},s=${SALT.toString('base64')},i=10000`;
    return { conversationId: 1, done: false, payload: new BSON.Binary(Buffer.from(this.#serverFirst)) };
  }

  finish({ payload }: Document): Document {
    const [withoutProof = ''] = payload.buffer.toString().split(',p=');
    const message = [this.#clientFirst, this.#serverFirst, withoutProof].join(',');
    const signature = hmac(hmac(SALTED, 'Server Key'), message).toString('base64');
    return { conversationId: 1, done: true, payload: new BSON.Binary(Buffer.from(`v=${signature}`)) };
  }
}

function serve(socket: Socket): void {
  const login = new ScramLogin();
  let chunks: Buffer[] = [];
  let receivedBytes = 0;
  socket.setNoDelay();
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    receivedBytes += chunk.length;
    while (receivedBytes >= HEADER_BYTES) {
      if ((chunks[0]?.length ?? 0) < HEADER_BYTES) chunks = [Buffer.concat(chunks)];
      const length = chunks[0]?.readInt32LE(0) ?? 0;
      if (receivedBytes < length) return;
      const received = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      answer(socket, received.subarray(0, length), login);
      chunks = [received.subarray(length)];
      receivedBytes -= length;
    }
  });
}

function answer(socket: Socket, message: Buffer, login: ScramLogin): void {
  const requestId = message.readInt32LE(4);
  if (message.readInt32LE(12) === OP_QUERY) {
    socket.write(framed(requestId, OP_REPLY as number, HELLO));
    return;
  }
  let body: Buffer = Buffer.alloc(0);
  let statementCount = 0;
  for (let at = HEADER_BYTES + 4; at < message.length; ) {
    const kind = message[at];
    const section = message.subarray(at + 1, at + 1 + message.readInt32LE(at + 1));
    if (kind === 0) body = section;
    else
      for (let place = section.indexOf(0, 4) + 1; place < section.length; place += section.readInt32LE(place))
        statementCount += 1;
    at += 1 + section.length;
  }
  socket.write(framed(requestId, OP_MSG as number, replyTo(body, statementCount, login)));
}

const tls = createTlsServer({ cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) }, serve);
const plain = createServer(serve);
process.on('message', (message: { readonly refuses: boolean } | { readonly counts: true }) => {
  if ('counts' in message) process.send?.({ writes });
  else refuses = message.refuses;
});
process.on('disconnect', () => process.exit(0));
tls.listen(0, '127.0.0.1', () =>
  plain.listen(0, '127.0.0.1', () => {
    const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
    process.send?.({ tls: portOf(tls), plain: portOf(plain) });
  }),
);
