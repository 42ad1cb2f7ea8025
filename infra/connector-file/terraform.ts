import { type FileNode, type ListNode, lineAt, type MapEntry } from './node.ts';

/** `connector_configuration = {` of MSK Connect, `config = {` of other providers, or a map alone. */
const MAP = /(?:\b(?:connector_configuration|config(?:_nonsensitive)?)\s*=\s*(?:merge\(\s*)?|^\s*)\{/gm;
const SKIPPED = /(?:[\s,]|\/\/[^\n]*|\/\*[\s\S]*?\*\/|#[^\n]*)*/y;
const NAME = /(?:"([^"\n]+)"|([\w.-]+))\s*[=:][ \t]*/y;
const TEXT = /"((?:[^"\\\n$]|\\.|\$(?!\{)|\$\{[^}\n]*\})*)"(?=\s*(?:[,}#\n]|\/\/|$))/y;
const WORD = /(?:-?\d[\d.]*|true|false|null)(?=\s*(?:[,}#\n]|\/\/|$))/y;
const EXPRESSION = /(?:[^\n,{}[\]()]|\([^)]*\)|\[[^\]]*\]|\{[^}]*\})+/y;

/** The maps of settings in a Terraform file. An expression that only Terraform can evaluate becomes a placeholder `${terraform:..}`. */
export const parseTerraform = (text: string): ListNode => ({
  kind: 'list',
  line: 1,
  items: [...text.matchAll(MAP)].map(({ index, 0: opening }) => mapAt(text, index + opening.length)),
});

function mapAt(text: string, start: number): FileNode {
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
    if (name === undefined) return { kind: 'map', line: lineAt(text, start), entries };
    const quoted = take(TEXT);
    const word = quoted === undefined ? take(WORD)?.[0] : undefined;
    const value =
      quoted === undefined ? (word ?? placeholder(take(EXPRESSION)?.[0] ?? '')) : unescaped(quoted[1] ?? '');
    entries.push({
      name: name[1] ?? name[2] ?? '',
      line,
      value: { kind: 'scalar', line, text: value === 'null' ? null : value },
    });
  }
}

const placeholder = (expression: string): string => `\${terraform:${expression.trim().replaceAll(/[{}:$"]/g, '')}}`;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** `$${` is a literal `${`. A placeholder of Kafka Connect has a colon, which a Terraform expression does not need there. */
const unescaped = (text: string): string =>
  text.replaceAll(/\$\$\{|\$\{([^}]*)\}|\\(.)/g, (all, expression: string | undefined, escaped: string | undefined) => {
    if (escaped !== undefined) return ESCAPES[escaped] ?? escaped;
    if (expression === undefined) return '$' + '{';
    return expression.includes(':') ? all : placeholder(expression);
  });
