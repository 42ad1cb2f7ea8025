import type { BsonDocument } from '../bson/bson-document.ts';
import { PathIndex } from './path-index.ts';

/**
 * The documents and updates that a fold made itself. The fold changes them in place, so that each write costs what the write holds, and
 * not what was folded before it: a batch may have thousands of updates of one document.
 */
export class Drafts {
  readonly #own = new WeakSet<object>();
  readonly #indexes = new WeakMap<object, PathIndex>();

  has(fields: BsonDocument): boolean {
    return this.#own.has(fields);
  }

  /** The fields themselves if they are a draft, otherwise a copy that is one. */
  of(fields: BsonDocument): Map<string, unknown> {
    if (this.#own.has(fields)) return fields as Map<string, unknown>;
    const copy = new Map(fields);
    this.#own.add(copy);
    return copy;
  }

  /** The paths of an update: those that were kept with it, or those that it has. */
  indexOf(update: BsonDocument, paths: () => Iterable<string>): PathIndex {
    return this.#indexes.get(update) ?? new PathIndex(paths());
  }

  keepIndex(draft: BsonDocument, index: PathIndex): void {
    this.#indexes.set(draft, index);
  }
}
