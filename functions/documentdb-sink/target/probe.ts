import { MskSinksError } from '../../../shared/errors.ts';
import { inTurn, type Probe, type Step } from '../../../shared/probe/probe.ts';
import { classifyError } from './classify.ts';
import type { DocumentStore } from './document-store.ts';

/** A collection of its own: no document of a topic is touched. */
const COLLECTION = 'msk-sinks-probe';
const ID = 'probe';
const BY_ID = new Map([['_id', ID]]);

/**
 * Sees the way to DocumentDB: network, TLS, login, and the rights to write, read, list indexes and delete.
 * @param database undefined: a connector file decides about databases, and only the connection is looked at
 */
export function probeDocumentdb(store: DocumentStore, database: string | undefined): Probe {
  const connection: Step = {
    title: 'connection',
    async run(signal) {
      const { documentBytesMax } = await store.limits(signal);
      return `TLS and login succeed, documents up to ${documentBytesMax} bytes`;
    },
  };
  const steps = database === undefined ? [] : rights(store, { database, collection: COLLECTION });
  return inTurn([connection, ...steps], (error) =>
    error instanceof MskSinksError ? error.message : classifyError(error).failure.detail,
  );
}

const rights = (
  store: DocumentStore,
  namespace: { readonly database: string; readonly collection: string },
): readonly Step[] => [
  {
    title: 'write',
    async run(signal) {
      const update = new Map([['$set', new Map([['probed', true]])]]);
      const statement = { q: BY_ID, u: update, upsert: true, multi: false };
      return answered(await store.write(namespace, 'update', [statement], signal), 'an upsert is acknowledged');
    },
  },
  {
    title: 'read',
    async run(signal) {
      const { length } = await store.findVersions(namespace, [ID], signal);
      if (length !== 1) throw new MskSinksError('the primary does not have the document that was written just now');
      return 'the document is read from the primary';
    },
  },
  {
    title: 'indexes',
    async run(signal) {
      const { length } = await store.listIndexes(namespace, signal);
      return `indexes are listed (${length})`;
    },
  },
  {
    title: 'delete',
    isCleanUp: true,
    async run(signal) {
      const statement = { q: BY_ID, limit: 1 };
      return answered(await store.write(namespace, 'delete', [statement], signal), 'the document is deleted again');
    },
  },
];

/** @throws the refusal of the one statement */
function answered({ writeErrors }: Awaited<ReturnType<DocumentStore['write']>>, found: string): string {
  const [refused] = writeErrors;
  if (refused !== undefined) throw refused;
  return found;
}
