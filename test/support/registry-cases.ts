import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BSON } from 'mongodb';
import { UnconvertibleError } from '../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { documentFrom } from '../../functions/documentdb-sink/connector/converters/create-converter.ts';
import {
  connectDataOf,
  type SchemaAndValue,
} from '../../functions/documentdb-sink/connector/transforms/data/to-document.ts';
import { UnwritableError } from '../../functions/documentdb-sink/plan/unwritable-error.ts';

/** A value that Confluent's converter and the connector have judged: test/fixtures/registry-conversions/README.md. */
export interface RegistryCase {
  readonly name: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly schema: string;
  readonly references?: Readonly<Record<string, string>>;
  readonly valueBase64: string;
  /** The document in base64, null, or `!`. */
  readonly bson: string | null;
}

export const registryCases = (file: string): readonly RegistryCase[] =>
  readFileSync(join(import.meta.dirname, '../fixtures/registry-conversions', file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RegistryCase);

/** What we make of a value, as the case has it. */
export function verdictOf(convert: () => SchemaAndValue): string | null {
  try {
    const document = documentFrom('value', () => connectDataOf(convert()));
    return document === undefined ? null : Buffer.from(BSON.serialize(document as never)).toString('base64');
  } catch (error) {
    if (error instanceof UnconvertibleError || error instanceof UnwritableError) return '!';
    throw error;
  }
}

/** For the message of a test that fails. */
export const readable = (bson: string | null): unknown =>
  bson === null || bson === '!'
    ? bson
    : BSON.EJSON.serialize(BSON.deserialize(Buffer.from(bson, 'base64'), { promoteValues: false }), { relaxed: false });
