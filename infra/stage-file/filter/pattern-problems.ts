import { isJsonObject, type Json, WrittenNumber } from './json.ts';

const COMPARISONS = new Set(['=', '>', '>=', '<', '<=']);

/**
 * What Lambda would refuse in the pattern of a value.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 * @param path the place of the pattern, with which each problem begins
 */
export function patternProblems(pattern: Json, path: string): readonly string[] {
  if (Array.isArray(pattern)) {
    if (pattern.length === 0) return [`${path} must have at least one rule`];
    return pattern.filter((rule) => !isRule(rule)).map(() => `${path} has a rule that Lambda does not know`);
  }
  if (!isJsonObject(pattern)) return [`${path} must be a list of rules, or an object`];
  if (Object.keys(pattern).length === 0) return [`${path} must name at least one field`];
  return Object.entries(pattern).flatMap(([name, child]) => {
    if (name !== '$or') return patternProblems(child, `${path}.${name}`);
    const alternatives = Array.isArray(child) ? child : [];
    if (alternatives.length < 2) return [`${path}.$or must be a list of at least two patterns`];
    return alternatives.flatMap((each: Json) =>
      isJsonObject(each) ? patternProblems(each, `${path}.$or`) : [`${path}.$or must be a list of objects`],
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
