import { poison, type RecordFailure } from '../../shared/outcome.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { convertJson } from './converters/json.ts';
import { RESERVED_FIELDS } from './guard.ts';
import { type DocumentId, identityOf } from './id-strategies/document-id.ts';
import { idFromKey } from './id-strategies/key.ts';
import { markOf } from './mark.ts';
import { hardDelete, tombstoneDelete } from './write-models/delete-one.ts';
import { replaceOne } from './write-models/replace-one.ts';
import type { Write } from './write-models/write.ts';

/** What a record is to the sink. `identity` names its document; undefined when there is none to name. */
export type Compiled =
  | { readonly kind: 'write'; readonly identity: string; readonly write: Write }
  | { readonly kind: 'poison'; readonly identity: string | undefined; readonly failure: RecordFailure };

export interface CompileSettings {
  readonly deletes: 'tombstone' | 'hard';
}

/** Each record on its own: what is wrong with one is said of that one alone. */
export function compile(record: SourceRecord, settings: CompileSettings, nowMs: number): Compiled {
  const id = idFromKey(record);
  if (id === undefined) return poisoned(undefined, '_id is missing: the record has no key');
  const mark = markOf(record);
  if (record.value === null) {
    const write = settings.deletes === 'hard' ? hardDelete(id, mark) : tombstoneDelete(id, mark, nowMs);
    return { kind: 'write', identity: identityOf(id), write };
  }
  const conversion = convertJson(record.value);
  if (!conversion.ok) return poisoned(id, conversion.detail);
  const reserved = RESERVED_FIELDS.find((name) => conversion.document.has(name));
  if (reserved !== undefined) return poisoned(id, `the value has a field ${reserved}, which is the sink's own`);
  return { kind: 'write', identity: identityOf(id), write: replaceOne(id, conversion.document, mark) };
}

const poisoned = (id: DocumentId | undefined, detail: string): Compiled => ({
  kind: 'poison',
  identity: id === undefined ? undefined : identityOf(id),
  failure: poison('payload_invalid', detail),
});
