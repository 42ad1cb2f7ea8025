import { isDocument } from '../../bson/documents.ts';
import type { MutableDocument } from '../../bson/sink-document.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import type { WriteModel } from '../../plan/write-model.ts';
import type { TopicProperties } from '../topic-properties.ts';

export const fullDocumentNull = (properties: TopicProperties): string =>
  properties.text('msksinks.cdc.full.document.null').toLowerCase();

const FIELDS: ReadonlySet<string> = new Set([
  'updatedFields',
  'removedFields',
  'truncatedArrays',
  'disambiguatedPaths',
]);

/**
 * The writes of a change stream's updateDescription, without upsert. An array that is truncated and also changed needs
 * two writes: MongoDB permits only one operator per path, and the truncation comes first.
 * https://www.mongodb.com/docs/manual/reference/change-events/update/
 */
export function updateOf(
  properties: TopicProperties,
): (filter: MutableDocument, description: MutableDocument) => readonly WriteModel[] {
  const truncates = properties.text('msksinks.cdc.truncated.arrays').toLowerCase() === 'apply';
  const refusesAmbiguous = properties.text('msksinks.cdc.disambiguated.paths').toLowerCase() === 'refuse';
  return (filter, description) => {
    const changes = changesOf(description);
    if (refusesAmbiguous) refuseAmbiguous(changes);
    return truncates ? withTruncation(filter, changes) : [updateOne(filter, changes.update)];
  };
}

interface Changes {
  readonly update: MutableDocument;
  /** The entries of `truncatedArrays`, unchanged. */
  readonly truncated: readonly unknown[];
  readonly ambiguous: MutableDocument;
}

const updateOne = (filter: MutableDocument, update: MutableDocument): WriteModel => ({
  kind: 'updateOne',
  filter,
  update,
  upsert: false,
});

function changesOf(description: MutableDocument): Changes {
  if ([...description.keys()].some((name) => !FIELDS.has(name))) {
    throw new UnwritableError('unexpected field(s) in updateDescription; cannot process due to risk of data loss');
  }
  const set = documentAt(description, 'updatedFields');
  const unset = unsetOf(arrayAt(description, 'removedFields'));
  const update = new Map([['$set', set]]);
  if (unset.size > 0) update.set('$unset', unset);
  const truncated = description.has('truncatedArrays') ? arrayAt(description, 'truncatedArrays') : [];
  const ambiguous = description.has('disambiguatedPaths')
    ? documentAt(description, 'disambiguatedPaths')
    : new Map<string, unknown>();
  return { update, truncated, ambiguous };
}

function documentAt(description: MutableDocument, field: string): MutableDocument {
  const content = description.get(field);
  if (isDocument(content)) return content;
  throw new UnwritableError(`updateDescription.${field} is missing or not a document`);
}

function arrayAt(description: MutableDocument, field: string): readonly unknown[] {
  const content = description.get(field);
  if (Array.isArray(content)) return content;
  throw new UnwritableError(`updateDescription.${field} is missing or not an array`);
}

function unsetOf(removed: readonly unknown[]): MutableDocument {
  const unset: MutableDocument = new Map();
  for (const field of removed) {
    if (typeof field !== 'string')
      throw new UnwritableError('unexpected value type in removedFields, expected a string');
    unset.set(field, '');
  }
  return unset;
}

/**
 * Each truncation is a `$push` of no elements, in a write of its own if paths overlap.
 * https://www.mongodb.com/docs/manual/reference/operator/update/slice/
 */
function withTruncation(filter: MutableDocument, { update, truncated }: Changes): readonly WriteModel[] {
  const truncations = truncated.map(cutOf);
  if (truncations.length === 0) return [updateOne(filter, update)];
  const cutPaths = truncations.map(([path]) => path);
  const changedPaths = [...update.values()].filter(isDocument).flatMap((fields) => [...fields.keys()]);
  const paths = [...cutPaths, ...changedPaths];
  const overlap = cutPaths.some((cut, index) => paths.some((path, other) => other !== index && overlaps(cut, path)));
  if (!overlap) return [updateOne(filter, new Map([...update, ['$push', new Map(truncations)]]))];
  const cutting = truncations.map((cut) => updateOne(filter, new Map([['$push', new Map([cut])]])));
  return changedPaths.length === 0 ? cutting : [...cutting, updateOne(filter, update)];
}

function cutOf(entry: unknown): [string, MutableDocument] {
  const [field, newSize] = isDocument(entry) ? [entry.get('field'), entry.get('newSize')] : [];
  const size = Number(newSize ?? Number.NaN);
  if (typeof field !== 'string' || !Number.isInteger(size) || size < 0) {
    throw new UnwritableError('an entry of truncatedArrays does not have a field and a newSize');
  }
  return [
    field,
    new Map<string, unknown>([
      ['$each', []],
      ['$slice', size],
    ]),
  ];
}

const overlaps = (a: string, b: string): boolean => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);

/**
 * An update path cannot express a name that contains a dot or begins with `$`: the update would change another field.
 */
function refuseAmbiguous({ update, truncated, ambiguous }: Changes): void {
  const changed = [...update.values()].filter(isDocument).flatMap((fields) => [...fields.keys()]);
  const used = [...changed, ...truncated.map((entry) => cutOf(entry)[0])];
  const isInexpressible = (name: unknown): boolean =>
    typeof name === 'string' && (name.includes('.') || name.startsWith('$'));
  const inexpressible = used.some((path) => {
    const names = ambiguous.get(path);
    return Array.isArray(names) && names.some(isInexpressible);
  });
  if (inexpressible) {
    throw new UnwritableError(
      'updateDescription has a field name that contains a dot, which no update can address (disambiguatedPaths)',
    );
  }
}
