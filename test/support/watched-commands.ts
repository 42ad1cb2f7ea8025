import type { Statement } from '../../functions/documentdb-sink/target/document-store.ts';
import type { aDocumentdbSink } from './a-documentdb-sink.ts';
import { valueAt } from './document-server/bson-values.ts';

type Sink = ReturnType<typeof aDocumentdbSink>;

export interface Sent {
  readonly collection: string;
  readonly atMs: number;
  readonly isProbe: boolean;
  /** Of the documents. */
  readonly ids: readonly unknown[];
}

const isProbe = ({ q }: Statement) => Object.keys(q as object).includes('_k.probe');

/** Every command with its time, from the sink's making on. @param answers an error for a command, or what its execution waits for */
export function watched(sink: Sink, answers: (sent: Sent) => Error | Promise<void> | undefined): readonly Sent[] {
  const sent: Sent[] = [];
  const startMs = sink.clock.nowMs();
  const write = sink.store.write.bind(sink.store);
  sink.store.write = (namespace, kind, statements, signal) => {
    const atMs = sink.clock.nowMs() - startMs;
    const ids = statements.map(({ q, document }) => valueAt(q ?? document, '_id'));
    const each = { collection: namespace.collection, atMs, isProbe: statements.some(isProbe), ids };
    sent.push(each);
    const answer = answers(each);
    if (answer instanceof Error) return Promise.reject(answer);
    return (answer ?? Promise.resolve()).then(() => write(namespace, kind, statements, signal));
  };
  return sent;
}

/** When commands for a collection were sent, and if given those for a document. */
export const timesOf = (sent: readonly Sent[], collection: string, id?: unknown): readonly number[] =>
  sent
    .filter((each) => each.collection === collection && (id === undefined || each.ids.includes(id)))
    .map(({ atMs }) => atMs);
