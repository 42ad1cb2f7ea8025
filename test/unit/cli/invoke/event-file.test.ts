import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEventFile } from '../../../../cli/invoke/event-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'event-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const TEXT = '{"records":{}}';

function read(bytes: Buffer) {
  writeFileSync(join(folder, 'event.json'), bytes);
  return readEventFile(join(folder, 'event.json'), './event.json');
}

describe('the file of an event', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${TEXT}`)],
    ['UTF-16', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
  ])('is read as %s', (_, bytes) => {
    expect(read(bytes)).toEqual({ text: TEXT, event: { records: {} } });
  });

  it('is refused by the name that the user wrote, and is not quoted', () => {
    expect(() => read(Buffer.from('{"secret":'))).toThrow(/^\.\/event\.json is no JSON: [^{]*$/);
    expect(() => readEventFile(folder, './events')).toThrow('./events cannot be read (EISDIR)');
    expect(() => readEventFile(join(folder, 'none'), 'none')).toThrow('none cannot be read (ENOENT)');
  });
});
