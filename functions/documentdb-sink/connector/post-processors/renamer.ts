import { isDocument } from '../../bson/documents.ts';
import type { MutableDocument } from '../../bson/sink-document.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import type { PostProcessor } from './post-processor.ts';

/** The new name of a field: `path` is `key` or `value` and the (renamed) fields above it, with dots. */
export type Rename = (path: string, name: string) => string;

/** Without rules: the documents need not even be ones. */
export const keepNames: Rename = (_path, name) => name;

/** Renames fields of key and value at any depth, though not within arrays. */
export const renamer =
  (rename: Rename): PostProcessor =>
  (document) => {
    if (rename === keepNames) return;
    for (const [path, fields] of [['key', document.key()] as const, ['value', document.value()] as const]) {
      if (fields !== undefined) renameFields(path, fields, rename);
    }
  };

/** A renamed field goes to the end; one whose new name is taken is dropped, so that nothing is overwritten. */
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
