import { UnconvertibleError } from '../../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { createConfluentSource } from '../../../functions/documentdb-sink/connector/registry/confluent/confluent-source.ts';
import type { SchemaSource } from '../../../functions/documentdb-sink/connector/registry/schema-source.ts';
import { confluentFormat } from '../../../functions/documentdb-sink/connector/registry/wire-format.ts';
import { describeForeign, MskSinksError } from '../../../shared/errors.ts';
import type { SchemaRefusal } from '../machine/commands.ts';
import { type DataFormat, type SchemaReader, schemaReader } from './schema-reader.ts';

/** No record is to blame: the registry is asked again. */
export class RegistryUnavailableError extends MskSinksError {
  override readonly name = 'RegistryUnavailableError';
}

/** What a registry says of a key or a value. */
export type Validated =
  | { readonly kind: 'valid'; readonly schema: SchemaMetadata; readonly content: Buffer; readonly json: string }
  | { readonly kind: 'refused'; readonly reason: SchemaRefusal };

/** `keySchemaMetadata` and `valueSchemaMetadata` of an event. */
export interface SchemaMetadata {
  readonly dataFormat: DataFormat;
  readonly schemaId: string;
}

/** A schema registry with the schemas that it gave. */
export interface Registry {
  /** @throws RegistryUnavailableError */
  validate(payload: Buffer): Promise<Validated>;
}

/** Schemas are immutable, so that each is asked for once. */
export function createRegistry(source: SchemaSource, signal: AbortSignal): Registry {
  const readers = new Map<string, SchemaReader>();

  async function readerOf(id: string): Promise<SchemaReader | undefined> {
    const known = readers.get(id);
    if (known !== undefined) return known;
    const answer = await source.fetch(id, signal);
    if (answer.kind === 'unknown') return undefined;
    if (answer.kind === 'unavailable') throw new RegistryUnavailableError(answer.failure.detail);
    try {
      const reader = schemaReader(answer.schema);
      readers.set(id, reader);
      return reader;
    } catch (error) {
      const what = error instanceof UnconvertibleError ? error.message : describeForeign(error);
      throw new RegistryUnavailableError(`the schema ${id} cannot be read here: ${what}`);
    }
  }

  return {
    async validate(payload) {
      const framed = confluentFormat(payload);
      if (framed === undefined) return { kind: 'refused', reason: 'DESERIALIZATION_ERROR' };
      const reader = await readerOf(framed.id);
      if (reader === undefined) return { kind: 'refused', reason: 'SCHEMA_NOT_FOUND' };
      const content = framed.content();
      try {
        const schema = { dataFormat: reader.dataFormat, schemaId: framed.id };
        return { kind: 'valid', schema, content, json: reader.toJson(content) };
      } catch (error) {
        if (error instanceof UnconvertibleError) return { kind: 'refused', reason: 'DESERIALIZATION_ERROR' };
        throw error;
      }
    },
  };
}

/** A registry with Confluent's API. @param url with `user:password@` where it asks for a login */
export function confluentRegistry(url: string, signal: AbortSignal): Registry {
  const source = createConfluentSource({
    texts: new Map([['schema.registry.url', url]]),
    resolveText: (text) => Promise.resolve(text),
    readCaBundle: undefined,
  });
  return createRegistry(source, signal);
}
