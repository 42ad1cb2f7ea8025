import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import { JsonNumber } from '../../../json/java-number.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (node: unknown): node is JsonObject =>
  typeof node === 'object' && node !== null && !Array.isArray(node) && !(node instanceof JsonNumber);

/**
 * The JSON of a schema: objects, arrays, texts, and numbers as they are spelt. Schemas nest deeper than records do, so that
 * the reader of records does not read them.
 * @throws UnconvertibleError when it is not JSON
 */
export function parseSchemaJson(text: string): unknown {
  try {
    return JSON.parse(text, (_name, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' ? new JsonNumber(context?.source ?? String(value)) : value,
    );
  } catch {
    // The error quotes the text.
    throw new UnconvertibleError('the schema is not JSON');
  }
}

/** A number that a schema gives, as a size or a scale. */
export const numberIn = (node: unknown): number | undefined =>
  node instanceof JsonNumber ? Number(node.token) : undefined;

export const textIn = (node: unknown): string | undefined => (typeof node === 'string' ? node : undefined);

/** The object that a registry answers with; undefined for anything else. */
export function jsonObjectOf(text: string): JsonObject | undefined {
  try {
    const content: unknown = JSON.parse(text);
    return isObject(content) ? content : undefined;
  } catch {
    return undefined;
  }
}
