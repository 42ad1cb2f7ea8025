import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BSON } from 'mongodb';
import { UnconvertibleError } from '../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { documentFrom } from '../../functions/documentdb-sink/connector/converters/create-converter.ts';
import { readConnector } from '../../functions/documentdb-sink/connector/file/read-connector.ts';
import { converterClassOf } from '../../functions/documentdb-sink/connector/registry/converter-classes.ts';
import {
  connectDataOf,
  type SchemaAndValue,
} from '../../functions/documentdb-sink/connector/transforms/data/to-document.ts';
import { UnwritableError } from '../../functions/documentdb-sink/plan/unwritable-error.ts';
import { aConnectorText } from './a-connector.ts';

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

/** The converter of a connector's file, as the function makes it of the class and of the settings that a case names. */
export function readerOf(converterClass: string, type: string): (of: RegistryCase) => SchemaAndValue {
  const compilerOf = (options: RegistryCase['options'] = {}) => {
    const settings = { 'schema.registry.url': 'http://one', region: 'eu-west-1', ...options };
    const own = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`value.converter.${name}`, value]));
    const text = aConnectorText({ 'value.converter': converterClass, ...own });
    const { properties } = readConnector(text, { where: 'test' });
    const found = converterClassOf(properties, 'value');
    if (found === undefined) throw new Error(`${converterClass} asks no registry`);
    return found.createCompiler(properties.under('value.converter.'));
  };
  const byDefault = compilerOf();
  return ({ schema: text, references = {}, options, valueBase64 }) => {
    const compile = options === undefined ? byDefault : compilerOf(options);
    return compile({ type, text, references: new Map(Object.entries(references)) })(Buffer.from(valueBase64, 'base64'));
  };
}

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
