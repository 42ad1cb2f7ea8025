import type { FunctionName } from '../engines/endpoints.ts';
import type { ProducedRecord } from '../orders/producer.ts';
import type { Session } from '../session.ts';
import { readAct } from './acts/act.ts';
import type { DeadLetterDesk } from './acts/dead-letter-desk.ts';
import {
  copiesOf,
  type DocumentStep,
  documentStep,
  findRecords,
  foundRecord,
  type RecordWay,
  sinkSteps,
} from './acts/record-way.ts';
import type { Steering } from './acts/steering.ts';
import { json, type Reply, type Request } from './server.ts';
import type { InvocationView } from './state/view.ts';

export interface RouteParts {
  readonly session: Session;
  readonly steering: Steering;
  readonly desk: DeadLetterDesk;
  readonly invocations: () => readonly InvocationView[];
  readonly note: (text: string) => void;
}

export type Routes = (request: Request) => Promise<Reply | undefined>;

const SHARD_RECORDS_MAX = 50;
const DOCUMENTS_MAX = 50;
const DATA_SHOWN_CHARACTERS = 400;

export function createRoutes(parts: RouteParts): Routes {
  const { session, desk } = parts;
  const reads: Readonly<Record<string, (query: URLSearchParams) => Promise<unknown>>> = {
    '/api/records': async (query) =>
      findRecords(query.get('search') ?? '', session.feed.produced).map((record) => foundRecord(record)),
    '/api/way': async (query) => {
      const place = `${Number(query.get('partition'))}@${Number(query.get('offset'))}`;
      const [record] = findRecords(place, session.feed.produced);
      return record === undefined ? null : await wayOf(record, parts);
    },
    '/api/documents': async (query) => await documentsOf(session, query),
    '/api/shard': async (query) => shardRecords(session, query.get('shard') ?? ''),
    '/api/dead-letters': async () => await desk.list(),
  };
  return async ({ method, path, query, body }) => {
    if (method === 'POST') return path === '/api/act' ? await act(parts, body) : undefined;
    const read = reads[path];
    return read === undefined ? undefined : json(await read(query));
  };
}

async function act({ steering, desk, note }: RouteParts, body: string): Promise<Reply> {
  const asked = readAct(body);
  if (asked === undefined) return json({ problem: 'The console has no such button.' }, 400);
  try {
    const text = await (asked.kind === 'redrive' ? desk.redrive(asked.key) : steering.steer(asked));
    note(text);
    return json({ text });
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'It failed.';
    note(problem);
    return json({ problem }, 409);
  }
}

async function wayOf(record: ProducedRecord, { session, desk, invocations }: RouteParts): Promise<RecordWay> {
  const settledUpTo = new Map(
    session.pipeline.sinks.map(
      ({ name, trigger }) => [name as FunctionName, trigger.settledOffsets().get(record.partition) ?? 0] as const,
    ),
  );
  const letters = (await desk.list()).filter(
    ({ partition, offset }) => partition === record.partition && offset === record.offset,
  );
  return {
    record: foundRecord(record),
    sinks: sinkSteps(record, { invocations: invocations(), settledUpTo }),
    copies: copiesOf(record, session.stored),
    document: await documentOf(record, session),
    deadLetters: letters.map(({ sink, code, reason }) => ({ function: sink, code, reason })),
  };
}

const UNREAD: DocumentStep = { state: 'unread', sourceOffset: null, isDeleted: false };

async function documentOf(record: ProducedRecord, { targets, documents, stage }: Session): Promise<DocumentStep> {
  if (targets.documentdb.isAway()) return UNREAD;
  if (record.key === null) return documentStep(record, stage.topic, undefined);
  return documentStep(record, stage.topic, await documents.find(record.key));
}

async function documentsOf({ targets, documents }: Session, query: URLSearchParams): Promise<unknown> {
  if (targets.documentdb.isAway())
    return { problem: 'DocumentDB is stopped: its documents can be read when it runs again.' };
  const [prefix, after] = [query.get('prefix') ?? '', query.get('after') ?? ''];
  return { documents: await documents.list({ prefix, after, limit: DOCUMENTS_MAX }) };
}

/** The newest first. */
function shardRecords({ stored }: Session, shardId: string) {
  return stored
    .filter((record) => record.shardId === shardId)
    .slice(-SHARD_RECORDS_MAX)
    .toReversed()
    .map(({ partitionKey, sequenceNumber, data }) => ({
      ...{ partitionKey, sequenceNumber, bytes: data.length },
      start: data.subarray(0, DATA_SHOWN_CHARACTERS).toString(),
    }));
}
