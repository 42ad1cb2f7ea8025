import {
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
  WrittenNumber,
} from '../../../infra/stage-file/filter/json.ts';
import type { ValuePattern } from './pattern.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Whether Lambda sends a record with this value: one pattern must match. Where the value's format is not that of the pattern (JSON or
 * plain text), or the value is no UTF-8, Lambda does not apply the pattern, so the record is sent.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-filtering.html
 * @param value null: a tombstone, which has no field
 */
export function isSent(filters: readonly ValuePattern[], value: Uint8Array | null): boolean {
  if (filters.length === 0) return true;
  if (value === null) return filters.some((pattern) => matches(pattern, undefined));
  const text = textOf(value);
  if (text === undefined) return true;
  const json = parseJson(text);
  const isDocument = isJsonObject(json) || Array.isArray(json);
  return filters.some((pattern) => {
    if (Array.isArray(pattern) === isDocument) return true;
    return matches(pattern, isDocument ? json : text);
  });
}

function textOf(value: Uint8Array): string | undefined {
  try {
    return utf8.decode(value);
  } catch {
    return undefined;
  }
}

/** The rules of EventBridge: fields are ANDed, the rules of a field are ORed, and one element of a list is enough. */
function matches(pattern: Json, value: Json | undefined): boolean {
  if (Array.isArray(pattern)) return pattern.some((rule: Json) => isRuleMet(rule, value));
  if (Array.isArray(value)) return value.some((element: Json) => matches(pattern, element));
  return Object.entries(pattern as JsonObject).every(([name, child]) => {
    if (name === '$or') return (child as readonly Json[]).some((alternative) => matches(alternative, value));
    return matches(child, isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined);
  });
}

function isRuleMet(rule: Json, value: Json | undefined): boolean {
  if (isJsonObject(rule) && 'exists' in rule) return rule['exists'] === (value !== undefined && !isJsonObject(value));
  if (value === undefined) return false;
  const elements = Array.isArray(value) ? value : [value];
  return elements.some((element: Json) => !isJsonObject(element) && isMetBy(rule, element));
}

function isMetBy(rule: Json, value: Json): boolean {
  if (!isJsonObject(rule)) return isEqual(rule, value);
  const [[operator, operand] = ['', null]] = Object.entries(rule);
  switch (operator) {
    case 'prefix':
      return typeof value === 'string' && value.startsWith(String(operand));
    case 'suffix':
      return typeof value === 'string' && value.endsWith(String(operand));
    case 'equals-ignore-case':
      return typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase();
    case 'anything-but':
      return ![operand].flat().some((each) => isEqual(each as Json, value));
    case 'numeric':
      return value instanceof WrittenNumber && isInRange(operand as readonly Json[], Number(value.text));
    default:
      return false;
  }
}

const isEqual = (one: Json, other: Json): boolean =>
  one instanceof WrittenNumber && other instanceof WrittenNumber ? one.text === other.text : one === other;

function isInRange([comparison, limit, ...more]: readonly Json[], number: number): boolean {
  if (!(limit instanceof WrittenNumber)) return true;
  const bound = Number(limit.text);
  const isMet =
    (comparison === '=' && number === bound) ||
    (comparison === '>' && number > bound) ||
    (comparison === '>=' && number >= bound) ||
    (comparison === '<' && number < bound) ||
    (comparison === '<=' && number <= bound);
  return isMet && isInRange(more, number);
}
