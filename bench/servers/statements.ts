/** The fields of a command that a server without storage needs. */
export interface Statements {
  /** The command: its first field's name. */
  readonly name: string;
  /** The number of elements of `updates`, `documents` and `deletes`. */
  readonly statements: number;
}

const LISTS = new Set(['updates', 'documents', 'deletes']);
const ARRAY = 4;

/** Reads a command without its documents, which would cost the server more than the client. https://bsonspec.org/spec.html */
export function statementsIn(body: Buffer): Statements {
  let name: string | undefined;
  let statements = 0;
  for (let at = 4; body[at] !== 0; ) {
    const type = body[at] ?? 0;
    const nameEnd = body.indexOf(0, at + 1);
    const field = body.toString('latin1', at + 1, nameEnd);
    name ??= field;
    if (type === ARRAY && LISTS.has(field)) statements += elementsIn(body, nameEnd + 1);
    at = nameEnd + 1 + valueBytes(body, type, nameEnd + 1);
  }
  return { name: name ?? '', statements };
}

/** All elements are documents. */
function elementsIn(body: Buffer, start: number): number {
  let count = 0;
  for (let at = start + 4; body[at] !== 0; count += 1) {
    const value = body.indexOf(0, at + 1) + 1;
    at = value + body.readInt32LE(value);
  }
  return count;
}

const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 7: 12, 8: 1, 9: 8, 10: 0, 16: 4, 17: 8, 18: 8, 19: 16 };

function valueBytes(body: Buffer, type: number, at: number): number {
  const fixed = FIXED_BYTES[type];
  if (fixed !== undefined) return fixed;
  if (type === 3 || type === ARRAY) return body.readInt32LE(at);
  return (type === 5 ? 5 : 4) + body.readInt32LE(at);
}
