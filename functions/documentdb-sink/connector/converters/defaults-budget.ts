import { Binary } from 'mongodb';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { DOCUMENT_BYTES_MAX } from '../../limits.ts';

/** A lower bound for a field's size in memory. It limits a record to half a million defaults. */
export const VALUE_BYTES_MIN = 32;

/** A byte for its type, and one behind its name. https://bsonspec.org/spec.html */
const FIELD_BYTES_MIN = 2;

/**
 * Limits what a schema adds to a payload: missing fields and defaults. A schema of one megabyte with a payload of one
 * megabyte can add billions of values. A document that exceeds the maximum document size could never be written anyway.
 */
export class DefaultsBudget {
  private bytesLeft = DOCUMENT_BYTES_MAX;
  private readonly sizes = new Map<unknown, number>();

  /** @throws UnconvertibleError if the additions exceed the maximum document size */
  spend(bytes: number): void {
    this.bytesLeft -= bytes;
    if (this.bytesLeft < 0) throw new UnconvertibleError('the schema adds more to the payload than a document holds');
  }

  /** @param valueBytes of the value of a field in a document; its type and its name come on top */
  spendField(name: string, valueBytes: number): void {
    this.spend(FIELD_BYTES_MIN + name.length + valueBytes);
  }

  /** Returns the default and subtracts its size from the budget. */
  use<T>(value: T): T {
    const size = this.sizes.get(value) ?? bytesOf(value);
    if (typeof value === 'object') this.sizes.set(value, size);
    this.spend(size);
    return value;
  }
}

function bytesOf(value: unknown): number {
  if (typeof value === 'string') return VALUE_BYTES_MIN + value.length;
  if (value instanceof Binary) return VALUE_BYTES_MIN + value.length();
  if (value instanceof Uint8Array) return VALUE_BYTES_MIN + value.length;
  if (value instanceof Map)
    return [...value].reduce((sum, [name, each]) => sum + name.length + bytesOf(each), VALUE_BYTES_MIN);
  return Array.isArray(value)
    ? value.reduce((sum: number, each) => sum + bytesOf(each), VALUE_BYTES_MIN)
    : VALUE_BYTES_MIN;
}
