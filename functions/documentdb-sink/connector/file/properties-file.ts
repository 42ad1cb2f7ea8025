/** One `name=value` of a file, and the line on which it begins, counted from 1. */
export interface Entry {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** A malformed entry; `problem` says what is wrong. */
export interface Fault {
  readonly line: number;
  readonly problem: string;
}

export interface PropertiesFile {
  /** In the order of the file; names may repeat. */
  readonly entries: readonly Entry[];
  readonly faults: readonly Fault[];
}

/**
 * Parses text like `java.util.Properties.load`.
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)
 */
export function parseProperties(text: string): PropertiesFile {
  const entries: Entry[] = [];
  const faults: Fault[] = [];
  for (const { line, content } of logicalLines(text)) {
    const { name, value } = split(content);
    if (MALFORMED_UNICODE.test(content))
      faults.push({ line, problem: 'a \\u is not followed by four hexadecimal digits' });
    else entries.push({ name: unescaped(name), value: unescaped(value), line });
  }
  return { entries, faults };
}

/** An unescaped backslash followed by `u`, but not by four hexadecimal digits. */
const MALFORMED_UNICODE = /(?<!\\)(?:\\\\)*\\u(?![0-9A-Fa-f]{4})/;
const BLANK_START = /^[ \t\f]+/;
const COMMENT = /^[#!]/;
/** An odd number of backslashes at the end of the line. */
const CONTINUED = /(?<!\\)(?:\\\\)*\\$/;

interface LogicalLine {
  readonly line: number;
  readonly content: string;
}

const naturalLines = (text: string): readonly string[] => text.replace(/(?<!\r)\n$|\r$/, '').split(/\r\n|\r|\n/);

/** Joins continued lines, and drops comments and blank lines. */
function logicalLines(text: string): readonly LogicalLine[] {
  const lines: LogicalLine[] = [];
  let open: LogicalLine | undefined;
  for (const [index, natural] of naturalLines(text).entries()) {
    const content = natural.replace(BLANK_START, '');
    // A continuation line is never a comment. After a line that holds only a backslash, a new line begins.
    if ((open === undefined || open.content === '') && (content === '' || COMMENT.test(content))) {
      open = undefined;
      continue;
    }
    const joined = { line: open?.line ?? index + 1, content: (open?.content ?? '') + content };
    open = CONTINUED.test(content) ? { ...joined, content: joined.content.slice(0, -1) } : undefined;
    if (open === undefined) lines.push(joined);
  }
  // The text ends with a backslash: Java accepts the entry, even if the entry is empty.
  if (open !== undefined) lines.push(open);
  return lines;
}

/** The name ends at the first unescaped `=`, `:` or blank. Blanks around one separator are dropped. */
const NAME = /^((?:\\.|[^\\=: \t\f])*\\?)(?:[ \t\f]*[=:]?[ \t\f]*)/s;

function split(content: string): { readonly name: string; readonly value: string } {
  const [whole = '', name = ''] = NAME.exec(content) ?? [];
  return { name, value: content.slice(whole.length) };
}

const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|(.)|$)/gs;
const CHARACTERS: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

const unescaped = (text: string): string =>
  text.replace(ESCAPE, (_all, code: string | undefined, character: string | undefined = '') =>
    code === undefined ? (CHARACTERS[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  );
