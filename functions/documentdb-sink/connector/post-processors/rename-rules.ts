import { isDocument } from '../../bson/documents.ts';
import type { MutableDocument } from '../../bson/sink-document.ts';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { PatternError } from '../../java/regex/pattern-error.ts';
import { matcher, replacer } from '../../java/regex/replacement.ts';
import { readRelaxedJson } from '../../json/relaxed-json.ts';
import { PropertyError } from '../property-error.ts';
import type { TopicProperties } from '../topic-properties.ts';
import { keepNames, type Rename } from './renamer.ts';

const MAPPING = 'field.renamer.mapping';
const REGEXP = 'field.renamer.regexp';

/**
 * `field.renamer.mapping`: maps exact paths to a new name of their last part.
 * @throws PropertyError if the text is no array of such rules
 */
export function renameByMapping(properties: TopicProperties): Rename {
  const text = properties.text(MAPPING);
  const names = new Map<string, string>();
  for (const rule of rulesOf(MAPPING, text)) {
    const [oldName, newName] = [textAt(rule, 'oldName', MAPPING, text), textAt(rule, 'newName', MAPPING, text)];
    if (oldName === undefined && newName === undefined) {
      throw new PropertyError(MAPPING, text, 'both oldName and newName must be mapped');
    }
    if (oldName !== undefined && newName !== undefined) names.set(oldName, newName);
    else names.delete(oldName ?? '');
  }
  return names.size === 0 ? keepNames : (path, name) => names.get(`${path}.${name}`) ?? name;
}

interface RegExpRule {
  readonly matches: (path: string) => boolean;
  readonly replace: (name: string) => string;
}

/**
 * `field.renamer.regexp`: applies each rule in turn. A rule matches the path with the original name, and changes the
 * current name.
 * @throws PropertyError if the text is no array of such rules, or Java's regular expression has no equivalent
 */
export function renameByRegExp(properties: TopicProperties): Rename {
  const text = properties.text(REGEXP);
  const rules = rulesOf(REGEXP, text).map((rule) => regExpRule(rule, text));
  if (rules.length === 0) return keepNames;
  return (path, name) => {
    const full = `${path}.${name}`;
    return rules.reduce((current, rule) => (rule.matches(full) ? rule.replace(current) : current), name);
  };
}

function regExpRule(rule: MutableDocument, text: string): RegExpRule {
  const part = (name: string): string => {
    const content = textAt(rule, name, REGEXP, text);
    if (content !== undefined) return content;
    throw new PropertyError(REGEXP, text, `each rule needs regexp, pattern and replace; ${name} is missing`);
  };
  const regexp = part('regexp');
  const [pattern, replacement] = [part('pattern'), part('replace')];
  return {
    matches: translated('regexp', regexp, () => matcher(regexp)),
    replace: translated('pattern', pattern, () => replacer(pattern, replacement)),
  };
}

function translated<T>(part: string, pattern: string, translate: () => T): T {
  try {
    return translate();
  } catch (error) {
    if (error instanceof PatternError)
      throw new PropertyError(REGEXP, pattern, `the ${part} is refused: ${error.message}`);
    throw error;
  }
}

/** An array of documents. As in the connector, backslashes that are invalid in JSON are taken literally. */
function rulesOf(property: string, text: string): readonly MutableDocument[] {
  if (text === '') return [];
  const rules = arrayOf(text) ?? arrayOf(text.replaceAll('\\', '\\\\'));
  if (rules !== undefined) return rules;
  throw new PropertyError(property, text, 'it must be a JSON array of objects');
}

function arrayOf(text: string): readonly MutableDocument[] | undefined {
  try {
    const rules = readRelaxedJson(`{s: ${text}}`).get('s');
    return Array.isArray(rules) && rules.every(isDocument) ? rules : undefined;
  } catch (error) {
    if (error instanceof UnconvertibleError) return undefined;
    throw error;
  }
}

function textAt(rule: MutableDocument, name: string, property: string, text: string): string | undefined {
  const content = rule.get(name) ?? undefined;
  if (content === undefined || typeof content === 'string') return content;
  throw new PropertyError(property, text, `${name} must be a text`);
}
