import { type FileNode, type ListNode, lineAt, type MapEntry, SyntaxProblem } from './node.ts';

/** https://docs.confluent.io/platform/current/ksqldb/developer-guide/ksqldb-reference/create-connector.html */
const STATEMENT = /\bCREATE\s+(?:SINK|SOURCE)\s+CONNECTOR\s+(?:IF\s+NOT\s+EXISTS\s+)?\S+\s+WITH\s*\(/gi;
/** Blanks, commas and comments. */
const SKIPPED = /^(?:\s|,|--[^\n]*|\/\*[\s\S]*?\*\/)*/;
const SETTING =
  /((?:\s|,|--[^\n]*|\/\*[\s\S]*?\*\/)*)(?:'((?:[^']|'')*)'|"([^"]*)"|`([^`]*)`|([\w.]+))\s*=\s*(?:'((?:[^']|'')*)'|([\w.+-]+))/y;

export const isKsql = (text: string): boolean => text.search(STATEMENT) !== -1;

/** The settings of each CREATE CONNECTOR statement. */
export const parseKsql = (text: string): ListNode => ({
  kind: 'list',
  line: 1,
  items: [...text.matchAll(STATEMENT)].map(({ index, 0: statement }) => settingsAt(text, index + statement.length)),
});

function settingsAt(text: string, start: number): FileNode {
  const entries: MapEntry[] = [];
  SETTING.lastIndex = start;
  let at = start;
  for (let found = SETTING.exec(text); found !== null; found = SETTING.exec(text)) {
    at = SETTING.lastIndex;
    const [, skipped = '', quoted, double, back, bare, value, word] = found;
    const line = lineAt(text, found.index + skipped.length);
    const name = quoted ?? double ?? back ?? bare ?? '';
    entries.push({
      name: name.replaceAll("''", "'"),
      line,
      value: { kind: 'scalar', line, text: (value ?? word ?? '').replaceAll("''", "'") },
    });
  }
  // What cannot be read must not end the settings without a word.
  const rest = text.slice(at).replace(SKIPPED, '');
  if (!rest.startsWith(')'))
    throw new SyntaxProblem(
      lineAt(text, text.length - rest.length),
      "a setting cannot be read: write 'NAME'='VALUE', with commas between them",
    );
  return { kind: 'map', line: lineAt(text, start), entries };
}
