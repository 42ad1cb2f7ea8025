import type { RecordFailure } from '../../../../shared/outcome.ts';

/** A schema as a registry keeps it. */
export interface RegisteredSchema {
  /** `AVRO`, `JSON`, `PROTOBUF`, or what else a registry may call it. */
  readonly type: string;
  readonly text: string;
  /** The texts of the schemas that it refers to, by the names it uses; each before those that refer to it. */
  readonly references: ReadonlyMap<string, string>;
}

export type SchemaAnswer =
  | { readonly kind: 'found'; readonly schema: RegisteredSchema }
  /** The registry answers, and has no schema with this id. */
  | { readonly kind: 'unknown' }
  /** The registry does not answer, or not to us: no record is to blame. */
  | { readonly kind: 'unavailable'; readonly failure: RecordFailure };

/** Where schemas are kept. */
export interface SchemaSource {
  /** Asks once, every address in turn. Never rejects. */
  fetch(id: string, signal: AbortSignal): Promise<SchemaAnswer>;
}

const unavailable = (code: RecordFailure['code'], detail: string): SchemaAnswer => ({
  kind: 'unavailable',
  failure: { code, retryable: true, mayBeWritten: false, detail },
});

/** An outage: it ends by itself. */
export const outage = (detail: string): SchemaAnswer => unavailable('schema_unavailable', detail);

/** It ends when somebody mends the configuration, or the registry. */
export const misconfigured = (detail: string): SchemaAnswer => unavailable('misconfigured', detail);
