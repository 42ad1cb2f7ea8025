import { Binary } from 'mongodb';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { DOCUMENT_BYTES_MAX } from '../../limits.ts';

/** Less than any field takes in memory; so that a record has half a million defaults at most. */
export const VALUE_BYTES_MIN = 32;

/**
 * What the schema of a record adds to its payload: fields that the payload lacks, and defaults. A schema of one megabyte
 * with a payload of one megabyte can make billions of them. What is more than a document may hold can never be written.
 */
export class DefaultsBudget {
  private bytesLeft = DOCUMENT_BYTES_MAX;
  private readonly sizes = new Map<unknown, number>();

  /** @throws UnconvertibleError when the record has more of them than a document holds */
  spend(bytes: number): void {
    this.bytesLeft -= bytes;
    if (this.bytesLeft < 0) throw new UnconvertibleError('the schema adds more to the payload than a document holds');
  }

  /** The default, accounted for. */
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
