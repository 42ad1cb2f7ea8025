import { assert } from '../../shared/errors.ts';
import type { Write } from './write-models/write.ts';

/** One write that has the same result as `count` writes one after another, whether or not the document exists. */
export interface Fold {
  readonly write: Write;
  readonly count: number;
}

/**
 * Folds the first of these writes with as many of the following as possible. All are for one document and come from one
 * partition, in the order of their offsets.
 *
 * A replacement and a deletion make everything before them invisible, so the last one stands for all.
 */
export function fold(writes: readonly Write[]): Fold {
  const write = writes.at(-1);
  assert(write !== undefined, 'there is a write to fold');
  return { write, count: writes.length };
}
