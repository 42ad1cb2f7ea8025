import type { Binary } from 'mongodb';

/** The `_id` that is made from a raw key. */
export type DocumentId = string | Binary;
