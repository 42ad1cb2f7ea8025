import { isJsonObject, type Json, type JsonObject, parseJson } from '../../../infra/stage-file/filter/json.ts';
import { patternProblems } from '../../../infra/stage-file/filter/pattern-problems.ts';

/** The pattern of a value: rules for a plain text, or fields of a JSON document that hold rules. */
export type ValuePattern = readonly Json[] | JsonObject;

/** The highest quota. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
export const FILTERS_MAX = 10;

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
    const problems = patternProblems(value as ValuePattern, 'value');
    for (const each of problems) problem(each);
    return problems.length === 0 ? [value as ValuePattern] : [];
  });
}
