import { documentDbClient } from '../../../local/engines/documentdb/documentdb-client.ts';
import type { Endpoints } from '../../../local/engines/endpoints.ts';

/** DocumentDB has no other: https://docs.aws.amazon.com/documentdb/latest/developerguide/functional-differences.html */
const OF_DOCUMENTDB = { mechanisms: ['SCRAM-SHA-1'] };

export interface Mongosh {
  /** Evaluates a line as mongosh does. @param password what passwordPrompt() returns */
  evaluate(line: string, password: string): Promise<unknown>;
  /** The number of documents of every collection of a database. */
  documentCounts(database: string): Promise<readonly number[]>;
  close(): Promise<void>;
}

/** As much of mongosh as docs/first-deploy.md uses, connected as the administrator of the local DocumentDB. */
export async function openMongosh({ documentdb }: Endpoints): Promise<Mongosh> {
  const client = documentDbClient(documentdb, documentdb.administrator);
  await client.connect();
  const db = {
    getSiblingDB: (name: string) => ({
      createUser: ({ user, ...rest }: { readonly user: string }) =>
        // The local server knows no IAM: the user of a role is only looked at.
        name === '$external'
          ? { user, ...rest }
          : client.db(name).command({ createUser: user, ...OF_DOCUMENTDB, ...rest }),
      getCollection: (collection: string) => {
        const own = client.db(name).collection(collection);
        return {
          // After a real drop the local server stopped answering every client, in three of six runs on a busy machine.
          drop: () => own.deleteMany({}),
          findOne: (filter: object) => own.findOne(filter),
        };
      },
    }),
  };
  return {
    evaluate: (line, password) =>
      Promise.resolve(new Function('db', 'passwordPrompt', `return ${line}`)(db, () => password)),
    async documentCounts(database) {
      const collections = await client.db(database).listCollections().toArray();
      return await Promise.all(collections.map(({ name }) => client.db(database).collection(name).countDocuments()));
    },
    close: () => client.close(),
  };
}
