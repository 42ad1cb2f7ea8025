import type { Binary } from 'mongodb';

/** What a raw key becomes. */
export type DocumentId = string | Binary;
