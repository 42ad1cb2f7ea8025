import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeForeign } from '../../shared/errors.ts';
import type { CaseResult } from './case-result.ts';
import { runKplVectors } from './kpl.ts';
import { runMongoVectors } from './mongo-sink.ts';

export const USAGE = `npm run vectors -- FILE..
Runs conformance cases (JSON), one line for each file.
  --help   print this text
Exit codes: 0 all cases pass, 1 a case fails, 2 no FILE is named.`;

/**
 * Runs files of conformance cases, of whichever kind: prints every case that did not pass, and the count last.
 * Returns the exit code.
 */
export async function runVectorFiles(files: readonly string[], print: (line: string) => void): Promise<number> {
  const counts = { passed: 0, failed: 0, refused: 0 };
  for (const file of files) {
    if (files.length > 1) print(`${file}:`);
    for await (const result of runFile(file)) {
      counts[result.kind] += 1;
      if (result.kind === 'refused' && result.isDocumented) counts.passed += 1;
      if (result.kind !== 'passed') print(`${result.kind} ${result.name}: ${result.reason}`);
    }
  }
  if (counts.refused > 0) print(`${counts.refused} refused`);
  print(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed > 0 ? 1 : 0;
}

async function* runFile(path: string): AsyncGenerator<CaseResult> {
  const content = readJson(path);
  const cases = 'problem' in content ? undefined : casesOf(content);
  if (cases === undefined) {
    const reason =
      'problem' in content ? content.problem : 'is no file of vectors: an object with "format" is one, and an array';
    yield { name: path, kind: 'failed', reason };
    return;
  }
  let caseCount = 0;
  for await (const result of cases) {
    caseCount += 1;
    yield result;
  }
  if (caseCount === 0) yield { name: path, kind: 'failed', reason: 'has no case in it' };
}

/** The shape of a file says which sink it is for; undefined when it is for none. */
function casesOf({ text, value }: JsonContent): Iterable<CaseResult> | AsyncIterable<CaseResult> | undefined {
  // Of numbers, its text says more than its value: 1 and 1.0 are of two types.
  if (Array.isArray(value)) return runMongoVectors(text);
  return typeof value === 'object' && value !== null && 'format' in value ? runKplVectors(value) : undefined;
}

interface JsonContent {
  readonly text: string;
  readonly value: unknown;
}

type Content = JsonContent | { readonly problem: string };

function readJson(path: string): Content {
  let text: string;
  try {
    text = readFileSync(resolve(path), 'utf8');
  } catch (error) {
    return { problem: `cannot be read: ${describeForeign(error)}` };
  }
  try {
    return { text, value: JSON.parse(text) };
  } catch {
    return { problem: 'is not JSON' };
  }
}
