import { BSON } from 'mongodb';
import type { BsonDocument } from '../bson/bson-document.ts';
import { EncodedDocument } from '../bson/encoded-document.ts';
import { equalities, guardedFilter } from '../guard/guard.ts';
import type { PlainModel, SentWrite } from '../guard/write.ts';
import { BSON_BYTES_PER_JSON_BYTE } from '../limits.ts';
import type { CommandFailure } from '../target/classify.ts';
import type { CommandKind, ServerLimits, Statement } from '../target/document-store.ts';
import type { LaneEntry } from './entry.ts';
import type { Step } from './lane.ts';
import type { WriteResult } from './write-result.ts';

/** Steps of one request. Each step concerns another document, so the server may apply them in any order. */
export interface Command {
  readonly kind: CommandKind;
  readonly steps: readonly Step[];
}

export interface StepResult {
  readonly step: Step;
  readonly result: WriteResult;
}

export const failedSteps = (steps: readonly Step[], failure: CommandFailure): readonly StepResult[] =>
  steps.map((step) => ({ step, result: { ...failure, commandSize: steps.length } }));

export interface Commands {
  readonly commands: readonly Command[];
  readonly tooLarge: readonly Step[];
}

/** Deletes come first because they free unique values; then updates, which may exchange one. */
export const COMMAND_ORDER: readonly CommandKind[] = ['delete', 'update', 'insert'];

/** Packs steps into commands, within the limits of the server and of each step. */
export function commandsOf(steps: readonly Step[], limits: ServerLimits): Commands {
  const commands: Command[] = [];
  const tooLarge: Step[] = [];
  for (const kind of COMMAND_ORDER) {
    let chunk: Step[] = [];
    let bytes = 0;
    let countMax = limits.operationsMax;
    const documents = new Set<string>();
    const close = () => {
      if (chunk.length > 0) commands.push({ kind, steps: chunk });
      [chunk, bytes, countMax] = [[], 0, limits.operationsMax];
      documents.clear();
    };
    for (const step of steps) {
      if (kindOf(step.write) !== kind) continue;
      const size = sizeOf(step, limits);
      if (size.isTooLarge) {
        tooLarge.push(step);
        continue;
      }
      const isFull =
        chunk.length >= Math.min(countMax, step.lane.trial.commandSizeMax) ||
        bytes + size.bytes > limits.documentBytesMax;
      // Two partitions may write one document. The server does the statements of a command in any order.
      if (isFull || documents.has(step.lane.identity)) close();
      chunk.push(step);
      documents.add(step.lane.identity);
      bytes += size.bytes;
      countMax = Math.min(countMax, step.lane.trial.commandSizeMax);
    }
    close();
  }
  return { commands, tooLarge };
}

/** @returns the statement of the server's command that does the write */
export function statementOf(write: SentWrite): Statement {
  switch (write.kind) {
    case 'replace':
      return { q: guardedFilter(write), u: write.document, upsert: write.upsert };
    case 'update':
      return { q: guardedFilter(write), u: write.update, upsert: write.upsert };
    case 'delete':
      return { q: guardedFilter(write), limit: 1 };
    case 'insert':
      return write.replacesTombstone
        ? { q: guardedFilter(write), u: write.document, upsert: true }
        : { document: write.document };
    case 'plain':
      return plainStatement(write.model);
  }
}

function plainStatement(model: PlainModel): Statement {
  const q = equalities(model.filter);
  switch (model.kind) {
    case 'replaceOne':
      return { q, u: model.replacement, upsert: model.upsert };
    case 'updateOne':
      return { q, u: model.update, upsert: model.upsert };
    case 'deleteOne':
      return { q, limit: 1 };
  }
}

export function kindOf(write: SentWrite): CommandKind {
  switch (write.kind) {
    case 'replace':
    case 'update':
      return 'update';
    case 'delete':
      return 'delete';
    case 'insert':
      return write.replacesTombstone ? 'update' : 'insert';
    case 'plain':
      return write.model.kind === 'deleteOne' ? 'delete' : 'update';
  }
}

/** Bytes of a statement besides its document and its key: filter, version and framing. */
const STATEMENT_BYTES = 1_024;

/** Measuring a document costs as much as serializing it, so documents far below the limit are not measured. */
function sizeOf(step: Step, limits: ServerLimits): { readonly bytes: number; readonly isTooLarge: boolean } {
  const { keyBytes, valueBytes } = sourceBytesOf(step);
  const frameBytes = STATEMENT_BYTES + 2 * keyBytes;
  const body = bodyOf(step.write);
  const bytesMax =
    frameBytes + (body instanceof EncodedDocument ? body.fieldBytes : BSON_BYTES_PER_JSON_BYTE * valueBytes);
  if (bytesMax <= limits.documentBytesMax || body === undefined) return { bytes: bytesMax, isTooLarge: false };
  const bodyBytes = bytesOf(body);
  return { bytes: frameBytes + bodyBytes, isTooLarge: bodyBytes > limits.documentBytesMax };
}

const bytesOf = (body: BsonDocument): number =>
  body instanceof EncodedDocument ? body.bytes().length : BSON.calculateObjectSize(body as unknown as BSON.Document);

/** Bytes of the records in a step; a record with several writes counts several times. */
function sourceBytesOf({ lane, from, count }: Step): { readonly keyBytes: number; readonly valueBytes: number } {
  let keyBytes = 0;
  let valueBytes = 0;
  for (let at = from; at < from + count; at += 1) {
    const { record } = lane.items[at] as LaneEntry;
    keyBytes = Math.max(keyBytes, record.key?.byteLength ?? 0);
    valueBytes += record.value?.byteLength ?? 0;
  }
  return { keyBytes, valueBytes };
}

function bodyOf(write: SentWrite): BsonDocument | undefined {
  if (write.kind === 'delete') return undefined;
  if (write.kind === 'plain') return plainBodyOf(write.model);
  return write.kind === 'update' ? write.update : write.document;
}

function plainBodyOf(model: PlainModel): BsonDocument | undefined {
  if (model.kind === 'deleteOne') return undefined;
  return model.kind === 'updateOne' ? model.update : model.replacement;
}
