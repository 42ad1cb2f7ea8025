import { expect } from 'vitest';
import { createCdcHandler } from '../../functions/documentdb-sink/connector/cdc/create-cdc-handler.ts';
import { UnwritableError } from '../../functions/documentdb-sink/plan/unwritable-error.ts';
import { aRecord } from './builders.ts';
import { documentOf, inOrder, SINK, sinkDocument, topicProperties } from './sink-documents.ts';

export const HANDLER = 'change.data.capture.handler';

export interface Event {
  readonly key?: string | null;
  readonly value: string | null;
  readonly given?: Readonly<Record<string, string>>;
}

export function handle(handler: string, { key = null, value, given = {} }: Event) {
  const create = createCdcHandler(topicProperties({ [HANDLER]: `${SINK}.cdc.${handler}`, ...given }));
  if (create === undefined) throw new Error(`${handler} is no handler`);
  return create(sinkDocument(key, value), aRecord(), 0);
}

export const shown = (part: unknown) =>
  typeof part === 'string' && part.startsWith('{') ? inOrder(documentOf(part)) : inOrder(part);

export const allShown = (writes: readonly object[]) =>
  writes.map((write) => Object.fromEntries(Object.entries(write).map(([name, part]) => [name, shown(part)])));

/** Expected documents are in the shell's notation. */
export const expectWrites = (
  handler: string,
  event: Event,
  ...expected: readonly Readonly<Record<string, unknown>>[]
) => expect(allShown(handle(handler, event))).toEqual(allShown(expected));

/** @param reason a part of the error's text */
export function expectUnwritable(handler: string, event: Event, reason = ''): void {
  expect(() => handle(handler, event)).toThrow(UnwritableError);
  expect(() => handle(handler, event)).toThrow(reason);
}

export const OPLOG = 'debezium.mongodb.MongoDbHandler';

export const STREAM = 'mongodb.ChangeStreamHandler';
