import { documentDbClient } from '../../../local/engines/documentdb/documentdb-client.ts';
import type { Endpoints } from '../../../local/engines/endpoints.ts';

/** DocumentDB has no other: https://docs.aws.amazon.com/documentdb/latest/developerguide/functional-differences.html */
const OF_DOCUMENTDB = { mechanisms: ['SCRAM-SHA-1'] };

export interface Mongosh {
  /** Evaluates a line as mongosh does. @param password what passwordPrompt() returns */
  evaluate(line: string, password: string): Promise<unknown>;
  collections(database: string): Promise<readonly string[]>;
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
      getCollection: (collection: string) => client.db(name).collection(collection),
    }),
  };
  return {
    evaluate: (line, password) =>
      Promise.resolve(new Function('db', 'passwordPrompt', `return ${line}`)(db, () => password)),
    collections: async (database) => (await client.db(database).listCollections().toArray()).map(({ name }) => name),
    close: () => client.close(),
  };
}
