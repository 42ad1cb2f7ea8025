import { BSON } from 'mongodb';
import type { CommandKind, ServerLimits, Statement } from './document-store.ts';
import { guardFilter } from './guard.ts';
import type { Step } from './lane.ts';
import type { Write } from './write-models/write.ts';

/** Steps in one request. Each is of another document, so the server may take them in any order. */
export interface Command {
  readonly kind: CommandKind;
  readonly steps: readonly Step[];
}

export interface Commands {
  readonly commands: readonly Command[];
  readonly tooLarge: readonly Step[];
}

/** Steps as commands under the server's limits and each step's `companyMax`, deletes first: they may free a unique value. */
export function commandsOf(steps: readonly Step[], limits: ServerLimits): Commands {
  const commands: Command[] = [];
  const tooLarge: Step[] = [];
  for (const kind of ['delete', 'update'] as const) {
    let chunk: Step[] = [];
    let bytes = 0;
    let countMax = limits.operationsMax;
    const close = () => {
      if (chunk.length > 0) commands.push({ kind, steps: chunk });
      [chunk, bytes, countMax] = [[], 0, limits.operationsMax];
    };
    for (const step of steps) {
      if (kindOf(step.write) !== kind) continue;
      const size = sizeOf(step, limits);
      if (size.isTooLarge) {
        tooLarge.push(step);
        continue;
      }
      const isFull =
        chunk.length >= Math.min(countMax, step.lane.companyMax) || bytes + size.bytes > limits.documentBytesMax;
      if (isFull) close();
      chunk.push(step);
      bytes += size.bytes;
      countMax = Math.min(countMax, step.lane.companyMax);
    }
    close();
  }
  return { commands, tooLarge };
}

/** @returns the statement of the server's command that does the write */
export function statementOf(write: Write): Statement {
  switch (write.kind) {
    case 'replace':
      return { q: guardFilter(write), u: write.document, upsert: true };
    case 'delete':
      return { q: guardFilter(write), limit: 1 };
  }
}

function kindOf(write: Write): CommandKind {
  switch (write.kind) {
    case 'replace':
      return 'update';
    case 'delete':
      return 'delete';
  }
}

/** A byte of JSON becomes at most so many of BSON: `[1,1,1,..]` takes a type, an index, its end and four bytes for each `1,`. */
const BSON_BYTES_PER_JSON_BYTE = 8;
/** Filter, mark and frame of a statement beside its document and its key. */
const STATEMENT_BYTES = 1_024;

/** Measuring costs as much as serialising, and nearly every document is far from the limit: those are not measured. */
function sizeOf(
  { lane, write, count }: Step,
  limits: ServerLimits,
): { readonly bytes: number; readonly isTooLarge: boolean } {
  const record = lane.entries[lane.next + count - 1]?.record;
  const frameBytes = STATEMENT_BYTES + 2 * (record?.key?.byteLength ?? 0);
  const bytesMax = frameBytes + BSON_BYTES_PER_JSON_BYTE * (record?.value?.byteLength ?? 0);
  if (bytesMax <= limits.documentBytesMax || write.kind !== 'replace') return { bytes: bytesMax, isTooLarge: false };
  const documentBytes = BSON.calculateObjectSize(write.document as unknown as BSON.Document);
  return { bytes: frameBytes + documentBytes, isTooLarge: documentBytes > limits.documentBytesMax };
}
