import { UnconvertibleError } from './extended-json.ts';
import { JsonReader } from './json-reader.ts';

/**
 * Text as the Java driver's `BsonDocument.parse` reads it: JSON, and what the mongo shell writes beside it (names without
 * quotes, single quotes, `ObjectId(..)` and its like). https://www.mongodb.com/docs/drivers/java/sync/current/data-formats/document-data-format-extended-json/
 * @throws UnconvertibleError when it is neither; the message quotes nothing
 */
export function readRelaxedJson(text: string): unknown {
  try {
    return new JsonReader(text).read();
  } catch (error) {
    if (!(error instanceof UnconvertibleError)) throw error;
    const strict = strictJson(text);
    if (strict === undefined || strict === text) throw error;
    return new JsonReader(strict).read();
  }
}

const TOKEN =
  /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|(?:new\s+)?[A-Za-z_$][\w$]*(?:\s*\([^()]*\))?(?:\s*:)?|-?\d[\d.eE+-]*|[^"'\w$]+/gy;
const CALL = /^(?:new\s+)?(\w+)\s*\(([^()]*)\)(\s*:)?$/;
const NAME = /^([A-Za-z_$][\w$]*)\s*:$/;

/** Undefined where a token is none of the shell's. */
function strictJson(text: string): string | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    const strict = strictToken(token);
    if (strict === undefined) return undefined;
    tokens.push(strict);
    at += token.length;
  }
  return at === text.length ? tokens.join('') : undefined;
}

function strictToken(token: string): string | undefined {
  if (token.startsWith('"')) return token.replaceAll("\\'", "'");
  if (token.startsWith("'")) return doubleQuoted(token.slice(1, -1));
  if (!/^[A-Za-z_$]/.test(token) || WORDS.has(token)) return token;
  const name = NAME.exec(token)?.[1];
  if (name !== undefined) return `"${name}":`;
  const [, call = '', parameters = ''] = CALL.exec(token) ?? [];
  return CALLS.get(call)?.(parameters.split(',').map(plain));
}

/** JSON's escapes stay, but for the single quote's. */
const doubleQuoted = (content: string): string =>
  `"${content.replace(/\\[\s\S]|"/g, (found) => ESCAPES.get(found) ?? found)}"`;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\\'", "'"],
  ['"', '\\"'],
]);

const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null']);

/** A parameter's content: what needs escapes is none of these calls' business. */
const plain = (parameter: string): string => parameter.trim().replace(/^(["'])([^"'\\]*)\1$/, '$2');

const extended = (name: string, content: string | undefined): string => `{"${name}": ${JSON.stringify(content ?? '')}}`;

const date = ([content = '']: readonly string[]): string =>
  extended('$date', /^-?\d+$/.test(content) ? new Date(Number(content)).toISOString() : content);

const CALLS: ReadonlyMap<string, (parameters: readonly string[]) => string> = new Map([
  ['ObjectId', ([hex]) => extended('$oid', hex)],
  ['ISODate', date],
  ['Date', date],
  ['NumberInt', ([digits]) => extended('$numberInt', digits)],
  ['NumberLong', ([digits]) => extended('$numberLong', digits)],
  ['NumberDecimal', ([digits]) => extended('$numberDecimal', digits)],
  ['UUID', ([digits]) => extended('$uuid', digits)],
  [
    'BinData',
    ([type = '', base64 = '']) => `{"$binary": {"base64": "${base64}", "subType": "${Number(type).toString(16)}"}}`,
  ],
  ['Timestamp', ([t = '', i = '']) => `{"$timestamp": {"t": ${t}, "i": ${i}}}`],
]);
