import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { BSON } from 'mongodb';
import { startWireServer, type WireConnection } from './wire-server.ts';

type Document = BSON.Document;

/** A command of the function, as it stood on the wire. */
export interface DocumentdbCall {
  /** `update`, `saslStart`, ..: the first name of the command. */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the command that it looks at.
  readonly command: any;
  readonly connection: WireConnection;
}

export interface ServerOptions {
  readonly tls: { readonly cert: Buffer; readonly key: Buffer };
  /** Added to the reply to `hello`: which member of a replica set this is. */
  readonly hello: () => Document;
  /** Replies to commands by name, in place of the usual ones. */
  readonly replies?: Readonly<Record<string, () => Document>>;
  /** Waits before each write is answered. */
  readonly pause?: () => Promise<void>;
}

export const PASSWORD = 'pass word/1';

/** Takes logins by password, and acknowledges every write. It records every command. */
export async function startDocumentdbServer({ tls, hello, replies = {}, pause }: ServerOptions) {
  const calls: DocumentdbCall[] = [];
  const logins = new Map<number, ScramLogin>();
  let openWrites = 0;
  let openWritesMax = 0;

  async function acknowledge(count: number): Promise<Document> {
    openWrites += 1;
    openWritesMax = Math.max(openWritesMax, openWrites);
    await pause?.();
    openWrites -= 1;
    return { n: count, nModified: 0 };
  }

  const server = await startWireServer((command, connection) => {
    const name = Object.keys(command)[0] ?? '';
    calls.push({ name, command, connection });
    const reply = replies[name];
    if (reply !== undefined) return reply();
    switch (name) {
      case 'saslStart':
        return startLogin(command, (login) => logins.set(connection.number, login));
      case 'saslContinue':
        return logins.get(connection.number)?.(command['payload'].buffer) ?? { ok: 0, code: 18 };
      case 'update':
      case 'delete':
        return acknowledge(command[`${name}s`].length);
      case 'find':
      case 'listIndexes':
        return { cursor: { id: 0n, ns: 'any.any', firstBatch: [] } };
      default:
        return { minWireVersion: 0, maxWireVersion: 21, maxBsonObjectSize: 16_777_216, ...hello() };
    }
  }, tls);
  return {
    port: server.port,
    of: (name: string) => calls.filter((call) => call.name === name),
    openWritesMax: () => openWritesMax,
    stop: () => server.close(),
  };
}

export type DocumentdbServer = Awaited<ReturnType<typeof startDocumentdbServer>>;

/** Takes the client's proof. */
type ScramLogin = (proof: Buffer) => Document;

/**
 * Both messages of the server in SCRAM-SHA-1, the mechanism of DocumentDB. https://www.rfc-editor.org/rfc/rfc5802#section-3
 * https://github.com/mongodb/specifications/blob/master/source/auth/auth.md#scram-sha-1
 */
function startLogin(command: Document, begin: (login: ScramLogin) => void): Document {
  if (command['mechanism'] !== 'SCRAM-SHA-1') return { ok: 0, code: 334, errmsg: 'unknown mechanism' };
  const clientFirst = command['payload'].buffer.toString().slice('n,,'.length);
  const [, user = '', clientNonce = ''] = /^n=([^,]*),r=(.*)$/.exec(clientFirst) ?? [];
  const salt = randomBytes(16);
  const serverFirst = `r=${clientNonce}${randomBytes(18).toString('base64')},s=${salt.toString('base64')},i=4096`;
  const passwordDigest = createHash('md5').update(`${user}:mongo:${PASSWORD}`).digest('hex');
  const salted = pbkdf2Sync(passwordDigest, salt, 4_096, 20, 'sha1');
  begin((proof) => {
    const [withoutProof = '', proofBase64 = ''] = proof.toString().split(',p=');
    const message = [clientFirst, serverFirst, withoutProof].join(',');
    const clientKey = hmac(salted, 'Client Key');
    const signature = hmac(createHash('sha1').update(clientKey).digest(), message);
    const expected = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
    if (!Buffer.from(proofBase64, 'base64').equals(expected)) return { ok: 0, code: 18, errmsg: 'refused' };
    return saslReply(true, `v=${hmac(hmac(salted, 'Server Key'), message).toString('base64')}`);
  });
  return saslReply(false, serverFirst);
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha1', key).update(text).digest();

const saslReply = (done: boolean, payload: string): Document => ({
  conversationId: 1,
  done,
  payload: new BSON.Binary(Buffer.from(payload)),
});
