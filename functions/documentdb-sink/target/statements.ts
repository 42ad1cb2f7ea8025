import { DocumentSequence } from 'mongodb/lib/cmap/commands.js';
import { BsonWriter, Encoded } from '../bson/bson-writer.ts';
import { EncodedDocument } from '../bson/encoded-document.ts';
import type { Statement } from './document-store.ts';

/** Bytes of a statement besides its encoded document, usually: filter, version and framing. */
const STATEMENT_BYTES = 256;
/** Bytes of a document that is not encoded yet: a writer that is too small grows. */
const DOCUMENT_BYTES = 1_024;
/** Bytes of the section besides its statements: a kind, a length and a name. */
const SECTION_BYTES = 1 + 4 + 'updates'.length + 1;

/**
 * The value of a command's `updates`. Statements with encoded documents become a section of their own in the message, so that
 * the driver copies their bytes; it would read a document from values only. The driver does not export this class: see
 * docs/decisions/0018-straight-path.md.
 * https://github.com/mongodb/specifications/blob/master/source/message/OP_MSG.md#sections
 */
export function updatesOf(statements: readonly Statement[]): readonly Statement[] | DocumentSequence {
  if (!statements.some(({ u }) => u instanceof Encoded)) return statements;
  const writer = new BsonWriter(statements.reduce((sum, { u }) => sum + bytesOf(u), SECTION_BYTES));
  writer.section('updates', () => {
    for (const statement of statements) writer.document(() => writeStatement(writer, statement));
  });
  return new EncodedSection('updates', writer.written());
}

/** A section that is written already. The driver's own class would copy the documents once more. */
class EncodedSection extends DocumentSequence {
  readonly #bytes: Uint8Array;

  constructor(field: string, bytes: Uint8Array) {
    super(field);
    this.#bytes = bytes;
  }

  override toBin(): Uint8Array {
    return this.#bytes;
  }
}

const bytesOf = (document: unknown): number =>
  STATEMENT_BYTES + (document instanceof EncodedDocument ? document.fieldBytes : DOCUMENT_BYTES);

function writeStatement(writer: BsonWriter, statement: Statement): void {
  for (const name of Object.keys(statement)) writer.element(name, statement[name]);
}
