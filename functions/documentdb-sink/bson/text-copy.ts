/**
 * A text that shares nothing with the one that it was cut from. A part of a text is a view of it, and keeps all of it in
 * memory: what outlives its record (a cache's key, a collection's name) would keep the record's whole text.
 */
export const copyOfText = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');
