import { isDocument } from '../../bson/documents.ts';
import type { MutableDocument } from '../../bson/sink-document.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import type { PostProcessor } from './post-processor.ts';

/** Returns the new name of a field. `path` is `key` or `value` with the (renamed) parent fields, separated by dots. */
export type Rename = (path: string, name: string) => string;

/** The rename without rules, which does not require key or value to be a document. */
export const keepNames: Rename = (_path, name) => name;

/** Renames fields of key and value at any depth, but not within arrays. */
export const renamer =
  (rename: Rename): PostProcessor =>
  (document) => {
    if (rename === keepNames) return;
    for (const [path, fields] of [['key', document.key()] as const, ['value', document.value()] as const]) {
      if (fields !== undefined) renameFields(path, fields, rename);
    }
  };

/**
 * A renamed field moves to the end. If the new name exists already, the renamed field is dropped and nothing is
 * overwritten.
 */
function renameFields(path: string, fields: MutableDocument, rename: Rename): void {
  const renamed: MutableDocument = new Map();
  for (const [name, value] of [...fields]) {
    const newName = rename(path, name);
    if (newName !== name) {
      if (renamed.has(newName)) throw new UnwritableError('two fields of one document are renamed to the same name');
      if (!fields.has(newName)) renamed.set(newName, value);
      fields.delete(name);
    }
    if (isDocument(value)) renameFields(`${path}.${newName}`, value, rename);
  }
  for (const [name, value] of renamed) fields.set(name, value);
}
