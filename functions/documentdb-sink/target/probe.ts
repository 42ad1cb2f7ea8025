import { MskSinksError } from '../../../shared/errors.ts';
import { inTurn, type Probe, type Step } from '../../../shared/probe/probe.ts';
import { guardIndexOf, keyOf } from '../guard/indexes.ts';
import { createIndexText, type WantedIndex } from '../guard/wanted-index.ts';
import { classifyError } from './classify.ts';
import type { DocumentStore } from './document-store.ts';

/** A collection of its own: no document of a topic is touched. */
const COLLECTION = 'msk-sinks-probe';
const ID = 'probe';
const BY_ID = new Map([['_id', ID]]);

/** An upsert with every operator that documentdbSink writes by itself: those of the guard, and those of its write models. */
const UPDATE = new Map<string, unknown>([
  ['$set', new Map<string, unknown>([['_k.probe-0', 1]])],
  ['$setOnInsert', new Map([['insertedBy', COLLECTION]])],
  ['$unset', new Map([['unset', '']])],
]);
const GUARDED = new Map<string, unknown>([
  ['_id', ID],
  ['_k.probe-0', new Map([['$not', new Map([['$gt', 1]])]])],
]);

/** What the configuration says about where documents go. */
export interface ProbedPlaces {
  /** Each gets a document of the probe's own collection, and loses it again. */
  readonly databases: readonly string[];
  readonly wantedIndexes: readonly WantedIndex[];
}

/** Sees the way to DocumentDB: network, TLS, login, the rights to write, read, list indexes and delete, and the indexes that keys need. */
export function probeDocumentdb(store: DocumentStore, { databases, wantedIndexes }: ProbedPlaces): Probe {
  const connection: Step = {
    title: 'connection',
    async run(signal) {
      const { documentBytesMax, engineVersion } = await store.limits(signal);
      const engine = engineVersion === undefined ? 'the engine does not tell its version' : `engine ${engineVersion}`;
      return `TLS and login succeed, ${engine}, documents up to ${documentBytesMax} bytes`;
    },
  };
  const rights = databases.flatMap((database) =>
    rightsIn(store, { database, collection: COLLECTION }, databases.length > 1 ? ` (${database})` : ''),
  );
  return inTurn([connection, ...rights, ...wantedIndexes.map((index) => indexStep(store, index))], (error) =>
    error instanceof MskSinksError ? error.message : classifyError(error).failure.detail,
  );
}

const indexStep = (store: DocumentStore, wanted: WantedIndex): Step => {
  const { topic, namespace, fields } = wanted;
  const place = `${namespace.database}.${namespace.collection}`;
  const remedy = `mongosh: ${createIndexText(wanted)}`;
  return {
    title: `index for ${topic}`,
    async run(signal) {
      if (fields === undefined) {
        return {
          found: `not checked: the records decide which fields of ${place} are the key`,
          remedy: `create ${createIndexText(wanted)}`,
        };
      }
      const found = guardIndexOf(await store.listIndexes(namespace, signal), keyOf(fields));
      return found === undefined
        ? { found: `${place} has no unique index on ${fields.join(', ')}: msksinks.guard.missingIndex applies`, remedy }
        : `${place} has the unique index ${found.name}`;
    },
  };
};

const rightsIn = (
  store: DocumentStore,
  namespace: { readonly database: string; readonly collection: string },
  where: string,
): readonly Step[] => [
  {
    title: `write${where}`,
    async run(signal) {
      const statement = { q: GUARDED, u: UPDATE, upsert: true, multi: false };
      return answered(
        await store.write(namespace, 'update', [statement], signal),
        'an upsert with a guard is acknowledged',
      );
    },
  },
  {
    title: `read${where}`,
    async run(signal) {
      const { length } = await store.findVersions(namespace, [ID], signal);
      if (length !== 1) throw new LostDocumentError('the primary does not have the document that was written just now');
      return 'the document is read from the primary';
    },
  },
  {
    title: `indexes${where}`,
    async run(signal) {
      const { length } = await store.listIndexes(namespace, signal);
      return `indexes are listed (${length})`;
    },
  },
  {
    title: `delete${where}`,
    isCleanUp: true,
    async run(signal) {
      const statement = { q: BY_ID, limit: 1 };
      return answered(await store.write(namespace, 'delete', [statement], signal), 'the document is deleted again');
    },
  },
];

class LostDocumentError extends MskSinksError {
  override readonly name = 'LostDocumentError';
}

/** @throws the refusal of the one statement */
function answered({ writeErrors }: Awaited<ReturnType<DocumentStore['write']>>, found: string): string {
  const [refused] = writeErrors;
  if (refused !== undefined) throw refused;
  return found;
}
