import type { Binary } from 'mongodb';

export type DocumentId = string | Binary;

/** Text that is equal exactly where the server calls two `_id`s equal. */
export const identityOf = (id: DocumentId): string =>
  typeof id === 'string' ? `text ${id}` : `binary ${id.sub_type} ${id.toString('base64')}`;
