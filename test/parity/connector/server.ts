import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BSON } from 'mongodb';
import { startDocumentDb } from '../../../local/engines/documentdb/documentdb.ts';
import { documentDbClient } from '../../../local/engines/documentdb/documentdb-client.ts';
import { INSTALL_ROOT } from '../../../local/engines/engines.ts';

/** The documents of a server, as BSON, by `database.collection`. */
export type Contents = ReadonlyMap<string, readonly Buffer[]>;

/** The server that both sides write to, one after the other. */
export interface Server {
  readonly uri: string;
  readonly caFile: string;
  /** Creates unique indexes. @param commands `db.getSiblingDB("d").getCollection("c").createIndex({"a": 1}, { unique: true })` */
  makeIndexes(commands: readonly string[]): Promise<void>;
  /** What was written to databases of this prefix, and to those that records named (without a prefix), which are then removed. */
  take(prefix: string): Promise<Contents>;
  stop(): Promise<void>;
}

const OWN_DATABASES: readonly string[] = ['admin', 'config', 'local'];
/** A prefix of a side: no two cases share one. */
const PREFIXED = /^(?:connector|ours)\d+_/;
const isOf = (prefix: string, name: string): boolean =>
  name.startsWith(prefix) || !(OWN_DATABASES.includes(name) || PREFIXED.test(name));
const INDEX = /getSiblingDB\((".*?")\)\.getCollection\((".*?")\)\.createIndex\((\{.*?\}), /;
const USERNAME = 'msk-sinks';

export async function startServer(progress: (line: string) => void): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'msk-sinks-parity-'));
  const engine = await startDocumentDb({ installRoot: INSTALL_ROOT, folder, username: USERNAME, progress });
  const { host, port, caFile, user, administrator } = engine;
  const admin = documentDbClient(engine, administrator);
  const options = 'tls=true&directConnection=true&retryWrites=false&authSource=admin&authMechanism=SCRAM-SHA-1';
  return {
    uri: `mongodb://${user.username}:${encodeURIComponent(user.password)}@${host}:${port}/?${options}`,
    caFile,
    async makeIndexes(commands) {
      for (const command of commands) {
        const [, database = '', collection = '', key = ''] = INDEX.exec(command) ?? [];
        if (key === '') continue;
        const target = admin.db(JSON.parse(database)).collection(JSON.parse(collection));
        await target.createIndex(JSON.parse(key), { unique: true });
      }
    },
    async take(prefix) {
      const contents = new Map<string, readonly Buffer[]>();
      const { databases } = await admin.db('admin').admin().listDatabases({ nameOnly: true });
      for (const { name } of databases.filter((each) => isOf(prefix, each.name))) {
        const database = admin.db(name);
        for (const { name: collection } of await database.listCollections({}, { nameOnly: true }).toArray()) {
          const rows = await database.collection(collection).find({}, { raw: true }).toArray();
          if (rows.length > 0) contents.set(`${name}.${collection}`, rows.map(toBuffer));
        }
        // The stand-in has hung in a drop beside other clients: what has a prefix of its own stays.
        if (!PREFIXED.test(name)) await database.dropDatabase();
      }
      return contents;
    },
    async stop() {
      await admin.close();
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const toBuffer = (row: unknown): Buffer =>
  row instanceof Uint8Array ? Buffer.from(row) : Buffer.from(BSON.serialize(row as BSON.Document));
