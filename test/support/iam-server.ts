import { BSON } from 'mongodb';
import { startWireServer } from './wire-server.ts';

/** A login of a client. */
export interface Login {
  readonly mechanism: string;
  readonly source: string;
  /** Signature version 4 of a GetCallerIdentity, which the server would send to STS. */
  readonly authorization: string;
  readonly sessionToken: string;
}

type Document = BSON.Document;

/**
 * As much of a server as a login with MONGODB-AWS and a batch of writes need; every other command is acknowledged.
 * https://github.com/mongodb/specifications/blob/master/source/auth/auth.md#mongodb-aws
 */
export async function startIamServer(tls: { readonly cert: Buffer; readonly key: Buffer }) {
  const logins: Login[] = [];
  const commands: string[] = [];

  function replyTo(command: Document): Document {
    const name = Object.keys(command)[0] ?? '';
    commands.push(name);
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
        return { n: command['updates'].length, nModified: 0 };
      case 'listIndexes':
        return { cursor: { id: 0n, ns: 'shop.orders', firstBatch: [] } };
      default:
        return { isWritablePrimary: true, minWireVersion: 0, maxWireVersion: 21, maxBsonObjectSize: 16_777_216 };
    }
  }

  const server = await startWireServer(replyTo, tls);
  return { logins, commands, port: server.port, stop: () => server.close() };
}

const saslReply = (done: boolean, payload: Document): Document => ({
  conversationId: 1,
  done,
  payload: new BSON.Binary(BSON.serialize(payload)),
});
