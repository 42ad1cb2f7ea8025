import { SETTINGS } from './find-settings.ts';
import { type ListNode, lineAt, type MapEntry, type MapNode, SyntaxProblem } from './node.ts';

/** `connector_configuration = {` of MSK Connect, `config = {` of other providers, or a map alone. */
const MAP = /(?:\b(?:connector_configuration|config(?:_nonsensitive)?)\s*=\s*|^\s*)\{/gm;
/** The same with `merge(..)`. https://developer.hashicorp.com/terraform/language/functions/merge */
const MERGE = /\b(?:connector_configuration|config(?:_nonsensitive)?)\s*=\s*merge\s*\(/g;
const LOCAL = /local\.([\w-]+)(?=\s*[,)])/y;
const SKIPPED = /(?:[\s,]|\/\/[^\n]*|\/\*[\s\S]*?\*\/|#[^\n]*)*/y;
const NAME = /(?:"([^"\n]+)"|([\w.-]+))\s*[=:][ \t]*/y;
const TEXT = /"((?:[^"\\\n$]|\\.|\$(?!\{)|\$\{[^}\n]*\})*)"(?=\s*(?:[,}#\n]|\/[/*]|$))/y;
const HERE_DOCUMENT = /<<-?(\w+)[ \t]*\n([\s\S]*?)\n[ \t]*\1(?=\s|$)/y;
const WORD = /(?:-?\d[\d.]*|true|false|null)(?=\s*(?:[,}#\n]|\/[/*]|$))/y;
const EXPRESSION = /(?:[^\n,{}[\]()]|\([^)]*\)|\[[^\]]*\]|\{[^}]*\})+/y;

const NESTED = /\([^)]*\)|\[[^\]]*\]|\{[^}]*\}|"(?:[^"\\\n]|\\.)*"/g;
/** `=` outside of what is nested: another setting stands on the line, without a comma before it. */
const SETS = /[^=!<>]=(?![=>])/;
const UNREADABLE = 'a setting cannot be read: write NAME = "VALUE" on a line of its own';

/** The maps of settings in a Terraform file. An expression that only Terraform can evaluate becomes a placeholder `${terraform:..}`. */
export function parseTerraform(text: string): ListNode {
  const merges = [...text.matchAll(MERGE)].map(({ index, 0: opening }) => mergeAt(text, index + opening.length));
  const maps = [...text.matchAll(MAP)]
    .map(({ index, 0: opening }) => mapAt(text, index + opening.length))
    .filter(({ start }) => !merges.some((merge) => merge.start <= start && start < merge.end));
  return { kind: 'list', line: 1, items: [...merges, ...maps].map(({ node }) => node) };
}

interface Parsed {
  readonly node: MapNode;
  readonly start: number;
  /** Where the map's last entry ends. */
  readonly end: number;
}

/**
 * The maps of `merge(..)` as one, in which a later entry of a name applies. What `locals` of this file names is known.
 * @throws SyntaxProblem where a part of a connector's settings is not
 */
function mergeAt(text: string, start: number): Parsed {
  const { starts, end } = argumentsAt(text, start);
  const parts = starts.map((at) => ({ at, map: partAt(text, at) }));
  const entries = parts.flatMap(({ map }) => map?.node.entries ?? []);
  const unknown = parts.find(({ map }) => map === undefined);
  if (unknown !== undefined && isConnector(entries))
    throw new SyntaxProblem(
      lineAt(text, unknown.at),
      'merge has a part that only Terraform can evaluate: write its settings into a map of this file',
    );
  return { node: { kind: 'map', line: lineAt(text, start), entries }, start, end };
}

const isConnector = (entries: readonly MapEntry[]): boolean => entries.some(({ name }) => SETTINGS.has(name));

/** A map, or `local.NAME`, of which `locals` has the map. */
function partAt(text: string, at: number): Parsed | undefined {
  if (text[at] === '{') return mapAt(text, at + 1);
  LOCAL.lastIndex = at;
  const name = LOCAL.exec(text)?.[1];
  const found = name && new RegExp(`(?:^|[\\s{])${name}\\s*=\\s*\\{`, 'm').exec(text);
  return found ? mapAt(text, found.index + found[0].length) : undefined;
}

const TOKEN = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|#[^\n]*|[\s\S]/g;

/** Where the arguments of a function begin, and where its parenthesis closes. */
function argumentsAt(text: string, start: number): { readonly starts: readonly number[]; readonly end: number } {
  const starts: number[] = [];
  let depth = 0;
  let isOpen = false;
  for (const { index, 0: token } of text.slice(start).matchAll(TOKEN)) {
    if (depth === 0 && token === ')') return { starts, end: start + index };
    if (depth === 0 && token === ',') isOpen = false;
    else if (!isOpen && !/^(?:\s|\/\/|\/\*|#)/.test(token)) {
      starts.push(start + index);
      isOpen = true;
    }
    if ('([{'.includes(token)) depth += 1;
    if (')]}'.includes(token)) depth -= 1;
  }
  return { starts, end: text.length };
}

function mapAt(text: string, start: number): Parsed {
  const entries: MapEntry[] = [];
  let at = start;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text) ?? undefined;
    at += found?.[0].length ?? 0;
    return found;
  };
  for (;;) {
    take(SKIPPED);
    const line = lineAt(text, at);
    const name = take(NAME);
    if (name === undefined) {
      // What cannot be read must not end the settings without a word.
      if (text[at] !== '}' && isConnector(entries)) throw new SyntaxProblem(line, UNREADABLE);
      return { node: { kind: 'map', line: lineAt(text, start), entries }, start, end: at };
    }
    const from = at;
    entries.push({ name: name[1] ?? name[2] ?? '', line, value: { kind: 'scalar', line, text: textAt(take) } });
    const value = text.slice(from, at);
    if (!value.startsWith('<<') && SETS.test(value.replaceAll(NESTED, '""')) && isConnector(entries))
      throw new SyntaxProblem(line, UNREADABLE);
  }
}

/** A here-document, a text, a word, or an expression. */
function textAt(take: (pattern: RegExp) => RegExpExecArray | undefined): string | null {
  const lines = take(HERE_DOCUMENT);
  if (lines !== undefined) return filledIn(lines[2] ?? '');
  const quoted = take(TEXT);
  if (quoted !== undefined) return unescaped(quoted[1] ?? '');
  const word = take(WORD)?.[0];
  return word === 'null' ? null : (word ?? placeholder(take(EXPRESSION)?.[0] ?? ''));
}

const placeholder = (expression: string): string => `\${terraform:${expression.trim().replaceAll(/[{}:$"]/g, '')}}`;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** `$${` is a literal `${`. A placeholder of Kafka Connect has a colon, which a Terraform expression does not need there. */
const filledIn = (text: string): string =>
  text.replaceAll(/\$\$\{|\$\{([^}]*)\}/g, (all, expression: string | undefined) => {
    if (expression === undefined) return '$' + '{';
    return expression.includes(':') ? all : placeholder(expression);
  });

/** The same of a text in quotes. */
const unescaped = (text: string): string =>
  text.replaceAll(/\$\$\{|\$\{([^}]*)\}|\\(.)/g, (all, expression: string | undefined, escaped: string | undefined) => {
    if (escaped !== undefined) return ESCAPES[escaped] ?? escaped;
    if (expression === undefined) return '$' + '{';
    return expression.includes(':') ? all : placeholder(expression);
  });
