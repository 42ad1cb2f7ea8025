import { isJsonObject, type Json, type JsonObject, parseJson, WrittenNumber } from './json.ts';

/** The pattern of a value: rules for a plain text, or fields of a JSON document that hold rules. */
export type ValuePattern = readonly Json[] | JsonObject;

/** The highest quota. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
export const FILTERS_MAX = 10;

const COMPARISONS = new Set(['=', '>', '>=', '<', '<=']);

/**
 * The patterns of `FilterCriteria`. Only `value` can be filtered.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-filtering.html
 * @param problem takes what is wrong
 */
export function readFilters(criteria: unknown, problem: (what: string) => void): readonly ValuePattern[] {
  const filters: unknown = (criteria as { Filters?: unknown } | null | undefined)?.Filters ?? [];
  if (!Array.isArray(filters)) {
    problem('Filters must be a list of {"Pattern": TEXT}');
    return [];
  }
  if (filters.length > FILTERS_MAX) problem(`has ${filters.length} filters; ${FILTERS_MAX} are the most`);
  return filters.flatMap((filter: unknown) => {
    const text = (filter as { Pattern?: unknown } | null)?.Pattern;
    const pattern = typeof text === 'string' ? parseJson(text) : undefined;
    const value = isJsonObject(pattern) && Object.keys(pattern).join() === 'value' ? pattern['value'] : undefined;
    if (!Array.isArray(value) && !isJsonObject(value)) {
      problem(
        'each Pattern must be the text of a JSON object with the one name "value": Lambda filters Kafka records by their value',
      );
      return [];
    }
    const problems = problemsOf(value as ValuePattern, 'value');
    for (const each of problems) problem(each);
    return problems.length === 0 ? [value as ValuePattern] : [];
  });
}

function problemsOf(pattern: Json, path: string): readonly string[] {
  if (Array.isArray(pattern)) {
    if (pattern.length === 0) return [`${path} must have at least one rule`];
    return pattern.filter((rule) => !isRule(rule)).map(() => `${path} has a rule that Lambda does not know`);
  }
  if (!isJsonObject(pattern)) return [`${path} must be a list of rules, or an object`];
  if (Object.keys(pattern).length === 0) return [`${path} must name at least one field`];
  return Object.entries(pattern).flatMap(([name, child]) => {
    if (name !== '$or') return problemsOf(child, `${path}.${name}`);
    const alternatives = Array.isArray(child) ? child : [];
    if (alternatives.length < 2) return [`${path}.$or must be a list of at least two patterns`];
    return alternatives.flatMap((each: Json) =>
      isJsonObject(each) ? problemsOf(each, `${path}.$or`) : [`${path}.$or must be a list of objects`],
    );
  });
}

const isScalar = (value: Json): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || value instanceof WrittenNumber;

function isRule(rule: Json): boolean {
  if (!isJsonObject(rule)) return isScalar(rule);
  const [[operator, operand] = ['', null], ...more] = Object.entries(rule);
  if (more.length > 0) return false;
  switch (operator) {
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
      return typeof operand === 'string';
    case 'exists':
      return typeof operand === 'boolean';
    case 'anything-but':
      return Array.isArray(operand) ? operand.length > 0 && operand.every(isScalar) : isScalar(operand);
    case 'numeric':
      return isComparison(operand);
    default:
      return false;
  }
}

/** One comparison, or the two of a range. */
const isComparison = (operand: Json): boolean =>
  Array.isArray(operand) &&
  (operand.length === 2 || operand.length === 4) &&
  operand.every((each: Json, index) =>
    index % 2 === 0 ? typeof each === 'string' && COMPARISONS.has(each) : each instanceof WrittenNumber,
  );
