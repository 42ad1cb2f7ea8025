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
  /** Everything that was written, which is then removed. */
  take(): Promise<Contents>;
  stop(): Promise<void>;
}

const OWN_DATABASES: readonly string[] = ['admin', 'config', 'local'];
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
    async take() {
      const contents = new Map<string, readonly Buffer[]>();
      const { databases } = await admin.db('admin').admin().listDatabases({ nameOnly: true });
      for (const { name } of databases.filter((each) => !OWN_DATABASES.includes(each.name))) {
        const database = admin.db(name);
        for (const { name: collection } of await database.listCollections({}, { nameOnly: true }).toArray()) {
          const rows = await database.collection(collection).find({}, { raw: true }).toArray();
          if (rows.length > 0) contents.set(`${name}.${collection}`, rows.map(toBuffer));
        }
        await database.dropDatabase();
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
