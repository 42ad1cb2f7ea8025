import { parseJson } from '../filter/json.ts';
import { patternProblems } from '../filter/pattern-problems.ts';
import { ofEachTrigger } from './checked-file.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_Filter.html */
const PATTERN_CHARACTERS_MAX = 4_096;

/** Lambda would refuse such a pattern halfway through a deployment, or would drop the records that its author wants. */
export const filtersAreRules = ofEachTrigger(({ filter = [] }, path) =>
  filter.flatMap((pattern, index) => problemsOf(pattern, `${path('filter')}.${index}`)),
);

function problemsOf(pattern: { readonly value?: unknown }, path: string): readonly string[] {
  const rounded = roundedNumbers(pattern.value, `${path}.value`);
  if (rounded.length > 0) return rounded.map((place) => `${place} ${ROUNDED}`);
  const text = JSON.stringify(pattern);
  return [
    ...patternProblems(parseJson(JSON.stringify(pattern.value)) ?? null, `${path}.value`),
    ...(text.length > PATTERN_CHARACTERS_MAX
      ? [
          `${path} has ${text.length} characters as JSON, and Lambda accepts ${PATTERN_CHARACTERS_MAX}: write a shorter pattern`,
        ]
      : []),
  ];
}

const ROUNDED =
  'is a number that this project cannot keep as it is written (more than 15 digits, or no number of JSON): no record would match; choose another field';

/** The places of numbers that are rounded, or have no form in JSON. */
function roundedNumbers(value: unknown, path: string): readonly string[] {
  if (typeof value === 'number') return isKept(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => roundedNumbers(child, `${path}.${name}`));
}

const isKept = (value: number): boolean =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
