import { Binary } from 'mongodb';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { DOCUMENT_BYTES_MAX } from '../../limits.ts';

/** A lower bound for a field's size in memory. It limits a record to half a million defaults. */
export const VALUE_BYTES_MIN = 32;

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

  /** Returns the default and subtracts its size from the budget. */
  use(value: unknown): unknown {
    const size = this.sizes.get(value) ?? bytesOf(value);
    if (typeof value === 'object') this.sizes.set(value, size);
    this.spend(size);
    return value;
  }
}

function bytesOf(value: unknown): number {
  if (typeof value === 'string') return VALUE_BYTES_MIN + value.length;
  if (value instanceof Binary) return VALUE_BYTES_MIN + value.length();
  if (value instanceof Map)
    return [...value].reduce((sum, [name, each]) => sum + name.length + bytesOf(each), VALUE_BYTES_MIN);
  return Array.isArray(value)
    ? value.reduce((sum: number, each) => sum + bytesOf(each), VALUE_BYTES_MIN)
    : VALUE_BYTES_MIN;
}
