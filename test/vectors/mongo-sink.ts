import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WriteModel } from '../../functions/documentdb-sink/plan/write-model.ts';
import { MskSinksError } from '../../shared/errors.ts';
import { CaseError } from './case-error.ts';
import type { CaseResult } from './case-result.ts';
import { batching } from './mongo-sink/batching.ts';
import { COMPONENTS, type Component, type Result } from './mongo-sink/components.ts';
import { conversion } from './mongo-sink/conversion.ts';
import { deadLetters } from './mongo-sink/dead-letters.ts';
import { expectModels } from './mongo-sink/models.ts';
import { casesIn, type MongoCase, nameOf, readCase } from './mongo-sink/mongo-case.ts';
import { PoisonError, pipeline } from './mongo-sink/pipeline.ts';
import { anchorOf, REFUSALS } from './mongo-sink/refusals.ts';

/** Where refusals are told to users; one that is not there is a failure. */
const MIGRATING = join(import.meta.dirname, '../../docs/migrating.md');

const KINDS: ReadonlyMap<string, Component> = new Map([
  ...COMPONENTS,
  ['converter', conversion],
  ['e2e', pipeline],
  ['batching', batching],
  ['dlq', deadLetters],
]);

/**
 * Runs every case of a file in the format of `mongo-sink.json`, which is an array. What is malformed or unknown is a
 * failed case: nothing is left out in silence.
 */
export async function* runMongoVectors(
  text: string,
  { documented = readMigrating(), onModels }: RunOptions = {},
): AsyncGenerator<CaseResult> {
  for (const [index, content] of casesIn(text).entries()) {
    yield await runCase(nameOf(content, index), content, { documented, onModels });
  }
}

export interface RunOptions {
  /** The text of docs/migrating.md. */
  readonly documented?: string;
  /** Told of what our code would write, case by case. */
  readonly onModels?: ((models: readonly WriteModel[]) => void) | undefined;
}

function readMigrating(): string {
  try {
    return readFileSync(MIGRATING, 'utf8');
  } catch {
    // Without it, no refusal is told to users.
    return '';
  }
}

async function runCase(
  name: string,
  content: unknown,
  options: RunOptions & { readonly documented: string },
): Promise<CaseResult> {
  try {
    await check(readCase(content), options);
    return { name, kind: 'passed' };
  } catch (error) {
    if (!(error instanceof CaseError)) return { name, kind: 'failed', reason: `threw ${error}` };
    return error.kind === 'refused'
      ? refusalOf(name, error.message, options.documented)
      : { name, kind: 'failed', reason: error.message };
  }
}

/** @throws CaseError unless our code does what the case expects */
async function check(vector: MongoCase, { onModels }: RunOptions): Promise<void> {
  const component = vector.scope === 'pipeline' ? pipeline : KINDS.get(vector.kind);
  if (component === undefined || !KINDS.has(vector.kind)) {
    throw new CaseError('failed', `the kind ${vector.kind} is not known here (${[...KINDS.keys()].join(', ')})`);
  }
  let result: Result;
  try {
    result = await component(vector);
  } catch (error) {
    if (!(error instanceof MskSinksError || error instanceof PoisonError)) throw error;
    expectError(vector, error);
    return;
  }
  if (result.kind === 'models') {
    onModels?.(result.models);
    expectModels(vector, result.models);
  } else if (!checkedBy(vector).has(vector.expect))
    throw new CaseError('failed', `there was no error, expected ${vector.expect}`);
}

/** What a case may expect of a part that checks its own result. */
const checkedBy = ({ kind }: MongoCase): ReadonlySet<string> => (kind === 'dlq' ? OF_DEAD_LETTERS : OF_PARTS);
const OF_PARTS: ReadonlySet<string> = new Set(['transform', 'id', 'namespace', 'batches']);
const OF_DEAD_LETTERS: ReadonlySet<string> = new Set(['dlq', 'error']);

function expectError({ expect, errorContains }: MongoCase, { message }: Error): void {
  if (expect !== 'error') throw new CaseError('failed', `there was an error, expected ${expect}: ${message}`);
  if (errorContains !== undefined && !message.toLowerCase().includes(errorContains.toLowerCase())) {
    throw new CaseError(
      'failed',
      `the error is ${JSON.stringify(message)}, expected one with ${JSON.stringify(errorContains)}`,
    );
  }
}

function refusalOf(name: string, id: string, documented: string): CaseResult {
  const refusal = REFUSALS.find((each) => each.id === id);
  if (refusal === undefined || !documented.includes(anchorOf(id))) {
    return { name, kind: 'failed', reason: `refused, but docs/migrating.md does not list ${id}` };
  }
  return {
    name,
    kind: 'refused',
    reason: `${id}: the connector ${refusal.connector}; here ${refusal.here}`,
    isDocumented: true,
  };
}
