/**
 * Copies a text that was cut from a longer one. V8 keeps the whole text in memory as long as a part of the text is in
 * use: a cache key or a collection name would keep the text of its whole record.
 */
export const copyOfText = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');
