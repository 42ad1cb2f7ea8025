import {
  type PropertiesFile,
  parseProperties,
} from '../../functions/documentdb-sink/connector/file/properties-file.ts';
import { entriesOf, SETTINGS, settingsIn } from './find-settings.ts';
import { parseJson, parseJsonAt } from './json.ts';
import { isKsql, parseKsql } from './ksql.ts';
import { type FileNode, type MapNode, SyntaxProblem } from './node.ts';
import { parseTerraform } from './terraform.ts';
import { parseYaml } from './yaml.ts';

export interface ConnectorFile extends PropertiesFile {
  /** The source of the settings and the line at which they begin; undefined for a properties file, or for plain JSON. */
  readonly container: string | undefined;
}

type Syntax = 'JSON' | 'ksqlDB' | 'Terraform' | 'YAML' | 'script' | 'properties';

/**
 * Reads a connector's settings from a properties file, JSON (plain settings, Connect's REST API, `describe-connector`), YAML of
 * Strimzi or CloudFormation, Terraform, ksqlDB, or a script that posts JSON.
 * @param path only its ending is used
 */
export function readConnectorFile(content: string, path: string): ConnectorFile {
  const text = content.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const syntax = syntaxOf(text, path);
  if (syntax === 'properties') return { ...parseProperties(content.replace(/^\uFEFF/, '')), container: undefined };
  try {
    return onlyOne(mapsIn(text, syntax), syntax);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return onlyFault(error.line, error.message);
  }
}

/** Whitespace and comments at the beginning. */
const PREFACE = /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/|#[^\n]*\n)*/;
/** Lines that no syntax with such comments reads. */
const COMMENTS = /^[ \t]*[#!].*$/gm;
const TERRAFORM =
  /^[ \t]*(?:(?:resource|module|data|variable)[ \t]+"|locals[ \t]+\{)|\bconnector_configuration[ \t]*=|^[ \t]*\{\s*"?[\w.]+"?\s*=/m;
const YAML = /^(?:---|apiVersion:|[\w.-]+:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]+[\w.-]+:)/m;
const FLAT_YAML = /^(?:[ \t]*(?:#[^\n]*)?\n|[\w.$-]+:(?:[ \t][^\n]*)?(?:\n|$))+$/;
const SCRIPT = /"connector\.class"\s*:/;

function syntaxOf(text: string, path: string): Syntax {
  const body = text.replace(PREFACE, '');
  const isJson = body.startsWith('{') || body.startsWith('[');
  if (/\.properties$/i.test(path) && !isJson && isProperties(text)) return 'properties';
  const code = text.replaceAll(COMMENTS, '');
  if (/\.(?:tf|hcl)$/i.test(path) || (TERRAFORM.test(code) && !/^[[{]\s*["}]?[^=]*:/.test(body))) return 'Terraform';
  if (isJson) return 'JSON';
  if (isKsql(code)) return 'ksqlDB';
  if (/\.ya?ml$/i.test(path) || (YAML.test(text) && !/^#!/.test(text)) || (body !== '' && FLAT_YAML.test(text)))
    return 'YAML';
  return SCRIPT.test(code) ? 'script' : 'properties';
}

/** Whether a file with that ending is what its ending says. `name: value` is a line of YAML and of a properties file. */
const isProperties = (text: string): boolean =>
  !YAML.test(text) && parseProperties(text).entries.some(({ name }) => SETTINGS.has(name));

function mapsIn(text: string, syntax: Exclude<Syntax, 'properties'>): readonly MapNode[] {
  switch (syntax) {
    case 'JSON':
      return settingsIn(parseJson(text));
    case 'Terraform':
      return settingsIn(parseTerraform(text));
    case 'ksqlDB':
      return settingsIn(parseKsql(text));
    case 'YAML': {
      const settings = settingsIn(parseYaml(text));
      return settings.length > 0 ? settings : embeddedIn(text);
    }
    case 'script':
      return embeddedIn(text);
  }
}

/** JSON objects inside other text, such as a script or a here-document. */
function embeddedIn(text: string): readonly MapNode[] {
  const found: MapNode[] = [];
  let end = 0;
  for (const { index } of text.matchAll(/\{/g)) {
    if (index < end) continue;
    const parsed = parsedAt(text, index);
    const settings = parsed === undefined ? [] : settingsIn(parsed.node);
    if (parsed !== undefined && settings.length > 0) end = parsed.end;
    found.push(...settings);
  }
  return found;
}

function parsedAt(text: string, start: number): { readonly node: FileNode; readonly end: number } | undefined {
  try {
    return parseJsonAt(text, start);
  } catch (error) {
    if (error instanceof SyntaxProblem) return undefined;
    throw error;
  }
}

function onlyOne(maps: readonly MapNode[], syntax: Syntax): ConnectorFile {
  const [settings, ...others] = maps;
  if (settings === undefined) {
    return onlyFault(0, `the file is ${nameOf(syntax)}, but has no settings of a MongoDB sink connector`);
  }
  if (others.length > 0) {
    const lines = maps.map(({ line }) => line).join(', ');
    return onlyFault(
      0,
      `the file has several MongoDB sink connectors (lines ${lines}): write one of them in a separate file`,
    );
  }
  const isPlain = syntax === 'JSON';
  return { ...entriesOf(settings), container: isPlain ? undefined : `${nameOf(syntax)}, line ${settings.line}` };
}

const nameOf = (syntax: Syntax): string => (syntax === 'script' ? 'the JSON in a script' : syntax);

const onlyFault = (line: number, problem: string): ConnectorFile => ({
  entries: [],
  faults: [{ line, problem }],
  container: undefined,
});
