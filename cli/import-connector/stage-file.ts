import { parseDocument, Scalar } from 'yaml';
import { FILL_IN, type Import, type SettingPath } from './import.ts';

/**
 * The text of a stage file with what was taken over.
 * @param existing what was written before; its other settings and comments stay
 * @throws Error if that is no YAML
 */
export function stageFileOf(stage: string, { settings, gaps }: Import, existing: string | undefined): string {
  const heading = `# yaml-language-server: $schema=schema.json\n# The stage \`${stage}\`. docs/settings.md lists every setting with its unit and default.\n`;
  const document = parseDocument(existing ?? `${heading}{}\n`);
  if (document.errors.length > 0) throw new Error(`config/${stage}.yml is not valid YAML: correct the file first`);
  if (existing === undefined && document.contents !== null && 'flow' in document.contents)
    document.contents.flow = false;
  const found = settings.map(({ path, value }) => ({ path, value }));
  for (const { path, ...rest } of [...found, ...gaps].toSorted(inOrder)) {
    if ('value' in rest) {
      setIn(document, path, document.createNode(quoted(path, rest.value)));
      continue;
    }
    if (document.hasIn(path)) continue; // written before
    const { what, isList } = rest;
    const marker = new Scalar(FILL_IN);
    marker.comment = ` ${what}`;
    setIn(document, path, isList ? document.createNode([marker]) : marker);
  }
  return document.toString({ lineWidth: 0 });
}

/** A section without settings (`cluster:`) is null, in which nothing can be set. */
function setIn(document: ReturnType<typeof parseDocument>, path: SettingPath, value: unknown): void {
  for (const length of path.keys()) {
    const section = path.slice(0, length);
    if (document.hasIn(section) && document.getIn(section) === null) document.deleteIn(section);
  }
  document.setIn(path, value);
}

/** Of the sections in a stage file that people write. */
const ORDER = ['accountId', 'region', 'cluster', 'trigger', 'kinesisSink', 'documentdbSink'];

const inOrder = (one: { readonly path: SettingPath }, other: { readonly path: SettingPath }): number =>
  ORDER.indexOf(one.path[0] ?? '') - ORDER.indexOf(other.path[0] ?? '');

/** An account id is a text of digits. */
function quoted(path: readonly string[], value: unknown): unknown {
  if (path.join('.') !== 'accountId') return value;
  const scalar = new Scalar(String(value));
  scalar.type = 'QUOTE_DOUBLE';
  return scalar;
}
