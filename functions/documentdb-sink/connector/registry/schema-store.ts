import { createSemaphore } from '../../../../shared/concurrency/semaphore.ts';
import { assertNever, describeForeign } from '../../../../shared/errors.ts';
import { forgetOldest } from '../../../../shared/forget-oldest.ts';
import type { RecordFailure } from '../../../../shared/outcome.ts';
import type { Clock } from '../../../../shared/time/clock.ts';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { REGISTRY_SILENCE_MS, SCHEMAS_IN_FLIGHT_MAX, SCHEMAS_MAX, UNKNOWN_SCHEMA_PAUSE_MS } from '../../limits.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import type { SchemaAndValue } from '../transforms/data/to-document.ts';
import { UnsupportedSchemaError } from './errors.ts';
import { misconfigured, outage, type RegisteredSchema, type SchemaAnswer, type SchemaSource } from './schema-source.ts';

/** Reads the bytes that a schema wrote. @throws UnconvertibleError when they do not fit it */
export type ReadValue = (content: Buffer) => SchemaAndValue;

export type KnownSchema =
  | { readonly kind: 'readable'; readonly read: ReadValue }
  /** It will be the same whenever the registry is asked. */
  | { readonly kind: 'unreadable'; readonly detail: string }
  /** The registry said twice, at two moments, that it has none with this id. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unavailable'; readonly failure: RecordFailure };

export interface SchemaStoreParts {
  readonly source: SchemaSource;
  /** @throws UnconvertibleError when the schema is wrong, or of another type */
  readonly compile: (schema: RegisteredSchema) => ReadValue;
}

/** The schemas of one converter. Those that can be read are kept between batches; what a registry does not know is not. */
export class SchemaStore {
  readonly #parts: SchemaStoreParts;
  /** The one that was needed longest ago comes first. */
  readonly #known = new Map<string, KnownSchema>();
  /** Schemas that the registry once refused, or did not answer for. */
  readonly #unanswered = new Map<string, true>();

  constructor(parts: SchemaStoreParts) {
    this.#parts = parts;
  }

  /** What {@link prepare} found out. */
  get(id: string): KnownSchema {
    return this.#known.get(id) ?? NOT_ASKED;
  }

  /** Gets the schemas that are missing; of more than it keeps, the first. Never rejects. */
  async prepare(ids: Iterable<string>, clock: Clock, signal: AbortSignal): Promise<void> {
    const needed = [...new Set(ids)].slice(0, SCHEMAS_MAX);
    for (const [id, { kind }] of this.#known) if (!isKept(kind)) this.#known.delete(id);
    const missing: string[] = [];
    for (const id of needed) {
      const known = this.#known.get(id);
      if (known === undefined) missing.push(id);
      else this.#put(id, known);
    }
    await this.#ask(this.#unansweredLast(missing), clock, signal);
    const unknown = missing.filter((id) => this.get(id).kind === 'unknown');
    if (unknown.length > 0) {
      await clock.waitUntil(clock.nowMs() + UNKNOWN_SCHEMA_PAUSE_MS, signal);
      await this.#ask(unknown, clock, signal);
    }
    forgetOldest(this.#known, SCHEMAS_MAX);
    forgetOldest(this.#unanswered, SCHEMAS_MAX);
  }

  /** A registry may be silent about one schema alone: this schema must not end every attempt for the others (G4). */
  #unansweredLast(ids: readonly string[]): readonly string[] {
    return ids.toSorted((a, b) => Number(this.#unanswered.has(a)) - Number(this.#unanswered.has(b)));
  }

  /**
   * Several at once. A refusal says nothing of the other schemas: all are asked for (G4), until the registry has given
   * none for {@link REGISTRY_SILENCE_MS}.
   */
  async #ask(ids: readonly string[], clock: Clock, signal: AbortSignal): Promise<void> {
    const semaphore = createSemaphore(SCHEMAS_IN_FLIGHT_MAX);
    let answeredAtMs = clock.nowMs();
    let silence: KnownSchema | undefined;
    const ask = async (id: string): Promise<void> => {
      await semaphore.acquire();
      try {
        if (silence !== undefined) return this.#put(id, silence);
        const answer = await this.#parts.source.fetch(id, signal);
        if (answer.kind !== 'unavailable') answeredAtMs = clock.nowMs();
        else {
          this.#unanswered.set(id, true);
          if (signal.aborted || clock.nowMs() - answeredAtMs >= REGISTRY_SILENCE_MS) silence = answer;
        }
        this.#put(id, this.#understood(answer));
      } finally {
        semaphore.release();
      }
    };
    await Promise.all(ids.map(ask));
  }

  #understood(answer: SchemaAnswer): KnownSchema {
    switch (answer.kind) {
      case 'unknown':
      case 'unavailable':
        return answer;
      case 'found':
        try {
          return { kind: 'readable', read: this.#parts.compile(answer.schema) };
        } catch (error) {
          if (error instanceof UnsupportedSchemaError) return misconfigured(error.message) as KnownSchema;
          // A schema that is nested too deep for our own stack.
          if (error instanceof RangeError) return { kind: 'unreadable', detail: 'its schema is nested too deep' };
          if (error instanceof UnconvertibleError || error instanceof UnwritableError) {
            return { kind: 'unreadable', detail: error.message };
          }
          const fault = `reading its schema failed (${describeForeign(error)}): this is a fault of the sink, please report it`;
          return { kind: 'unreadable', detail: fault };
        }
      default:
        return assertNever(answer);
    }
  }

  #put(id: string, known: KnownSchema): void {
    this.#known.delete(id);
    this.#known.set(id, known);
  }
}

const isKept = (kind: KnownSchema['kind']): boolean => kind === 'readable' || kind === 'unreadable';

const NOT_ASKED = outage(
  'the schema has not been asked for yet: the batch needs more schemas than are kept',
) as KnownSchema;
