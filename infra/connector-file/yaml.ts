import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseAllDocuments } from 'yaml';
import { type FileNode, type ListNode, lineAt, type MapEntry, SyntaxProblem } from './node.ts';

type Document = ReturnType<typeof parseAllDocuments>[number];

/** All documents of a YAML file. @throws SyntaxProblem */
export function parseYaml(text: string): ListNode {
  const template = text.search(/(?:^|:)[ \t-]*\{\{/m);
  if (template !== -1)
    throw new SyntaxProblem(lineAt(text, template), 'the file is a YAML template: render the template first');
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter, uniqueKeys: false, logLevel: 'silent' });
  const items = (Array.isArray(documents) ? documents : []).map((document: Document) => {
    const [error] = document.errors;
    if (error !== undefined)
      throw new SyntaxProblem(
        lineCounter.linePos(error.pos[0]).line,
        'the file looks like YAML, but is not valid YAML',
      );
    return nodeOf(document.contents as Node | null, document, lineCounter);
  });
  return { kind: 'list', line: 1, items };
}

function nodeOf(node: Node | null, document: Document, lines: LineCounter): FileNode {
  const resolved = isAlias(node) ? (node.resolve(document) ?? null) : node;
  const line = lines.linePos(node?.range?.[0] ?? 0).line;
  if (isMap(resolved))
    return {
      kind: 'map',
      line,
      entries: withoutMerges(resolved.items.map((pair) => entryOf(pair as Pair, document, lines))),
    };
  if (isSeq(resolved))
    return { kind: 'list', line, items: resolved.items.map((item) => nodeOf(item as Node, document, lines)) };
  if (!isScalar(resolved)) return { kind: 'scalar', line, text: null };
  const { tag, type, value, source } = resolved;
  // Only CloudFormation can resolve its tags, such as `!Ref`.
  if (tag?.startsWith('!')) return { kind: 'scalar', line, text: `\${cloudformation:${String(source)}}` };
  if (value === null || value === undefined) return { kind: 'scalar', line, text: null };
  return { kind: 'scalar', line, text: type === 'PLAIN' && source !== undefined ? source : String(value) };
}

function entryOf({ key, value }: Pair, document: Document, lines: LineCounter): MapEntry {
  const name = isScalar(key) ? String(key.value) : '';
  const line = lines.linePos((key as Node | null)?.range?.[0] ?? 0).line;
  return { name, line, value: nodeOf(value as Node | null, document, lines) };
}

/** What `<<` brings stands first, because the last entry of a name applies, and a map's own entries win. https://yaml.org/type/merge.html */
const withoutMerges = (entries: readonly MapEntry[]): readonly MapEntry[] => [
  ...entries.filter(isMerge).flatMap(({ value }) => mergedFrom(value)),
  ...entries.filter((entry) => !isMerge(entry)),
];

const isMerge = ({ name, value }: MapEntry): boolean => name === '<<' && value.kind !== 'scalar';

/** Of several maps the first wins. */
const mergedFrom = (value: FileNode): readonly MapEntry[] =>
  value.kind === 'list' ? value.items.toReversed().flatMap(mergedFrom) : value.kind === 'map' ? value.entries : [];
