import type { Statement } from '../../../../functions/documentdb-sink/target/document-store.ts';
import type { FaultInjector } from '../../scenario/fault-injector.ts';
import type { Random } from '../../scenario/random.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Environment } from '../environment.ts';
import { partitionsOf } from './document-version.ts';

/** docs/guarantees.md: a write that was refused five times is to blame, unless the code passed by itself before. */
const REFUSALS_MAX = 4;
const REFUSALS_OF_A_PASSED_CODE_MAX = 9;

/** Codes that may as well blame a document, by both tables; the last ones are in none. */
const LISTED: readonly number[] = [2, 9, 57];
const UNLISTED: readonly number[] = [1, 20, 27, 72, 16_755, 31_082, 4_000_000];

export interface DoubtsParts {
  readonly faultInjector: FaultInjector;
  readonly random: Random;
  readonly scenario: Scenario;
  /** Of the document that a statement writes. */
  readonly keyOf: (statement: Statement) => unknown;
}

/**
 * Refusals that blame nobody: each document is refused a few times, with one code, and then taken. With a code that nobody
 * knows a command may have been done all the same.
 */
export class DocumentDoubts {
  readonly #faultInjector: FaultInjector;
  readonly #random: Random;
  readonly #nameOf: (statement: Statement) => string;
  readonly #refusals = new Map<string, number>();
  /** What each invocation saw refused in a collection, and the invocations that saw some of it taken then. */
  readonly #refusedIn = new Map<string, Set<string>>();
  readonly #passedIn = new Set<string>();
  readonly #code: number;
  /** Documents of one record with one write: of a fold that is taken in parts nobody knows which part was refused. */
  readonly #simple: ReadonlySet<string>;

  constructor({ faultInjector, random, keyOf, scenario }: DoubtsParts) {
    this.#faultInjector = faultInjector;
    this.#random = random.fork('doubts');
    this.#code = this.#random.pick([...LISTED, ...UNLISTED]);
    const own = Map.groupBy(scenario.records, ({ key }) => key ?? '');
    this.#simple = new Set(
      [...own].flatMap(([key, [first, ...more]]) => (more.length === 0 && first?.op !== 'steps' ? [key] : [])),
    );
    this.#nameOf = (statement) => String(keyOf(statement));
  }

  /** The code with which this statement is refused; undefined: it is not. */
  ofStatement(statement: Statement, environment: Environment, collection: string): number | undefined {
    const invocation = `${environment.invocation} ${collection}`;
    const countMax = this.#passedIn.has(invocation) ? REFUSALS_OF_A_PASSED_CODE_MAX : REFUSALS_MAX;
    if (!this.#strikes('documentdb.statementDoubted', [statement], environment, countMax)) return undefined;
    const refused = this.#refusedIn.get(invocation) ?? new Set<string>();
    this.#refusedIn.set(invocation, refused.add(this.#nameOf(statement)));
    return this.#code;
  }

  /** The process learns that these are stored: then its code passes, where no other was used. */
  heard(environment: Environment, statements: readonly Statement[], collection: string): void {
    const invocation = `${environment.invocation} ${collection}`;
    const refused = this.#refusedIn.get(invocation);
    const names = statements.map(this.#nameOf);
    if (refused !== undefined && names.some((name) => refused.has(name) && this.#simple.has(name))) {
      this.#passedIn.add(invocation);
    }
  }

  /** The code with which the command is refused as it stands. */
  ofCommand(statements: readonly Statement[], environment: Environment): number | undefined {
    const [first] = statements;
    const isStruck = this.#strikes('documentdb.commandDoubted', statements, environment);
    return isStruck && first !== undefined ? this.#codeOf(first, [...LISTED, ...UNLISTED]) : undefined;
  }

  /** The code with which it is answered after all is done. */
  afterCommand(statements: readonly Statement[], environment: Environment): number | undefined {
    const [first] = statements;
    const isStruck = this.#random.chance(0.3) && this.#strikes('documentdb.commandDoubted', statements, environment);
    return isStruck && first !== undefined ? this.#codeOf(first, UNLISTED) : undefined;
  }

  #strikes(
    kind: 'documentdb.statementDoubted' | 'documentdb.commandDoubted',
    statements: readonly Statement[],
    environment: Environment,
    countMax = REFUSALS_MAX,
  ): boolean {
    if (!this.#faultInjector.isPlanned(kind)) return false;
    const names = statements.map(this.#nameOf);
    if (names.some((name) => (this.#refusals.get(name) ?? 0) >= countMax)) return false;
    const partitions = partitionsOf(statements);
    if (!this.#faultInjector.strikes(kind, environment, partitions.length === 0 ? 'all' : partitions)) return false;
    for (const name of names) this.#refusals.set(name, (this.#refusals.get(name) ?? 0) + 1);
    return true;
  }

  /** Always the same of one document. */
  #codeOf(statement: Statement, codes: readonly number[]): number {
    return this.#random.fork(this.#nameOf(statement)).pick(codes);
  }
}
