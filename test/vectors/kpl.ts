import * as v from 'valibot';
import { CaseError } from './case-error.ts';
import type { CaseResult } from './case-result.ts';
import { checkAggregate, checkHashKey, checkNegative } from './kpl-checks.ts';
import { aggregateCase, hashKeyCase, negativeCase } from './kpl-format.ts';

/** Sections that hold no cases. */
const DESCRIPTIONS: ReadonlySet<string> = new Set(['format', 'checked']);

const SECTIONS: ReadonlyMap<string, (content: unknown) => void> = new Map([
  ['vectors', (content: unknown) => checkAggregate(parse(aggregateCase, content))],
  ['negative', (content: unknown) => checkNegative(parse(negativeCase, content))],
  ['hashKeys', (content: unknown) => checkHashKey(parse(hashKeyCase, content))],
]);

/**
 * Runs every case of a file in the format of `kpl-aggregation.json` against the encoder, the size formula, the hash keys
 * and the decoder. What is malformed or unknown is a failed case: nothing is left out in silence.
 */
export function* runKplVectors(file: object): Generator<CaseResult> {
  for (const [section, content] of Object.entries(file)) {
    if (DESCRIPTIONS.has(section)) continue;
    const check = SECTIONS.get(section);
    if (check === undefined)
      yield failed(section, `is no section that is known here (${[...SECTIONS.keys()].join(', ')})`);
    else if (!Array.isArray(content)) yield failed(section, 'is not a list of cases');
    else
      for (const [index, each] of content.entries())
        yield runCase(nameOf(each, `${section}[${index}]`), () => check(each));
  }
}

const failed = (name: string, reason: string): CaseResult => ({ name, kind: 'failed', reason });

const nameOf = (content: unknown, otherwise: string): string =>
  typeof content === 'object' && content !== null && 'id' in content && typeof content.id === 'string' && content.id
    ? content.id
    : otherwise;

function runCase(name: string, check: () => void): CaseResult {
  try {
    check();
    return { name, kind: 'passed' };
  } catch (error) {
    if (error instanceof CaseError) return { name, kind: error.kind, reason: error.message };
    // Our own code broke: that is what the case is there to find out.
    return failed(name, `threw ${error}`);
  }
}

function parse<Case>(schema: v.GenericSchema<unknown, Case>, content: unknown): Case {
  const { success, output, issues } = v.safeParse(schema, content);
  if (success) return output;
  const problems = issues.map((issue) => `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
  throw new CaseError('failed', `the case is malformed: ${problems.join('; ')}`);
}
