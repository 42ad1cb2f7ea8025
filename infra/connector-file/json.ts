import { type FileNode, lineAt, type MapEntry, SyntaxProblem } from './node.ts';

/** Whitespace, and comments, which JSON does not allow but people write. */
const SKIPPED = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/|#[^\n]*)*/y;
const STRING = /"(?:[^"\\\n]|\\[\s\S])*"/y;
/** JSON's words and Python's, because Python scripts contain such objects. */
const WORD = /-?\d[\w.+-]*|true|false|null|none/iy;

interface Cursor {
  readonly text: string;
  at: number;
}

/** JSON with comments and trailing commas. @throws SyntaxProblem */
export function parseJson(text: string): FileNode {
  const cursor = { text, at: 0 };
  const node = valueAt(cursor);
  skip(cursor);
  if (cursor.at < text.length) throw problem(cursor, 'there is text after the end of the JSON: remove it');
  return node;
}

/** The JSON object that begins at a position in a text, and the object's end. @throws SyntaxProblem */
export function parseJsonAt(text: string, start: number): { readonly node: FileNode; readonly end: number } {
  const cursor = { text, at: start };
  return { node: valueAt(cursor), end: cursor.at };
}

const problem = ({ text, at }: Cursor, what: string) => new SyntaxProblem(lineAt(text, at), what);

function matched(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const [found] = pattern.exec(cursor.text) ?? [];
  cursor.at += found?.length ?? 0;
  return found;
}

const skip = (cursor: Cursor) => matched(cursor, SKIPPED);

function isNext(cursor: Cursor, character: string): boolean {
  skip(cursor);
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at += 1;
  return true;
}

function valueAt(cursor: Cursor): FileNode {
  skip(cursor);
  const line = lineAt(cursor.text, cursor.at);
  if (isNext(cursor, '{')) return { kind: 'map', line, entries: listed(cursor, '}', entryAt) };
  if (isNext(cursor, '[')) return { kind: 'list', line, items: listed(cursor, ']', valueAt) };
  if (cursor.text[cursor.at] === '"') return { kind: 'scalar', line, text: stringAt(cursor) };
  const word = matched(cursor, WORD);
  if (word === undefined) throw problem(cursor, 'a value is missing or is not JSON: write texts in double quotes');
  return { kind: 'scalar', line, text: /^(?:null|none)$/i.test(word) ? null : word };
}

function listed<T>(cursor: Cursor, end: string, read: (cursor: Cursor) => T): readonly T[] {
  const items: T[] = [];
  while (!isNext(cursor, end)) {
    if (items.length > 0 && cursor.text[cursor.at] === undefined) throw problem(cursor, `${end} is missing`);
    items.push(read(cursor));
    if (isNext(cursor, ',')) continue;
    if (!isNext(cursor, end)) throw problem(cursor, `a comma or ${end} is missing`);
    return items;
  }
  return items;
}

function entryAt(cursor: Cursor): MapEntry {
  skip(cursor);
  const line = lineAt(cursor.text, cursor.at);
  if (cursor.text[cursor.at] !== '"') throw problem(cursor, 'a name in double quotes is missing');
  const name = stringAt(cursor);
  if (!isNext(cursor, ':')) throw problem(cursor, 'a colon after a name is missing');
  return { name, line, value: valueAt(cursor) };
}

function stringAt(cursor: Cursor): string {
  const start = cursor.at;
  const text = matched(cursor, STRING);
  try {
    return JSON.parse(text ?? '').toString();
  } catch {
    cursor.at = start;
    throw problem(
      cursor,
      text === undefined
        ? 'a text does not end on its line: add the closing quote'
        : 'a text has an escape sequence that JSON does not allow',
    );
  }
}
