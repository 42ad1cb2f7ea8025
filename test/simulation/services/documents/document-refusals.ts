import type { Statement } from '../../../../functions/documentdb-sink/target/document-store.ts';
import {
  CONFLICTING_UPDATE_OPERATORS,
  FAILED_TO_PARSE,
  VALIDATION_FAILED,
} from '../../../support/document-server/write-error.ts';
import type { Refusal, ScenarioRecord } from '../../scenario/scenario.ts';
import { EPOCH_MS } from '../../scenario/timeline.ts';
import { bodyOf, fieldIn } from './document-version.ts';

/** These name no reason that a client could know. */
export const UNLISTED = 16_755;
const UNLISTED_TOO = 31_082;

/** Of a statement; a command that the server refuses as a whole has another code. */
const STATEMENT_CODES: Readonly<Record<Exclude<Refusal, 'command'>, number>> = {
  unlisted: UNLISTED,
  other: UNLISTED_TOO,
  throttled: CONFLICTING_UPDATE_OPERATORS,
};

/** For which records the server refuses a write, at its time. */
export class DocumentRefusals {
  readonly #nowMs: () => number;
  readonly #recordOf: (body: ReturnType<typeof bodyOf>) => ScenarioRecord | undefined;

  /** @param recordOf the record that wrote a document or a part of it */
  constructor(nowMs: () => number, recordOf: (body: ReturnType<typeof bodyOf>) => ScenarioRecord | undefined) {
    this.#nowMs = nowMs;
    this.#recordOf = recordOf;
  }

  /** The code of the command, if one of its statements has the server refuse all of them. */
  codeOfCommand = (statements: readonly Statement[]): number | undefined =>
    statements.some((statement) => this.#of(statement) === 'command') ? FAILED_TO_PARSE : undefined;

  codeOfStatement(statement: Statement): number | undefined {
    const refusal = this.#of(statement);
    if (refusal === undefined || refusal === 'command') return undefined;
    return refusal === 'named' ? VALIDATION_FAILED : STATEMENT_CODES[refusal];
  }

  /** `named`: with a code that blames the document. */
  #of(statement: Statement): Refusal | 'named' | undefined {
    const body = bodyOf(statement);
    const refused = fieldIn(body, 'refused');
    // A schema has the field in every record.
    if (refused === undefined || refused === null) return undefined;
    const phases = this.#recordOf(body)?.refusals;
    if (phases === undefined) return refused === 'unlisted' || refused === 'command' ? refused : 'named';
    const phase = phases.find(({ untilMs }) => this.#nowMs() < EPOCH_MS + untilMs);
    return phase?.how === 'none' ? undefined : phase?.how;
  }
}
